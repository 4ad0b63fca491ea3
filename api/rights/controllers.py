"""A copy of the own data, and the end of the own account, over HTTP."""

from uuid import UUID

import msgspec
from litestar import Controller, Request, delete, get
from litestar.datastructures import CacheControlHeader, State
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from api.accounts.errors import NotAllowed
from api.accounts.grants import administered, cities_by_id
from api.accounts.speaker import Speaker, signed_in
from api.catalogue import language_of
from api.clock import clock_of
from api.errors import FieldRefused
from api.piccolo_conf import DB
from api.rights import export
from api.rights.erasure import begin, go_on

Asked = Request[Speaker, None, State]


class Farewell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`redact_reports`: the words and photos of public reports go as well."""

    confirm: bool = False
    redact_reports: bool = False


class RightsController(Controller):
    tags = ("Accounts",)
    path = "/v1"
    guards = (signed_in,)
    cache_control = CacheControlHeader(no_store=True)

    @get("/me/export", media_type="application/json")
    async def export_own(self, request: Asked) -> Stream:
        """All that is kept of me, three times a day."""
        state, now = request.app.state, clock_of(request)()
        await export.take(request.user.account, now)
        base_url = state.settings.base_url
        parts = export.export(request.user, state.cities, language_of(request), state.seals, base_url, now)
        name = f'attachment; filename="kentongan-{now:%Y-%m-%d}.json"'
        return Stream(parts, media_type="application/json", headers={"content-disposition": name})

    @delete("/me")
    async def erase_own(self, request: Asked, data: JSONBody[Farewell]) -> None:
        """The account ends at once and for good; of its public reports the words stay, unless they are to go too."""
        _check_confirmed(data)
        cities, now = request.app.state.cities, clock_of(request)()
        await begin(request.user.account, now, redact_reports=data.redact_reports)
        await go_on(request.user.account, cities, now)

    @delete("/accounts/staff/{account_id:uuid}")
    async def erase_staff(self, request: Asked, account_id: FromPath[UUID], data: JSONBody[Farewell]) -> None:
        """By an administrator of all cities that the account works for; what it did stays in the chains."""
        _check_confirmed(data)
        if not any(grant.role == "admin" for grant in request.user.grants):
            raise NotAllowed("erase an account of staff")
        book, now = request.app.state.cities, clock_of(request)()
        cities = await cities_by_id(book)
        async with DB.transaction():
            account = (await administered(account_id, request.user, cities)).id
            await begin(account, now, redact_reports=data.redact_reports, by=request.user.account)
        await go_on(account, book, now)


def _check_confirmed(data: Farewell) -> None:
    if not data.confirm:
        raise FieldRefused("confirm", "erasure-confirm")
