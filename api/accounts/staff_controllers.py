"""Accounts of staff and their grants over HTTP: for administrators, and for coordinators in their own agency."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Request, delete, get, patch, post, put
from litestar.datastructures import CacheControlHeader, State
from litestar.params import FromPath, JSONBody, QueryParameter

from api.accounts import enrolment, grants
from api.accounts.enrolment import Enrolment
from api.accounts.errors import NotAllowed
from api.accounts.granting import may_see
from api.accounts.grants import AccountEventShown, NewGrant, Staff, cities_by_id
from api.accounts.matrix import may
from api.accounts.me import FactorState, GrantShown, grants_shown
from api.accounts.merging import note
from api.accounts.speaker import Speaker, signed_in
from api.accounts.staff import add_account
from api.cities.book import CityBook
from api.clock import clock_of
from api.errors import FieldRefused
from api.piccolo_conf import DB
from push.addresses import AddressRefused, forget_contact, reach_by

Asked = Request[Speaker, None, State]
PAGE = 100
Login = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{2,99}$")]
After = Annotated[str, QueryParameter(max_length=100)]


class NewStaff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    login: Login
    grants: Annotated[tuple[NewGrant, ...], msgspec.Meta(max_length=20)]


class GivenGrant(NewGrant, frozen=True, kw_only=True):
    account_id: UUID


class Closing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    disabled: bool


class Mailbox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Empty: no mail any more."""

    email: Annotated[str, msgspec.Meta(max_length=254)]


class StaffShown(msgspec.Struct, frozen=True):
    """`grants`: those that I may see. `is_enrolled` False: the code that was handed over has not been used."""

    account_id: UUID
    login: str
    disabled: bool
    is_enrolled: bool
    second_factor: FactorState
    grants: tuple[GrantShown, ...]


class StaffPage(msgspec.Struct, frozen=True):
    staff: tuple[StaffShown, ...]
    next: str | None


class GrantOf(msgspec.Struct, frozen=True):
    account_id: UUID
    login: str
    grant: GrantShown


class GrantPage(msgspec.Struct, frozen=True):
    grants: tuple[GrantOf, ...]
    next: str | None


async def shown(one: Staff, book: CityBook) -> StaffShown:
    factor: FactorState = "confirmed" if one.is_confirmed else "required" if one.is_required else "none"
    granted = await grants_shown(one.grants, book)
    return StaffShown(one.uid, one.login, one.is_disabled, one.has_password, factor, granted)


async def staff_page(request: Asked, cursor: str) -> StaffPage:
    """Raises NotAllowed: residents, officers and area heads have no list to see."""
    if not may("administer", {grant.role for grant in request.user.grants}):
        raise NotAllowed("administration")
    book: CityBook = request.app.state.cities
    found = await grants.list_staff(request.user, await cities_by_id(book), cursor, PAGE + 1)
    people = tuple([await shown(one, book) for one in found[:PAGE]])
    return StaffPage(people, found[PAGE - 1].login if len(found) > PAGE else None)


class StaffController(Controller):
    tags = ("Administration",)
    path = "/v1"
    guards = (signed_in,)
    cache_control = CacheControlHeader(no_store=True)

    @get("/accounts/staff")
    async def list_staff(self, request: Asked, cursor: After = "") -> StaffPage:
        """By login: the people of my city, or of my agency."""
        return await staff_page(request, cursor)

    @post("/accounts/staff")
    async def add_staff(self, request: Asked, data: JSONBody[NewStaff]) -> Enrolment:
        """The answer holds the code to be handed over, once."""
        now, cities = clock_of(request)(), await cities_by_id(request.app.state.cities)
        wanted = [grants.read_grant(written, cities) for written in data.grants]
        if not wanted:
            raise FieldRefused("grants", "grants-empty")
        grants.check_may_give(request.user, wanted, cities)
        async with DB.transaction():
            account = await add_account(data.login, None, wanted, now)
            await note(account, request.user.account, "account-made", now, grants=_in_words(data.grants))
            return await enrolment.issue(account, now)

    @patch("/accounts/staff/{account_id:uuid}")
    async def close_or_open(self, request: Asked, account_id: FromPath[UUID], data: JSONBody[Closing]) -> StaffShown:
        """A closed account keeps its grants; its sessions end at once."""
        book: CityBook = request.app.state.cities
        cities = await cities_by_id(book)
        async with DB.transaction():
            theirs = await grants.administered(account_id, request.user, cities)
            await grants.close(theirs, data.disabled, request.user.account, clock_of(request)())
        return await shown(await grants.read_staff(account_id), book)

    @put("/accounts/staff/{account_id:uuid}/email", status_code=204)
    async def mail_to(self, request: Asked, account_id: FromPath[UUID], data: JSONBody[Mailbox]) -> None:
        """Where this account's notices are mailed too: the mailbox of an agency is that of its coordinator. It is shown
        to nobody again."""
        cities, now = await cities_by_id(request.app.state.cities), clock_of(request)()
        async with DB.transaction():
            theirs = await grants.administered(account_id, request.user, cities)
            await set_mailbox(theirs.id, data.email, now)
            await note(theirs.id, request.user.account, "mailbox-set" if data.email else "mailbox-removed", now)

    @post("/accounts/staff/{account_id:uuid}/enrolment")
    async def enrol_again(self, request: Asked, account_id: FromPath[UUID]) -> Enrolment:
        """For a lost phone or a forgotten password: what the account had ends at once."""
        now, cities = clock_of(request)(), await cities_by_id(request.app.state.cities)
        async with DB.transaction():
            theirs = await grants.administered(account_id, request.user, cities)
            await note(theirs.id, request.user.account, "enrolment-issued", now)
            return await enrolment.issue(theirs.id, now)

    @get("/accounts/staff/{account_id:uuid}/events")
    async def list_events(self, request: Asked, account_id: FromPath[UUID]) -> list[AccountEventShown]:
        """Who gave and took what, the latest first."""
        cities = await cities_by_id(request.app.state.cities)
        theirs = await grants.read_staff(account_id)
        if not any(may_see(request.user.grants, grant, cities) for grant in theirs.grants):
            raise NotAllowed("see this account")
        return await grants.read_events(theirs.id)

    @get("/grants")
    async def list_grants(self, request: Asked, cursor: After = "") -> GrantPage:
        page = await staff_page(request, cursor)
        pairs = [GrantOf(one.account_id, one.login, grant) for one in page.staff for grant in one.grants]
        return GrantPage(tuple(pairs), page.next)

    @post("/grants")
    async def give_grant(self, request: Asked, data: JSONBody[GivenGrant]) -> GrantShown:
        book: CityBook = request.app.state.cities
        cities = await cities_by_id(book)
        wanted = grants.read_grant(data, cities)
        given = await grants.give(data.account_id, wanted, request.user, cities, clock_of(request)())
        return (await grants_shown((given,), book))[0]

    @delete("/grants/{grant_id:int}")
    async def take_grant_away(self, request: Asked, grant_id: FromPath[int]) -> None:
        cities = await cities_by_id(request.app.state.cities)
        await grants.take_away(grant_id, request.user, cities, clock_of(request)())


async def set_mailbox(account: int, email: str, now: datetime) -> None:
    """Raises FieldRefused."""
    if not email:
        return await forget_contact(account, "email", now)
    try:
        await reach_by(account, "email", email, now)
    except AddressRefused as refused:
        raise FieldRefused("email", f"address-{refused.reason}") from refused


def _in_words(given: tuple[NewGrant, ...]) -> str:
    return "; ".join(" ".join(filter(None, (one.role, one.city, one.agency, one.area))) for one in given)
