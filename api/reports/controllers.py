"""Reports over HTTP, for residents and staff."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, datastructures, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from api.accounts.speaker import Speaker, signed_in
from api.catalogue import language_of
from api.clock import clock_of
from api.errors import FieldRefused
from api.paging import read_id
from api.reports import queries, voices, worklist
from api.reports.candidates import Candidate, find_candidates
from api.reports.change import change
from api.reports.following import read_followed
from api.reports.overdue import all_judged, judged
from api.reports.schemas import EventReceipt, NewEvent, NewReport, Receipt, ReportPage, ReportShown
from api.reports.search import Search, search
from api.reports.similar import Similar, Sought, find_similar
from api.reports.splitting import NewSplit, SplitReceipt, split
from api.reports.status import VOICES, State
from api.reports.submit import submit
from api.reports.told import ToldShown, read_told
from api.reports.worklist import Worklist
from geo.locate import locate
from geo.point import check

Asked = Request[Speaker, None, datastructures.State]
PageSize = Annotated[int, QueryParameter(ge=1, le=worklist.PAGE)]
Line = Annotated[str | None, QueryParameter(max_length=100)]


class ReportController(Controller):
    tags = ("Reports",)
    path = "/v1"
    guards = (signed_in,)

    @put("/reports/{report_id:uuid}")
    async def submit_report(
        self, request: Asked, report_id: FromPath[UUID], data: JSONBody[NewReport]
    ) -> Response[Receipt]:
        """201 the first time, 200 for the same body again, 409 for another."""
        cities = request.app.state.cities
        if data.photos:
            await request.app.state.capacity.check(clock_of(request)())
        receipt, is_new = await submit(report_id, data, request.user, cities, clock_of(request)())
        return Response(receipt, status_code=201 if is_new else 200)

    @get("/reports/similar")
    async def list_similar(
        self,
        request: Asked,
        lat: FromQuery[float],
        lon: FromQuery[float],
        category: FromQuery[str | None] = None,
        words: Annotated[str, QueryParameter(name="text", max_length=500)] = "",
    ) -> list[Similar]:
        """Open public reports within 250 m, nearest first; with `text` the most alike first."""
        point = check(lat=lat, lon=lon)
        place = await locate(point)
        cities, language = request.app.state.cities, language_of(request)
        sought = Sought(point, place.village.code, category, words)
        return await find_similar(sought, cities, clock_of(request)(), language)

    @get("/reports/{report_id:uuid}/similar")
    async def list_candidates(self, request: Asked, report_id: FromPath[UUID]) -> list[Candidate]:
        """For staff: reports that may be about the same thing, within 250 m and 30 days; the most likely first."""
        return await find_candidates(report_id, request.user, request.app.state.cities, language_of(request))

    @get("/reports/{report_id:uuid}")
    async def read_report(self, request: Asked, report_id: FromPath[UUID]) -> ReportShown:
        cities, language = request.app.state.cities, language_of(request)
        return judged(await queries.read_report(report_id, request.user, cities, language), clock_of(request)())

    @get("/reports")
    async def list_reports(  # noqa: PLR0913  # one argument a query parameter
        self,
        request: Asked,
        *,
        mine: FromQuery[bool] = False,
        following: FromQuery[bool] = False,
        cursor: Line = None,
        report_state: Annotated[str, QueryParameter(name="state", max_length=200)] = "",
        agency: Line = None,
        area: Line = None,
        overdue: FromQuery[bool] = False,
        attention: FromQuery[bool] = False,
        held: FromQuery[bool] = False,
        q: Annotated[str, QueryParameter(max_length=200)] = "",
        order: FromQuery[Literal["newest", "oldest"]] = "newest",
    ) -> ReportPage:
        """Own reports with `mine=1`, what I support or follow with `following=1`; for staff those of their grants.

        `state`: one or several with commas; `order=oldest`: of what is open the longest waiting first.
        """
        cities, language, now = request.app.state.cities, language_of(request), clock_of(request)()
        if following:
            return all_judged(await read_followed(request.user, read_id(cursor), cities, language), now)
        if mine or not request.user.grants:
            return all_judged(await queries.read_mine(request.user, read_id(cursor), cities, language), now)
        wanted = Search(
            states=_states(report_state),
            agency=agency,
            area=area,
            overdue=overdue,
            attention=attention,
            held=held,
            q=q,
            oldest=order == "oldest",
        )
        return all_judged(await search(request.user, wanted, read_id(cursor), cities, now, language), now)

    @post("/reports/{report_id:uuid}/events")
    async def add_event(
        self, request: Asked, report_id: FromPath[UUID], data: JSONBody[NewEvent]
    ) -> Response[EventReceipt]:
        """201 when the step was taken, 200 when this event was known; 409 with the current state and version."""
        return await _changed(request, report_id, data)

    @post("/reports/{report_id:uuid}/split")
    async def split_report(
        self, request: Asked, report_id: FromPath[UUID], data: JSONBody[NewSplit]
    ) -> Response[SplitReceipt]:
        """By an operator: a part for each agency, with a number of its own; 200 when this event was known."""
        cities, now = request.app.state.cities, clock_of(request)()
        receipt, is_new = await split(report_id, data, request.user, cities, now)
        return Response(receipt, status_code=201 if is_new else 200)

    @post("/track/{tracking_id:str}/events")
    async def add_voice(
        self, request: Asked, tracking_id: FromPath[str], data: JSONBody[NewEvent]
    ) -> Response[EventReceipt]:
        """Support, follow or comment, for who knows a report by its number as the public does."""
        if data.kind not in VOICES:
            raise FieldRefused("kind", "voice-only")
        return await _changed(request, await voices.find_by_number(tracking_id), data)

    @get("/reports/{report_id:uuid}/notifications")
    async def list_notifications(self, request: Asked, report_id: FromPath[UUID]) -> list[ToldShown]:
        """For staff: who was told what, when it was queued, sent, accepted and seen."""
        return await read_told(report_id, request.user, request.app.state.cities)

    @get("/worklist")
    async def read_worklist(self, request: Asked, since: Line = None, limit: PageSize = worklist.PAGE) -> Worklist:
        """What changed and what left my grants `since` the `next` of the last answer; without it, all that is open."""
        cities, language = request.app.state.cities, language_of(request)
        asked = await worklist.read_worklist(request.user, since, cities, language, limit)
        return all_judged(asked, clock_of(request)())


def _states(written: str) -> tuple[State, ...]:
    """Raises FieldRefused."""
    try:
        return msgspec.convert([part for part in written.split(",") if part], tuple[State, ...])
    except msgspec.ValidationError as error:
        raise FieldRefused("state", "search-state") from error


async def _changed(request: Asked, report_id: UUID, event: NewEvent) -> Response[EventReceipt]:
    cities, now = request.app.state.cities, clock_of(request)()
    receipt, is_new = await change(report_id, event, request.user, cities, now)
    return Response(receipt, status_code=201 if is_new else 200)
