"""What somebody wishes to be told, how, and when not: the HTTP face of `push.preferences`."""

from datetime import time
from typing import Annotated, Literal

import msgspec
from litestar import Controller, Request, get, put
from litestar.datastructures import State
from litestar.params import JSONBody

from api.accounts.speaker import Speaker, signed_in
from api.catalogue import Language, entries
from api.clock import clock_of
from api.errors import FieldRefused
from api.piccolo_conf import DB
from push import preferences
from push.preferences import Preferences, Quiet

Asked = Request[Speaker, None, State]
Choice = Literal["push", "digest", "inbox"]
Zone = Annotated[str, msgspec.Meta(max_length=100)]
DEFAULT_ZONE = "Asia/Jakarta"
ONE_BY_ONE = frozenset({"digest"})  # kinds that nobody chooses


class QuietHours(msgspec.Struct, frozen=True):
    """From `begins` to `ends` on the clocks of `zone`, over midnight if that is earlier."""

    begins: time
    ends: time
    zone: Zone = DEFAULT_ZONE


class Wishes(msgspec.Struct, frozen=True):
    """`push` rings, `digest` is counted once a day at 18:00 of `zone`, `inbox` waits; what is not named is `push`.

    The inbox always gets everything, and what is urgent rings at night too.
    """

    kinds: Annotated[dict[str, Choice], msgspec.Meta(max_length=100)] = {}
    quiet: QuietHours | None = None
    zone: Zone = DEFAULT_ZONE
    language: Language = "id"


class NotificationController(Controller):
    tags = ("Phones",)
    path = "/v1/me/notifications"
    guards = (signed_in,)

    @get()
    async def read_wishes(self, request: Asked) -> Wishes:
        """With every kind there is."""
        return _shown(await preferences.wished(request.user.account), request.user.language)

    @put()
    async def wish(self, request: Asked, data: JSONBody[Wishes]) -> Wishes:
        """All wishes, in place of those before; `language` is from now on that of the account."""
        for kind in data.kinds:
            if kind not in kinds():
                raise FieldRefused("kinds", "kind-unknown", kind=kind[:100])
        wished = _wished(data)
        async with DB.transaction():
            await preferences.wish(request.user.account, wished, clock_of(request)())
            await DB.fetch(SPEAK, request.user.account, data.language)
        return _shown(wished, data.language)


SPEAK = """
UPDATE account SET language = $2 WHERE id = $1
"""


def kinds() -> tuple[str, ...]:
    """Whatever the catalogue has words for."""
    titles = (key.removeprefix("message.").removesuffix(".title") for key in entries() if _is_title(key))
    return tuple(sorted(set(titles) - ONE_BY_ONE))


def _is_title(key: str) -> bool:
    return key.startswith("message.") and key.endswith(".title")


def _wished(wishes: Wishes) -> Preferences:
    quiet = Quiet(wishes.quiet.begins, wishes.quiet.ends, wishes.quiet.zone) if wishes.quiet else None
    return Preferences(
        inbox_only=frozenset(kind for kind, choice in wishes.kinds.items() if choice == "inbox"),
        digest=frozenset(kind for kind, choice in wishes.kinds.items() if choice == "digest"),
        quiet=quiet,
        zone=wishes.zone,
        language=wishes.language,
    )


def _shown(wished: Preferences, language: Language) -> Wishes:
    chosen: dict[str, Choice] = dict.fromkeys(kinds(), "push")
    chosen |= dict.fromkeys(wished.inbox_only, "inbox")
    chosen |= dict.fromkeys(wished.digest, "digest")
    quiet = QuietHours(wished.quiet.begins, wished.quiet.ends, wished.quiet.zone) if wished.quiet else None
    return Wishes(kinds=chosen, quiet=quiet, zone=wished.zone, language=language)
