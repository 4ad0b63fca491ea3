"""What a phone asks before it reports: which cities, which categories, what is promised."""

import hashlib
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery

from api.catalogue import Language, entries, language_of, text
from api.cities.book import Category, City, CityBook, Question, UnknownCity, Visibility
from api.cities.promises import Clock, Policy, policy_at
from api.clock import clock_of

NATIONAL_EMERGENCY_NUMBER = "112"
PROMISED: tuple[Clock, Clock] = ("verify", "resolve")
Asked = Request[None, None, State]


class ClientTerms(msgspec.Struct, frozen=True):
    """What the whole installation asks of its phones. `limits`: name with its unit → number."""

    minimum_app_version: str
    limits: dict[str, int]
    offers: tuple[str, ...] = ()


class CityShown(msgspec.Struct, frozen=True):
    code: str
    name: str
    timezone: str
    call_centre: str | None
    regencies: tuple[str, ...]


class Config(msgspec.Struct, frozen=True):
    """`texts`: the words of the catalogue that a phone shows by key, such as `state.verified`.

    `offers`: what not every installation has: `otp` (a code by SMS links a phone number), `otp-inverse`.
    """

    minimum_app_version: str
    cities: tuple[CityShown, ...]
    limits: dict[str, int]
    texts: dict[str, str]
    offers: tuple[str, ...]


class Named(msgspec.Struct, frozen=True):
    key: str
    name: str


class QuestionShown(msgspec.Struct, frozen=True):
    key: str
    text: str
    kind: str
    choices: tuple[Named, ...]


class CategoryShown(msgspec.Struct, frozen=True):
    """`emergency`: the phone offers to call `call_centre` instead of sending a report."""

    key: str
    name: str
    group: str
    emergency: bool
    needs_evidence: bool
    private_place: bool
    default_visibility: Visibility
    questions: tuple[QuestionShown, ...]
    promise: str


class Categories(msgspec.Struct, frozen=True):
    city: CityShown
    groups: tuple[Named, ...]
    categories: tuple[CategoryShown, ...]


def book_of(connection: ASGIConnection[Any, Any, Any, Any]) -> CityBook:
    book: CityBook = connection.app.state.cities
    return book


@get("/v1/config", tags=["Cities"], responses={200: ResponseSpec(Config, generate_examples=False)})
async def config(request: Asked) -> Response[bytes]:
    """Minimum app version, cities, texts, limits."""
    terms: ClientTerms = request.app.state.client_terms
    language = language_of(request)
    cities = await book_of(request).cities()
    shown = tuple(map(_city_shown, cities))
    return _answer(
        request, language, Config(terms.minimum_app_version, shown, terms.limits, _texts(language), terms.offers)
    )


@get("/v1/categories", tags=["Cities"], responses={200: ResponseSpec(Categories, generate_examples=False)})
async def categories(request: Asked, city: FromQuery[str]) -> Response[bytes]:
    """`city`: its code, or that of an area in it. Raises UnknownCity."""
    found = await book_of(request).city_of(city)
    if found is None:
        raise UnknownCity(city)
    language = language_of(request)
    policy = policy_at(found.policies, clock_of(request)())
    return _answer(request, language, _categories(found, policy, language))


def _answer(request: Asked, language: Language, body: msgspec.Struct) -> Response[bytes]:
    content = msgspec.json.encode(body)
    etag = f'W/"{hashlib.blake2b(language.encode() + content, digest_size=12).hexdigest()}"'
    headers = {
        "etag": etag,
        "cache-control": "public, max-age=60, stale-while-revalidate=3600",
        "content-language": language,
        "vary": "Accept-Language",
    }
    if etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)


def _texts(language: Language) -> dict[str, str]:
    return {key: words[language] for key, words in entries().items() if key.startswith("state.")}


def _city_shown(city: City) -> CityShown:
    return CityShown(city.code, city.name, city.timezone, city.call_centre, city.regencies)


def _categories(city: City, policy: Policy, language: Language) -> Categories:
    return Categories(
        _city_shown(city),
        tuple(Named(group.key, _name(group.name_id, group.name_en, language)) for group in city.groups),
        tuple(_category_shown(category, city, policy, language) for category in city.categories.values()),
    )


def _category_shown(category: Category, city: City, policy: Policy, language: Language) -> CategoryShown:
    return CategoryShown(
        key=category.key,
        name=_name(category.name_id, category.name_en, language),
        group=category.group.key,
        emergency=category.is_emergency,
        needs_evidence=category.needs_evidence,
        private_place=category.private_place,
        default_visibility=category.default_visibility,
        questions=tuple(_question_shown(question, language) for question in category.questions),
        promise=promise_in_words(category, city, policy, language),
    )


def promise_in_words(category: Category, city: City, policy: Policy, language: Language) -> str:
    if category.is_emergency:
        return text("promise-emergency", language, call_centre=city.call_centre or NATIONAL_EMERGENCY_NUMBER)
    verify, resolve = (policy.promise(clock, category.resolve_class, category.id).days for clock in PROMISED)
    return text("promise", language, verify=verify, resolve=resolve)


def _question_shown(question: Question, language: Language) -> QuestionShown:
    choices = tuple(Named(choice.key, _name(choice.id, choice.en, language)) for choice in question.choices)
    return QuestionShown(question.key, _name(question.id, question.en, language), question.kind, choices)


def _name(indonesian: str, english: str, language: Language) -> str:
    return english if language == "en" else indonesian


cities_controllers = [config, categories]
