"""A report for somebody who calls or stands at the desk: written down by an operator, the caller's from then on."""

import hashlib
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, post
from litestar.datastructures import State
from litestar.params import JSONBody

from api.accounts import phones
from api.accounts.errors import NotAllowed
from api.accounts.numbers import read_number
from api.accounts.sealing import Seals
from api.accounts.speaker import Speaker, signed_in
from api.accounts.tables import Account
from api.channels.linking import is_abandoned, link
from api.cities.book import CityBook
from api.clock import clock_of
from api.errors import ReportDiffers
from api.piccolo_conf import DB
from api.reports.birth import Author
from api.reports.plan import Plan, decide
from api.reports.receipts import find_receipt
from api.reports.schemas import Instant, Line, NewReport, Position, Receipt, ReportType, Visibility, Words
from api.reports.submit import Submission, store
from api.reports.tracking import new_tracking_id

Asked = Request[Speaker, None, State]


class CallersReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As PUT /v1/reports/{id}, and how the words came. `phone`: the caller's mobile, to be told and found again by."""

    id: UUID
    channel: Literal["desk", "call_112"]
    category: Annotated[str, msgspec.Meta(max_length=100)]
    text: Words
    position: Position
    phone: Annotated[str, msgspec.Meta(max_length=40)] = ""
    report_type: ReportType = "complaint"
    occurred_at: Instant | None = None
    address: Line = ""
    anonymous: bool = False
    visibility: Visibility | None = None
    answers: Annotated[dict[Line, Line], msgspec.Meta(max_length=30)] = {}

    @property
    def report(self) -> NewReport:
        said = {name: getattr(self, name) for name in self.__struct_fields__ if name not in ("id", "channel", "phone")}
        return NewReport(**said)

    @property
    def sha256(self) -> bytes:
        """Without the number: it could be guessed from a hash."""
        return hashlib.sha256(_BODY.encode((self.channel, self.report))).digest()


_BODY = msgspec.json.Encoder(order="deterministic")


class DeskController(Controller):
    tags = ("Channels",)
    path = "/v1/desk"
    guards = (signed_in,)

    @post("/reports")
    async def enter_report(self, request: Asked, data: JSONBody[CallersReport]) -> Response[Receipt]:
        """For operators. 201 the first time, 200 for the same body again, 409 for another under this id."""
        cities, seals, now = request.app.state.cities, request.app.state.seals, clock_of(request)()
        receipt, is_new = await enter(data, request.user, cities, seals, now)
        return Response(receipt, status_code=201 if is_new else 200)


HOLD = "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))"
ENTERED = "SELECT account FROM report WHERE client_id = $1 AND channel IN ('desk', 'call_112')"


async def enter(
    data: CallersReport, operator: Speaker, cities: CityBook, seals: Seals, now: datetime
) -> tuple[Receipt, bool]:
    """The receipt, and whether the report is new. Raises what `decide` raises, NotAllowed, ReportDiffers."""
    plan = await decide(data.report, cities, now)
    if not any(grant.role == "operator" and grant.city in (None, plan.city.id) for grant in operator.grants):
        raise NotAllowed("enter a report for a caller")
    async with DB.transaction():
        await DB.fetch(HOLD, str(data.id))
        if known := await DB.fetch(ENTERED, data.id):
            receipt, is_new = await find_receipt(data.id, known[0]["account"], data.sha256, cities), False
        else:
            caller = await _caller(data.phone, seals, now)
            receipt, is_new = await store(_submission(data, caller, operator, plan)), True
    if receipt is None:
        raise ReportDiffers(data.id)
    return receipt, is_new


def _submission(data: CallersReport, caller: Speaker, operator: Speaker, plan: Plan) -> Submission:
    by = Author(operator.account, "operator")
    return Submission(data.id, new_tracking_id(), data.report, caller, plan, data.sha256, data.channel, by)


CALLER = "SELECT id, uid, language FROM account WHERE id = $1"


async def _caller(phone: str, seals: Seals, now: datetime) -> Speaker:
    """Who has this number; else a new resident, who has it from now on. Raises FieldRefused."""
    number = read_number(phone) if phone.strip() else None
    owner = await phones.owner_of(number, seals) if number else None
    if owner is not None and not is_abandoned(owner, now):
        account = owner.account
    else:
        made = Account(language="id", created_at=now, seen_at=now)
        await made.save()
        account = made.id
        if number:
            await link(account, number, "desk", seals, now)
    row = (await DB.fetch(CALLER, account))[0]
    return Speaker(row["id"], row["uid"], row["language"], session=0)
