"""Signing in and out."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, delete, post
from litestar.datastructures import CacheControlHeader, State
from litestar.exceptions import NotFoundException
from litestar.params import JSONBody

from api.accounts import cookies, enrolment, firebase, sessions
from api.accounts.sessions import REFRESH_FOR, TokenPair
from api.accounts.signing_in import Proof, sign_in
from api.accounts.speaker import Speaker, signed_in
from api.catalogue import Language
from api.clock import clock_of

REFRESH_S = int(REFRESH_FOR.total_seconds())
Secret = Annotated[str, msgspec.Meta(max_length=1000)]
Text200 = Annotated[str, msgspec.Meta(max_length=200)]


class Device(msgspec.Struct, frozen=True):
    name: Text200 = ""
    locale: Text200 = "id"


class NewAccount(msgspec.Struct, frozen=True):
    """`cookie`: for pages, which never see a token."""

    device: Device = Device()
    cookie: bool = False


class SignIn(msgspec.Struct, frozen=True):
    """`totp`: the app's code or a recovery code. `device_token`: of this device's last sign-in; pages have a cookie."""

    login: Text200
    password: Secret
    totp: Text200 | None = None
    device_token: Text200 | None = None
    device: Device = Device()
    cookie: bool = False


class Enrol(msgspec.Struct, frozen=True):
    """`code` as the administrator gave it; `password` is chosen now."""

    login: Text200
    code: Text200
    password: Secret
    cookie: bool = False


class FirebaseSignIn(msgspec.Struct, frozen=True):
    id_token: Annotated[str, msgspec.Meta(max_length=8000)]
    device: Device = Device()
    cookie: bool = False


class Refresh(msgspec.Struct, frozen=True):
    """Empty from a page: its cookie counts."""

    refresh_token: Text200 | None = None


class CookieSession(msgspec.Struct, frozen=True):
    """The tokens are in the cookies. `expires_in`: seconds until a refresh is due."""

    account_id: UUID
    expires_in: int


Opened = Response[TokenPair | CookieSession]
Asked = Request[Any, None, State]


def language_in(locale: str) -> Language:
    return "en" if locale.lower().startswith("en") else "id"


def opened(request: Asked, pair: TokenPair, by_cookie: bool, login: str = "") -> Opened:
    if not by_cookie:
        return Response(pair, status_code=201)
    kept = cookies.given(request, (pair.access_token, pair.expires_in), (pair.refresh_token, REFRESH_S))
    if pair.device_token:
        kept.append(cookies.device_given(request, login, pair.device_token))
    return Response(CookieSession(pair.account_id, pair.expires_in), status_code=201, cookies=kept)


class AccountController(Controller):
    tags = ("Accounts",)
    path = "/v1"
    cache_control = CacheControlHeader(no_store=True)

    @post("/accounts")
    async def open_account(self, request: Asked, data: JSONBody[NewAccount]) -> Opened:
        if data.cookie:
            cookies.check_not_foreign(request)
        pair = await sessions.open_anonymous(data.device.name, language_in(data.device.locale), clock_of(request)())
        return opened(request, pair, data.cookie)

    @post("/sessions")
    async def open_session(self, request: Asked, data: JSONBody[SignIn]) -> Opened:
        if data.cookie:
            cookies.check_not_foreign(request)
        proof = Proof(data.password, data.totp, data.device_token or cookies.device_token(request, data.login))
        seals, now = request.app.state.seals, clock_of(request)()
        pair = await sign_in(data.login, proof, seals, now, device_name=data.device.name)
        return opened(request, pair, data.cookie, data.login)

    @post("/enrolments")
    async def enrol(self, request: Asked, data: JSONBody[Enrol]) -> Opened:
        """The first sign-in, with the code that an administrator gave; then `POST /v1/me/totp`."""
        if data.cookie:
            cookies.check_not_foreign(request)
        pair = await enrolment.redeem(data.login, data.code, data.password, clock_of(request)())
        return opened(request, pair, data.cookie, data.login)

    @post("/sessions/firebase")
    async def sign_in_by_firebase(self, request: Asked, data: JSONBody[FirebaseSignIn]) -> Opened:
        """For residents whose app signs them in there; the first time makes the account."""
        keys, now = request.app.state.firebase_keys, clock_of(request)()
        if keys is None:
            raise NotFoundException
        if data.cookie:
            cookies.check_not_foreign(request)
        project = request.app.state.settings.firebase_project
        subject = await firebase.read_subject(data.id_token, project, keys, now)
        language = language_in(data.device.locale)
        pair = await firebase.sign_in(project, subject, data.device.name, language, now)
        return opened(request, pair, data.cookie)

    @post("/sessions/refresh")
    async def refresh(self, request: Asked, data: JSONBody[Refresh]) -> Opened:
        token = data.refresh_token
        kept = cookies.refresh_token(request) if token is None else None
        pair = await sessions.refresh(token or kept or "", clock_of(request)())
        return opened(request, pair, by_cookie=token is None)

    @delete("/sessions/current", guards=[signed_in])
    async def sign_out(self, request: Request[Speaker, None, State]) -> Response[None]:
        await sessions.close_session(request.user.session, clock_of(request)())
        is_page = "authorization" not in request.headers
        return Response(None, status_code=204, cookies=cookies.taken_away(request) if is_page else [])
