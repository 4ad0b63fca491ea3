"""Between those who work on a report: another agency asked to help, notes, proposals, the law's one extension."""

import msgspec

from api.errors import FieldRefused, NotNow
from api.piccolo_conf import DB
from api.reports.asked import Asked
from api.reports.clockwork import extended, terms_of
from api.reports.permits import PROPOSE, WORK, Standing
from api.reports.staffing import agency_named
from api.reports.status import CLOSED
from api.reports.steps import Step

LEADS: frozenset[Standing] = frozenset({"coordinator", "operator"})

COORDINATE = "UPDATE report SET coordinating = $2::int[] WHERE id = $1"


async def ask_for_help(asked: Asked) -> Step | None:
    """Koordinasi: the agency's people may read, comment and note; the responsibility stays where it is."""
    return await _coordinate(asked, is_wanted=True)


async def end_help(asked: Asked) -> Step | None:
    return await _coordinate(asked, is_wanted=False)


async def _coordinate(asked: Asked, *, is_wanted: bool) -> Step | None:
    permit = asked.permit(LEADS)
    if asked.row.state in CLOSED or asked.row.agency is None:
        raise NotNow(asked.row.state, asked.row.version)
    if not asked.event.agency:
        raise FieldRefused("agency", "needs-agency")
    agency, helping = agency_named(asked.event.agency, asked.city), tuple(asked.row.coordinating or ())
    if (agency in helping) == is_wanted or agency == asked.row.agency:
        return None
    now_helping = (*helping, agency) if is_wanted else tuple(each for each in helping if each != agency)
    await DB.fetch(COORDINATE, asked.row.id, list(now_helping) or None)
    row = msgspec.structs.replace(asked.row, coordinating=now_helping)
    return asked.step(permit, row).with_details(coordination=agency)


async def note(asked: Asked) -> Step:
    """For staff alone."""
    if not asked.event.internal_note:
        raise FieldRefused("internal_note", "needs-note")
    return asked.step(asked.permit(WORK))


async def propose(asked: Asked) -> Step:
    """A dispatch, a merge, another category or place, for somebody who may decide it. Raises FieldRefused."""
    permit, event = asked.permit(PROPOSE), asked.event
    if not event.internal_note:
        raise FieldRefused("internal_note", "needs-note")
    if permit.standing == "officer" and event.to is not None:
        raise FieldRefused("to", "propose-officer")
    if event.to not in (None, "dispatched", "duplicate"):
        raise FieldRefused("to", "propose-to")
    agency = agency_named(event.agency, asked.city) if event.agency else None
    if event.category is not None and event.category not in asked.city.categories:
        raise FieldRefused("category", "category-unknown", category=event.category, city=asked.city.name, code="")
    return asked.step(permit).with_details(
        proposed_to=event.to, proposed_agency=agency, proposed_category=event.category
    )


EXTENDED = "SELECT FROM report_event WHERE report = $1 AND kind = 'extend'"


async def extend(asked: Asked) -> Step:
    """The answer to an information request, once, with the reason (UU 14/2008). Raises NotNow, FieldRefused."""
    permit = asked.permit(LEADS)
    if not asked.event.reason:
        raise FieldRefused("reason", "needs-reason")
    runs = any(c.clock == "information_request" and c.stopped_at is None for c in asked.row.running_clocks)
    if asked.row.state in CLOSED or not runs or await DB.fetch(EXTENDED, asked.row.id):
        raise NotNow(asked.row.state, asked.row.version)
    terms = terms_of(asked.city, asked.city.every_category[asked.row.category], asked.row.report_type)
    return msgspec.structs.replace(asked.step(permit), clocks=extended(asked.row.running_clocks, terms))
