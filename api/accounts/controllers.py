"""Signing in and out."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Request, delete, get, post
from litestar.datastructures import CacheControlHeader, State
from litestar.params import JSONBody

from api.accounts import passwords, sessions
from api.accounts.sessions import TokenPair
from api.accounts.speaker import Grant, Speaker, signed_in
from api.catalogue import Language
from api.clock import clock_of

Text200 = Annotated[str, msgspec.Meta(max_length=200)]


class Device(msgspec.Struct, frozen=True):
    name: Text200 = ""
    locale: Text200 = "id"


class NewAccount(msgspec.Struct, frozen=True):
    device: Device = Device()


class SignIn(msgspec.Struct, frozen=True):
    login: Text200
    password: Annotated[str, msgspec.Meta(max_length=1000)]
    totp: Text200 | None = None


class Refresh(msgspec.Struct, frozen=True):
    refresh_token: Text200


class Me(msgspec.Struct, frozen=True):
    account_id: UUID
    language: Language
    grants: tuple[Grant, ...]


class AccountController(Controller):
    tags = ("Accounts",)
    path = "/v1"
    cache_control = CacheControlHeader(no_store=True)

    @post("/accounts")
    async def open_account(self, request: Request[None, None, State], data: JSONBody[NewAccount]) -> TokenPair:
        language = "en" if data.device.locale.lower().startswith("en") else "id"
        return await sessions.open_anonymous(data.device.name, language, clock_of(request)())

    @post("/sessions")
    async def sign_in(self, request: Request[None, None, State], data: JSONBody[SignIn]) -> TokenPair:
        return await passwords.sign_in(data.login, data.password, data.totp, clock_of(request)())

    @post("/sessions/refresh")
    async def refresh(self, request: Request[None, None, State], data: JSONBody[Refresh]) -> TokenPair:
        return await sessions.refresh(data.refresh_token, clock_of(request)())

    @delete("/sessions/current", guards=[signed_in])
    async def sign_out(self, request: Request[Speaker, None, State]) -> None:
        await sessions.close_session(request.user.session, clock_of(request)())

    @get("/me", guards=[signed_in])
    async def me(self, request: Request[Speaker, None, State]) -> Me:
        return Me(request.user.uid, request.user.language, request.user.grants)
