"""From an error to an HTTP answer: one table, and the words of the catalogue, as problem+json (RFC 9457)."""

import logging
import re
from collections.abc import Mapping
from typing import Any

import asyncpg
import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap

from api import errors
from api.accounts import errors as accounts
from api.announcements import errors as announcements
from api.catalogue import Language, language_of, text
from api.cities import errors as cities
from api.cities.book import UnknownCity
from api.live.log import TooManyListeners
from api.public.ogc.asked import ParameterRefused
from api.public.open311.keys import KeyRefused, KeyUsedUp
from api.rights.errors import BlockUnknown, ExportsUsedUp
from geo.locate import OutsideCoverage
from geo.point import PositionRefused
from media import errors as media
from push.addresses import AddressRefused
from push.firebase_keys import KeysUnavailable
from push.preferences import PreferenceRefused

log = logging.getLogger(__name__)
PROBLEM_JSON = "application/problem+json"


class Problem(msgspec.Struct, frozen=True):
    """`key` names the words; `field` the part of the body at fault; `shows` the attributes a client may read."""

    status: int
    key: str
    field: str | None = None
    shows: tuple[str, ...] = ()


CURRENT = ("state", "version")

PROBLEMS: dict[type[Exception], Problem] = {
    accounts.NotSignedIn: Problem(401, "not-signed-in"),
    accounts.SignInRefused: Problem(401, "sign-in-refused"),
    accounts.CsrfHeaderMissing: Problem(403, "csrf-header-missing"),
    accounts.NotAllowed: Problem(403, "not-allowed"),
    accounts.SessionUnknown: Problem(404, "session-unknown"),
    accounts.OtpTooMany: Problem(429, "otp-too-many"),
    accounts.SmsNotConfigured: Problem(503, "sms-not-configured"),
    accounts.PhoneTaken: Problem(409, "phone-taken", "phone"),
    accounts.AccountUnknown: Problem(404, "account-unknown"),
    accounts.GrantUnknown: Problem(404, "grant-unknown"),
    accounts.LoginTaken: Problem(409, "login-taken", "login"),
    errors.CityNotServed: Problem(422, "city-not-served", "position"),
    errors.ReportNotFound: Problem(404, "report-not-found"),
    errors.ReportDiffers: Problem(409, "report-differs"),
    errors.StaleVersion: Problem(409, "stale-version", shows=CURRENT),
    errors.IllegalTransition: Problem(409, "illegal-transition", shows=CURRENT),
    errors.NotNow: Problem(409, "not-now", shows=CURRENT),
    errors.EventDiffers: Problem(409, "event-differs"),
    errors.TooMuchSaid: Problem(429, "too-much-said", shows=("limit",)),
    errors.AccountBlocked: Problem(403, "account-blocked", shows=("reason", "until")),
    errors.OwnEvidence: Problem(403, "own-evidence"),
    errors.DependencyMissing: Problem(503, "dependency-missing", shows=("part",)),
    TooManyListeners: Problem(503, "too-many-listeners"),
    KeysUnavailable: Problem(503, "firebase-unavailable"),
    announcements.AnnouncementNotFound: Problem(404, "announcement-not-found"),
    announcements.AnnouncementDiffers: Problem(409, "announcement-differs"),
    announcements.OwnAnnouncement: Problem(403, "announcement-own"),
    announcements.AnnouncementNotOpen: Problem(409, "announcement-not-open", shows=("state",)),
    UnknownCity: Problem(404, "unknown-city"),
    BlockUnknown: Problem(404, "block-unknown"),
    ExportsUsedUp: Problem(429, "exports-used-up", shows=("limit",)),
    KeyRefused: Problem(403, "api-key"),
    KeyUsedUp: Problem(429, "api-key-used-up", shows=("limit",)),
    cities.EntryUnknown: Problem(404, "entry-not-found"),
    cities.MatchMissing: Problem(428, "match-missing"),
    cities.MatchFailed: Problem(412, "match-failed", shows=("current",)),
    cities.StillInUse: Problem(409, "still-in-use"),
    ParameterRefused: Problem(400, "parameter", shows=("parameter",)),
    OutsideCoverage: Problem(422, "outside-coverage", "position"),
    media.PhotoIdTaken: Problem(409, "photo-id-taken"),
    media.PhotoQuotaExceeded: Problem(429, "photo-quota"),
    media.IntakeFull: Problem(503, "intake-full"),
    media.PhotoUnknown: Problem(404, "photo-unknown"),
    media.NotExpected: Problem(409, "not-expected", shows=("state", "reason")),
    media.NotReady: Problem(404, "not-ready", shows=("state", "reason")),
    media.TooManyBoxes: Problem(422, "too-many-boxes", "boxes"),
    media.WrongOffset: Problem(409, "wrong-offset", shows=("current",)),
    media.ChecksumMismatch: Problem(460, "checksum-mismatch", shows=("current",)),
    media.TooLong: Problem(413, "too-long"),
    media.TooShort: Problem(400, "too-short", shows=("current",)),
    media.HashMismatch: Problem(422, "hash-mismatch"),
    media.SpoolUnavailable: Problem(503, "store-unavailable"),
    media.StoreUnavailable: Problem(503, "store-unavailable"),
}

# msgspec's sentences, and the words we put in their place; the groups fill them.
BODY_FAULTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^Object missing required field `(?P<name>[^`]+)`"), "body-missing"),
    (re.compile(r"^Object contains unknown field `(?P<name>[^`]+)`"), "body-unknown"),
    (re.compile(r"^Expected `str` of length <= (?P<limit>\d+)"), "body-too-long"),
    (re.compile(r"^Expected `(?:array|object)` of length <= (?P<limit>\d+)"), "body-too-many"),
    (re.compile(r"^Expected `datetime` with a timezone"), "body-no-zone"),
    (re.compile(r"^Invalid RFC3339"), "body-not-a-time"),
    (re.compile(r"^Invalid UUID"), "body-not-an-id"),
    (re.compile(r"^Invalid enum value '?(?P<found>[^']*)'?"), "body-not-a-choice"),
    (re.compile(r"^Expected `(?P<expected>[^`]+)`, got `(?P<found>[^`]+)`"), "body-wrong-type"),
)
MISSING_PARAMETER = re.compile(r"^Missing required \w+ parameter '(?P<name>[^']+)'")
# Restarting, shutting down, unreachable, or out of connections or disk: all of these pass.
DATABASE_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InternalClientError,  # what asyncpg says when the server hangs up between two messages
    ConnectionError,
)
JSON_TYPES = frozenset({"str", "int", "float", "bool", "array", "object", "null"})
HTTP_FAULTS: Mapping[int, str] = {
    400: "http-bad-request",
    404: "http-not-found",
    405: "http-method",
    413: "http-too-large",
    415: "http-media-type",
    429: "http-too-many",
    503: "http-unavailable",
}


def problem(
    status: int, key: str, language: Language, facts: Mapping[str, object], **more: object
) -> Response[dict[str, object]]:
    """The answer: `key` gives type, title and detail; `more` are further members."""
    body = {
        "type": f"/problems/{key}",
        "title": text(f"{key}.title", language),
        "status": status,
        "detail": text(f"{key}.detail", language, **facts),
        **more,
    }
    return Response(body, status_code=status, media_type=PROBLEM_JSON, headers={"content-language": language})


def refused(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, object]]:
    """Any error of PROBLEMS."""
    found = next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)
    language = language_of(request)
    facts = {name: value for name, value in vars(error).items() if not name.startswith("_")}
    more: dict[str, object] = {name: facts[name] for name in found.shows}
    if isinstance(error, media.NotExpected | media.NotReady):
        facts["state"] = text(f"photo-state.{error.state}", language)
    if found.field:
        more["errors"] = [{"field": found.field, "message": text(f"{found.key}.detail", language, **facts)}]
    answer = problem(found.status, found.key, language, facts, **more)
    if found.status == 503 and not isinstance(error, accounts.SmsNotConfigured):
        answer.headers["retry-after"] = "10"
    if isinstance(
        error, media.PhotoQuotaExceeded | accounts.OtpTooMany | KeyUsedUp | ExportsUsedUp | errors.TooMuchSaid
    ):
        answer.headers["retry-after"] = str(error.retry_after_s)
    if isinstance(error, accounts.NotSignedIn):
        answer.headers["www-authenticate"] = "Bearer"
    return answer


def field_refused(request: Request[Any, Any, Any], error: errors.FieldRefused) -> Response[dict[str, object]]:
    language = language_of(request)
    message = text(error.key, language, **error.facts)
    return problem(422, "body", language, {}, errors=[{"field": error.field, "message": message}])


def position_refused(request: Request[Any, Any, Any], error: PositionRefused) -> Response[dict[str, object]]:
    return field_refused(request, errors.FieldRefused("position", error.reason))


def announcement_refused(
    request: Request[Any, Any, Any], error: media.AnnouncementRefused
) -> Response[dict[str, object]]:
    """413 and 415 would say it too, but the photo is announced in a body: the field says which."""
    return field_refused(request, errors.FieldRefused(f"photos.{error.field}", error.reason, limit=error.limit))


def address_refused(request: Request[Any, Any, Any], error: AddressRefused) -> Response[dict[str, object]]:
    return field_refused(request, errors.FieldRefused("address", f"address-{error.reason}"))


WISHES = {"zone": "zone", "hours": "quiet", "kinds": "kinds"}


def preference_refused(request: Request[Any, Any, Any], error: PreferenceRefused) -> Response[dict[str, object]]:
    return field_refused(request, errors.FieldRefused(WISHES[error.reason], f"preference-{error.reason}"))


def body_refused(request: Request[Any, Any, Any], error: ValidationException) -> Response[dict[str, object]]:
    """A body or a parameter of the wrong shape: which field, and what is expected."""
    language = language_of(request)
    found = [_fault(extra, language) for extra in error.extra or [] if isinstance(extra, dict)]
    if missing := MISSING_PARAMETER.match(error.detail):
        found.append({"field": missing["name"], "message": text("body-missing", language, **missing.groupdict())})
    return problem(422, "body", language, {}, errors=found)


def _fault(extra: Mapping[str, Any], language: Language) -> dict[str, str]:
    field = str(extra.get("key", "")).removeprefix("data").lstrip(".")  # Litestar's name of the whole body
    message = str(extra.get("message", ""))
    for pattern, key in BODY_FAULTS:
        if match := pattern.match(message):
            facts = match.groupdict() | _type_words(match.groupdict(), key, language)
            return {
                "field": ".".join(filter(None, (field, facts.get("name")))),
                "message": text(key, language, **facts),
            }
    return {"field": field, "message": text("body-other", language, message=message)}


def _type_words(facts: Mapping[str, str], key: str, language: Language) -> dict[str, str]:
    """msgspec's names of types, as people say them."""
    if key != "body-wrong-type":
        return {}
    return {name: " / ".join(_type_word(one, language) for one in facts[name].split(" | ")) for name in facts}


def _type_word(name: str, language: Language) -> str:
    return text(f"type.{name}", language) if name in JSON_TYPES else name


def http_refused(request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, object]]:
    key = HTTP_FAULTS.get(error.status_code, "http-other")
    answer = problem(error.status_code, key, language_of(request), {"status": error.status_code})
    answer.headers.update(error.headers or {})
    return answer


def unstorable(request: Request[Any, Any, Any], _: Exception) -> Response[dict[str, object]]:
    """U+0000, for which PostgreSQL has no place; in a field that nobody cleaned before, such as a search."""
    return problem(422, "unstorable", language_of(request), {})


def beyond_numbers(request: Request[Any, Any, Any], error: asyncpg.DataError) -> Response[dict[str, object]]:
    """A number in an address that no column can hold: nothing has it. Other faults of values are ours."""
    if re.search("out of (int|range)", str(error)):
        return problem(404, "http-not-found", language_of(request), {})
    return failed(request, error)


def database_away(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, object]]:
    log.error("database does not answer path=%s error=%s", request.scope["path"], type(error).__name__, exc_info=error)
    return refused(request, errors.DependencyMissing("database"))


def connection_fault(request: Request[Any, Any, Any], error: asyncpg.InterfaceError) -> Response[dict[str, object]]:
    """asyncpg's one class for a connection that died under us (its pool takes it back) and for our own misuse of it."""
    is_gone = re.search("closed|released back", str(error))
    return database_away(request, error) if is_gone else failed(request, error)


def unreadable(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, object]]:
    """A body that is not UTF-8, or nested deeper than anybody reads: msgspec's own errors, which Litestar lets pass."""
    log.warning("unreadable body path=%s error=%s", request.scope["path"], type(error).__name__)
    return problem(400, "http-bad-request", language_of(request), {})


def failed(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, object]]:
    """A fault of ours: the class and the place go to the log, never the values."""
    log.error("failed path=%s error=%s", request.scope["path"], type(error).__name__, exc_info=error)
    return problem(500, "internal", language_of(request), {})


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    **dict.fromkeys(PROBLEMS, refused),
    errors.FieldRefused: field_refused,
    PositionRefused: position_refused,
    media.AnnouncementRefused: announcement_refused,
    AddressRefused: address_refused,
    PreferenceRefused: preference_refused,
    ValidationException: body_refused,
    HTTPException: http_refused,
    **dict.fromkeys((asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError), unstorable),
    asyncpg.DataError: beyond_numbers,
    **dict.fromkeys((UnicodeDecodeError, RecursionError), unreadable),
    **dict.fromkeys(DATABASE_AWAY, database_away),
    asyncpg.InterfaceError: connection_fault,
    Exception: failed,
}
