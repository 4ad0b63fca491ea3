"""The HTTP face of push: a phone registers, the inbox is read."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Request, delete, get, post, put
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody

from api.accounts.speaker import Speaker, signed_in
from api.catalogue import Language, language_of
from api.clock import clock_of
from api.paging import read_id
from api.reports.messages import words
from push import addresses, inbox, vapid

Asked = Request[Speaker, None, State]
PAGE = 100
OURS = frozenset({"by_sms", "zone"})  # of the params: how it is to be sent


class Phone(msgspec.Struct, frozen=True):
    """`fcm` a registration token, `fid` an installation id, `webpush` a subscription as JSON text."""

    kind: Literal["fcm", "fid", "webpush"]
    address: Annotated[str, msgspec.Meta(max_length=4096)]


class WebPushKey(msgspec.Struct, frozen=True):
    """In base64url."""

    public_key: str


class Message(msgspec.Struct, frozen=True):
    """Drop a `mid` you have, and a `rev` that is not newer than the one shown for its `report`."""

    mid: UUID
    kind: str
    report: UUID
    rev: int
    title: str
    body: str
    facts: dict[str, Any]
    created_at: datetime
    seen_at: datetime | None


class Inbox(msgspec.Struct, frozen=True):
    messages: tuple[Message, ...]
    next: str
    unread: int
    more: bool


class Seen(msgspec.Struct, frozen=True):
    mids: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=500)]


class SeenCount(msgspec.Struct, frozen=True):
    seen: int


class PhoneController(Controller):
    tags = ("Phones",)
    path = "/v1"
    guards = (signed_in,)

    @put("/phones/{phone_id:uuid}", status_code=204)
    async def register(self, request: Asked, phone_id: FromPath[UUID], data: JSONBody[Phone]) -> None:
        """To be repeated at every start of the app: addresses change."""
        services, now = request.app.state.settings.browser_services, clock_of(request)()
        await addresses.register(phone_id, request.user.account, data.kind, data.address, now, services)

    @get("/phones/webpush-key")
    async def webpush_key(self, request: Asked) -> WebPushKey:
        """What a browser needs to subscribe (`applicationServerKey`)."""
        return WebPushKey((await vapid.identity(clock_of(request)())).public)

    @delete("/phones/{phone_id:uuid}")
    async def forget(self, request: Asked, phone_id: FromPath[UUID]) -> None:
        await addresses.forget(phone_id, request.user.account, clock_of(request)())

    @get("/inbox")
    async def read_inbox(self, request: Asked, since: FromQuery[str | None] = None) -> Inbox:
        page = await inbox.page(request.user.account, read_id(since, "since") or 0, PAGE, clock_of(request)())
        language = language_of(request)
        messages = tuple(_message(item, language) for item in page.items)
        return Inbox(messages, str(page.next), page.unread, not page.is_last)

    @post("/inbox/seen", status_code=200)
    async def mark_seen(self, request: Asked, data: JSONBody[Seen]) -> SeenCount:
        return SeenCount(await inbox.seen(request.user.account, data.mids, clock_of(request)()))


def _message(item: inbox.Item, language: Language) -> Message:
    title, body = words(item.kind, item.params, language)
    report = UUID(item.params.get("report", item.subject.hex))
    facts = {name: value for name, value in item.params.items() if name not in OURS}
    return Message(item.mid, item.kind, report, item.rev, title, body, facts, item.created_at, item.seen_at)
