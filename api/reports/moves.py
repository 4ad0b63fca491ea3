"""A step from state to state: lawful by the table, permitted to the speaker, with all that it needs."""

from api.accounts.errors import NotAllowed
from api.errors import FieldRefused, IllegalTransition, OwnEvidence
from api.reports.asked import Asked
from api.reports.needs import check_needs, check_time
from api.reports.permits import permit_for
from api.reports.schemas import NewEvent
from api.reports.staffing import assign
from api.reports.status import TARGETS, State, transition
from api.reports.steps import Step


async def move(asked: Asked) -> Step:
    """Raises FieldRefused, IllegalTransition, NotAllowed, OwnEvidence."""
    event, row, city, speaker = asked.event, asked.row, asked.city, asked.speaker
    to = _target(event)
    found = transition(row.state, to, event.kind)
    if found is None:
        raise IllegalTransition(row.state, to, row.version)
    permit = permit_for(asked.held, found.actors)
    if permit is None:
        raise NotAllowed(f"{row.state} -> {to}")
    if to == "resolved" and row.evidence_by == speaker.account:
        raise OwnEvidence
    await check_time(row, to, city, asked.now)
    await check_needs(event, found, row, city, speaker, asked.now)
    assignment = await assign(event, row, city, to, permit, speaker)
    return Step(event, row, city, to, speaker.account, permit, assignment, asked.now)


def _target(event: NewEvent) -> State:
    if event.kind != "change":
        if event.to is not None:
            raise FieldRefused("to", "to-not-here")
        return TARGETS[event.kind]
    if event.to is None:
        raise FieldRefused("to", "to-missing")
    return event.to
