"""Blocks over HTTP: given for a report, told to whom they meet, objected to once, lifted."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Request, get, post
from litestar.datastructures import CacheControlHeader, State
from litestar.params import FromPath, JSONBody

from api.accounts.speaker import Speaker, signed_in
from api.clock import clock_of
from api.reports.schemas import Instant, Line
from api.reports.words import clean
from api.rights import blocking
from api.rights.blocking import BlockShown, Wish

Asked = Request[Speaker, None, State]


class NewBlock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`reason` is read by the person who is blocked."""

    reason: Line
    until: Instant


class Objection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: Annotated[str, msgspec.Meta(max_length=1000)]


class BlockController(Controller):
    tags = ("Accounts",)
    path = "/v1"
    guards = (signed_in,)
    cache_control = CacheControlHeader(no_store=True)

    @post("/reports/{report_id:uuid}/block-reporter")
    async def block_reporter(self, request: Asked, report_id: FromPath[UUID], data: JSONBody[NewBlock]) -> BlockShown:
        """By an operator, for a report; who sent it stays unknown."""
        account, city = await blocking.sender_of(report_id, request.user, request.app.state.cities)
        wish = Wish(account, city, report_id, clean("reason", data.reason), data.until)
        return await blocking.block(wish, request.user, _now(request))

    @post("/accounts/{account_id:uuid}/block")
    async def block_account(self, request: Asked, account_id: FromPath[UUID], data: JSONBody[NewBlock]) -> BlockShown:
        """By an administrator, of somebody who has reported or commented in the own city."""
        account, city = await blocking.account_named(account_id, request.user)
        wish = Wish(account, city, None, clean("reason", data.reason), data.until)
        return await blocking.block(wish, request.user, _now(request))

    @get("/blocks")
    async def list_blocks(self, request: Asked) -> list[BlockShown]:
        """For operators and administrators: those in force in their cities, who objects first."""
        return await blocking.list_blocks(request.user, _now(request))

    @post("/blocks/{block_id:uuid}/lift", status_code=204)
    async def lift_block(self, request: Asked, block_id: FromPath[UUID]) -> None:
        await blocking.lift(block_id, request.user, _now(request))

    @get("/me/blocks")
    async def list_own(self, request: Asked) -> list[BlockShown]:
        """Which city does not listen to me, why and until when."""
        return await blocking.own_blocks(request.user.account, _now(request))

    @post("/me/blocks/{block_id:uuid}/appeal")
    async def object_to_own(self, request: Asked, block_id: FromPath[UUID], data: JSONBody[Objection]) -> BlockShown:
        """One text, which stands first in the operators' list."""
        return await blocking.appeal(block_id, request.user.account, clean("text", data.text), _now(request))


def _now(request: Asked) -> datetime:
    return clock_of(request)()
