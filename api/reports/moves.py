"""A step from state to state: lawful by the table, permitted to the speaker, with all that it needs."""

from api.accounts.errors import NotAllowed
from api.errors import FieldRefused, IllegalTransition, NotNow, OwnEvidence
from api.piccolo_conf import DB
from api.reports import bonds
from api.reports.asked import Asked
from api.reports.behalf import is_on_behalf, spoken_for
from api.reports.needs import check_behalf, check_needs, check_time
from api.reports.permits import permit_for, still_allowed
from api.reports.schemas import NewEvent
from api.reports.staffing import assign
from api.reports.status import TARGETS, State, transition
from api.reports.steps import Step


async def move(asked: Asked) -> Step:
    """Raises FieldRefused, IllegalTransition, NotAllowed, OwnEvidence."""
    event, row, city, speaker = asked.event, asked.row, asked.city, asked.speaker
    if row.has_parts:  # what becomes of it follows from its parts
        raise NotNow(row.state, row.version)
    to = _target(event)
    found = transition(row.state, to, event.kind)
    if found is None:
        raise IllegalTransition(row.state, to, row.version)
    permit = permit_for(
        spoken_for(asked.held, row.channel),
        still_allowed(found.actors, (row.state, to), bounces=row.bounces, is_escalated=row.is_escalated),
    )
    if permit is None:
        raise NotAllowed(f"{row.state} -> {to}")
    if to == "resolved" and row.evidence_by == speaker.account:
        raise OwnEvidence
    if is_on_behalf(permit):
        await check_behalf(asked)
    await check_time(row, to, city, asked.now)
    await check_needs(event, found, row, city, speaker, asked.now)
    assignment = await assign(event, row, city, to, permit, speaker)
    return await _with_consequences(asked, Step(event, row, city, to, speaker.account, permit, assignment, asked.now))


BOUNCE = "UPDATE report SET bounces = bounces + 1 WHERE id = $1"
DISPUTED = "SELECT FROM report_event WHERE report = $1 AND kind = 'dispute'"
ESCALATE = "UPDATE report SET is_escalated = true WHERE id = $1"


async def _with_consequences(asked: Asked, step: Step) -> Step:
    row, to = asked.row, step.to
    if is_on_behalf(step.permit):
        step = step.with_details(on_behalf=True)
    if to == "duplicate":
        return await bonds.merge(asked, step)
    if row.state == "duplicate":
        return await bonds.unmerge(asked, step)
    if (row.state, to) == ("dispatched", "verified") and step.permit.standing == "coordinator":
        await DB.fetch(BOUNCE, row.id)
    if step.event.kind == "dispute" and await DB.fetch(DISPUTED, row.id):
        await DB.fetch(ESCALATE, row.id)
        return step.with_details(**step.details, escalated=True)
    return step


def _target(event: NewEvent) -> State:
    if event.kind != "change":
        if event.to is not None:
            raise FieldRefused("to", "to-not-here")
        return TARGETS[event.kind]
    if event.to is None:
        raise FieldRefused("to", "to-missing")
    return event.to
