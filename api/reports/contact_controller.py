"""The reporter's contact over HTTP: looked at with a reason, and who looked."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Request, get, post
from litestar.datastructures import CacheControlHeader, State
from litestar.params import FromPath, FromQuery, JSONBody

from api.accounts.speaker import Speaker, signed_in
from api.clock import clock_of
from api.errors import FieldRefused
from api.reports import contact
from api.reports.change import change
from api.reports.contact import Contact, RevealShown

Asked = Request[Speaker, None, State]


class Reason(msgspec.Struct, frozen=True):
    reason: Annotated[str, msgspec.Meta(max_length=300)]


class ContactController(Controller):
    tags = ("Reports",)
    path = "/v1"
    guards = (signed_in,)
    cache_control = CacheControlHeader(no_store=True)

    @post("/reports/{report_id:uuid}/contact")
    async def see_contact(self, request: Asked, report_id: FromPath[UUID], data: JSONBody[Reason]) -> Contact:
        """The look is noted before the number is shown; the reporter can read who looked, and why."""
        cities, now = request.app.state.cities, clock_of(request)()
        await change(report_id, contact.reveal(data.reason), request.user, cities, now)
        return await contact.read_contact(report_id, request.app.state.seals)

    @get("/reports/{report_id:uuid}/contact")
    async def list_reveals(self, request: Asked, report_id: FromPath[UUID]) -> list[RevealShown]:
        return await contact.read_reveals(report_id, request.user, request.app.state.cities)

    @get("/contacts")
    async def list_latest(self, request: Asked, before: FromQuery[datetime | None] = None) -> list[RevealShown]:
        """For auditors and administrators: the looks at contacts in their cities, the latest first."""
        if before is not None and before.tzinfo is None:
            raise FieldRefused("before", "body-no-zone")
        return await contact.read_latest(request.user, before, request.app.state.cities)
