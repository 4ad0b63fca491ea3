"""My own account: who I am, what I may, my second factor, my password, where I am signed in."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Request, delete, get, post
from litestar.datastructures import CacheControlHeader, State
from litestar.params import FromPath, JSONBody

from api.accounts import cookies, devices, own_sessions, phones, second_factor, sessions
from api.accounts.errors import NotAllowed
from api.accounts.merging import note
from api.accounts.passwords import check_new, hash_password
from api.accounts.second_factor import TotpSecret
from api.accounts.signing_in import Proof, Proven, admit, prove
from api.accounts.speaker import Grant, Speaker, signed_in
from api.accounts.tables import Account
from api.catalogue import Language
from api.cities.book import CityBook
from api.clock import clock_of
from api.piccolo_conf import DB
from push.addresses import forget_contact

Asked = Request[Speaker, None, State]
Text200 = Annotated[str, msgspec.Meta(max_length=200)]
Secret = Annotated[str, msgspec.Meta(max_length=1000)]


FactorState = Literal["none", "required", "confirmed"]


class GrantShown(msgspec.Struct, frozen=True):
    """`agency` and `area_code` cover their whole subtree; without both: all of the city."""

    id: int
    role: str
    city: int | None
    city_code: str | None
    city_name: str | None
    agency: int | None
    agency_key: str | None
    agency_name: str | None
    area_code: str | None


class Me(msgspec.Struct, frozen=True):
    """`second_factor` is `required` while the grants wait for it."""

    account_id: UUID
    language: Language
    login: str | None
    second_factor: FactorState
    phone_linked: bool
    phone_ends_with: str | None
    grants: tuple[GrantShown, ...]


class Again(msgspec.Struct, frozen=True):
    """Who is signed in proves it again before something weighty: a borrowed phone is not enough."""

    password: Secret
    totp: Text200 | None = None
    device_token: Text200 | None = None


class NewPassword(Again, frozen=True):
    new_password: Secret = ""


class TotpCode(msgspec.Struct, frozen=True):
    code: Text200


class RecoveryCodes(msgspec.Struct, frozen=True):
    """Shown once; each works once, in place of the app's code."""

    recovery_codes: tuple[str, ...]


async def grants_shown(grants: tuple[Grant, ...], cities: CityBook) -> tuple[GrantShown, ...]:
    by_id = {city.id: city for city in await cities.cities()}
    shown = []
    for grant in grants:
        city = by_id.get(grant.city or 0)
        agency = city.agencies.get(grant.agency or 0) if city else None
        shown.append(
            GrantShown(
                id=grant.id,
                role=grant.role,
                city=grant.city,
                city_code=city.code if city else None,
                city_name=city.name if city else None,
                agency=grant.agency,
                agency_key=agency.key if agency else None,
                agency_name=agency.name if agency else None,
                area_code=grant.area_code,
            )
        )
    return tuple(shown)


class MeController(Controller):
    tags = ("Accounts",)
    path = "/v1/me"
    guards = (signed_in,)
    cache_control = CacheControlHeader(no_store=True)

    @get()
    async def me(self, request: Asked) -> Me:
        account = await own_account(request.user)
        number = await phones.number_of(request.user.account, request.app.state.seals)
        return Me(
            account_id=account.uid,
            language=request.user.language,
            login=account.login,
            second_factor=state_of(account),
            phone_linked=number is not None,
            phone_ends_with=number[-3:] if number else None,
            grants=await grants_shown(request.user.grants, request.app.state.cities),
        )

    @delete("/phone")
    async def unlink_phone(self, request: Asked) -> None:
        """The account and its reports stay; the number is forgotten."""
        account, now = request.user.account, clock_of(request)()
        if await phones.unlink(account):
            await forget_contact(account, "sms", now)
            await note(account, account, "phone-unlinked", now)

    @post("/totp")
    async def begin_totp(self, request: Asked, data: JSONBody[Again]) -> TotpSecret:
        """A new secret, shown once; it counts when it is confirmed by a code."""
        proven = await proven_again(request, data)
        async with DB.transaction():
            await admit(proven, clock_of(request)())
            return await second_factor.begin(proven.account, request.app.state.seals)

    @post("/totp/confirm")
    async def confirm_totp(self, request: Asked, data: JSONBody[TotpCode]) -> RecoveryCodes:
        """Sign-ins elsewhere end."""
        now = clock_of(request)()
        async with DB.transaction():
            codes = await second_factor.confirm(request.user.account, data.code, request.app.state.seals, now)
            await sessions.end_all(request.user.account, now, but=request.user.session)
        return RecoveryCodes(codes)

    @post("/recovery-codes")
    async def renew_recovery_codes(self, request: Asked, data: JSONBody[Again]) -> RecoveryCodes:
        proven = await proven_again(request, data)
        if proven.account.totp_sealed is None:
            raise NotAllowed("recovery codes without a second factor")
        async with DB.transaction():
            await admit(proven, clock_of(request)())
            return RecoveryCodes(await second_factor.give_recovery_codes(request.user.account))

    @post("/password", status_code=204)
    async def change_password(self, request: Asked, data: JSONBody[NewPassword]) -> None:
        """Sign-ins elsewhere end, and other devices are strangers again."""
        proven, now = await proven_again(request, data), clock_of(request)()
        check_new(data.new_password, proven.account.login or "")
        password_hash = await hash_password(data.new_password)
        async with DB.transaction():
            await admit(proven, now)
            await Account.update({Account.password_hash: password_hash}).where(Account.id == proven.account.id)
            await devices.forget_others(proven.account.id, proven.device)
            await sessions.end_all(proven.account.id, now, but=request.user.session)

    @get("/sessions")
    async def list_sessions(self, request: Asked) -> list[own_sessions.SessionShown]:
        """Where I am signed in, the latest first."""
        return await own_sessions.read(request.user, clock_of(request)())

    @delete("/sessions/{session_id:uuid}")
    async def end_session(self, request: Asked, session_id: FromPath[UUID]) -> None:
        """Signs out there."""
        await own_sessions.end(session_id, request.user, clock_of(request)())


async def own_account(speaker: Speaker) -> Account:
    account = await Account.objects().get(Account.id == speaker.account)
    assert account is not None  # its session was found a moment ago
    return account


def state_of(account: Account) -> FactorState:
    if account.totp_sealed:
        return "confirmed"
    return "required" if account.totp_required else "none"


async def proven_again(request: Asked, data: Again) -> Proven:
    """Raises SignInRefused, and NotAllowed for residents, who have no password."""
    account = await own_account(request.user)
    if account.login is None:
        raise NotAllowed("password and second factor are for staff")
    kept = data.device_token or cookies.device_token(request, account.login)
    proof = Proof(data.password, data.totp, kept)
    return await prove(account, proof, request.app.state.seals, clock_of(request)())
