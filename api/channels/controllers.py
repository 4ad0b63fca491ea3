"""Phones over HTTP: a code is asked for, brought back, or sent by text message to the city's number."""

import hmac
import logging
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, MediaType, Request, Response, get, post
from litestar.datastructures import CacheControlHeader, State
from litestar.exceptions import NotFoundException
from litestar.params import JSONBody, QueryParameter

from api.accounts import otp
from api.accounts.errors import PhoneTaken, SmsNotConfigured
from api.accounts.numbers import read_number
from api.accounts.speaker import Speaker, signed_in
from api.catalogue import language_of, text
from api.channels.desk import DeskController
from api.channels.linking import Linked, link
from api.clock import clock_of
from api.errors import DependencyMissing, FieldRefused
from api.piccolo_conf import DB
from push.sender import Delivered

log = logging.getLogger(__name__)

Asked = Request[Speaker, None, State]
Gateway = Request[None, None, State]
Line = Annotated[str, msgspec.Meta(max_length=40)]
Said = Annotated[str, QueryParameter(max_length=2000)]


class Phone(msgspec.Struct, frozen=True):
    phone: Line


class PhoneCode(msgspec.Struct, frozen=True):
    phone: Line
    code: Line


class PhoneLinked(msgspec.Struct, frozen=True):
    """`account_id` is another one when the number led back to an earlier account (`is_merged`): the tokens stay good,
    what the app has kept of the former account is to be read again."""

    account_id: UUID
    is_merged: bool


class OtpController(Controller):
    tags = ("Phones",)
    path = "/v1/otp"
    guards = (signed_in,)
    cache_control = CacheControlHeader(no_store=True)

    @post(status_code=202)
    async def send_otp(self, request: Asked, data: JSONBody[Phone]) -> None:
        """The same answer for every number, whoever it belongs to."""
        sms: otp.Texts | None = request.app.state.sms
        if sms is None:
            raise SmsNotConfigured
        number = read_number(data.phone)
        code = await otp.make_otp(request.user, number, request.app.state.seals, clock_of(request)())
        host = request.app.state.settings.base_url.partition("://")[2]
        sent = await sms.text(number, text("sms-otp", language_of(request), code=code, host=host))
        if not isinstance(sent, Delivered):
            log.error("text message not sent: code=%s", sent.code)
            raise DependencyMissing("sms")

    @post("/verify")
    async def verify_otp(self, request: Asked, data: JSONBody[PhoneCode]) -> PhoneLinked:
        number, seals, now = read_number(data.phone), request.app.state.seals, clock_of(request)()
        found = await otp.check_otp(request.user, number, data.code, seals, now)
        async with DB.transaction():
            if not await otp.use_up(found, now):
                raise FieldRefused("code", "otp-wrong", minutes=int(otp.VALID_FOR.total_seconds()) // 60)
            linked = await link(request.user.account, number, "otp", seals, now)
            return await _shown(linked)

    @post("/inverse")
    async def make_inverse(self, request: Asked) -> otp.Inverse:
        """The resident sends the code to us: it costs nothing and needs no sender of messages."""
        settings = request.app.state.settings
        if not settings.sms_number or not settings.sms_inbound_secret:
            raise SmsNotConfigured
        return await otp.make_inverse(request.user, settings.sms_number, clock_of(request)())


async def _shown(linked: Linked) -> PhoneLinked:
    uid: UUID = (await DB.fetch("SELECT uid FROM account WHERE id = $1", linked.account))[0]["uid"]
    return PhoneLinked(uid, linked.is_merged)


class SmsInController(Controller):
    """For a gateway that speaks Kannel: `get-url = "…/v1/channels/sms/in?secret=…&from=%p&text=%b"`, charset UTF-8.

    What we answer is sent back to the number as a text message.
    """

    tags = ("Channels",)
    path = "/v1/channels/sms/in"
    cache_control = CacheControlHeader(no_store=True)

    @get(media_type=MediaType.TEXT)
    async def take_by_get(
        self,
        request: Gateway,
        secret: Said = "",
        sender: Annotated[str, QueryParameter(name="from", max_length=40)] = "",
        words: Annotated[str, QueryParameter(name="text", max_length=2000)] = "",
    ) -> Response[str]:
        return await take(request, secret, sender, words)

    @post(media_type=MediaType.TEXT, status_code=200)
    async def take_by_post(self, request: Gateway, secret: Said = "") -> Response[str]:
        """`from` and `text` as a form; the secret as a header (`X-Kentongan-Secret`) or in the address."""
        form = await request.form()
        given = request.headers.get("x-kentongan-secret", secret)
        return await take(request, given, str(form.get("from", ""))[:40], str(form.get("text", ""))[:2000])


async def take(request: Gateway, secret: str, sender: str, words: str) -> Response[str]:
    """Raises NotFoundException while no secret is set, and for a wrong one: nobody learns that we listen."""
    expected: str = request.app.state.settings.sms_inbound_secret
    if not expected or not hmac.compare_digest(secret.encode(), expected.encode()):
        raise NotFoundException
    key = await _link_sender(request, sender, words)
    return Response(text(key, language_of(request)), media_type=MediaType.TEXT)


async def _link_sender(request: Gateway, sender: str, words: str) -> str:
    """The key of the answer."""
    now, seals = clock_of(request)(), request.app.state.seals
    found = await otp.find_inverse(words, now)
    if found is None:
        return "sms-code-unknown"
    code, account = found
    try:
        number = read_number(sender)
        async with DB.transaction():
            if not await otp.use_up(code, now):
                return "sms-code-unknown"
            await link(account, number, "inverse", seals, now)
    except FieldRefused:
        return "phone-unreadable"
    except PhoneTaken:
        return "sms-phone-taken"
    return "sms-linked"


channels_controllers = (OtpController, SmsInController, DeskController)
