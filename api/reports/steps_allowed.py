"""What a person may do with a report now, told to their app, so that no app has a table of its own. Pure.

From `status.py` and the permits. The step itself is checked again when it is taken; what only the database knows
(the time that has passed, the photos that arrived) is checked only then.
"""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from api.accounts.speaker import Speaker
from api.cities.book import City
from api.reports.behalf import SAID_FOR_OTHERS, is_on_behalf, spoken_for
from api.reports.permits import PROPOSE, SPEAK, WORK, Permit, Standing, permit_for, still_allowed
from api.reports.schemas import Channel, ReportShown
from api.reports.status import TRANSITIONS, Kind, State, StepAllowed, Transition

BESIDE: Mapping[Kind, tuple[frozenset[Standing], tuple[str, ...]]] = {
    "comment": (SPEAK, ("note",)),
    "note": (WORK, ("internal_note",)),
    "propose": (PROPOSE, ("internal_note",)),
}
# Steps into these leave the report with those who have it.
AT_WORK: frozenset[State] = frozenset({"in_progress", "scheduled", "forwarded", "work_done"})

LEADING_ON: Mapping[State, list[tuple[State, Transition]]] = {
    state: [(to, found) for (at, to), found in TRANSITIONS.items() if at == state] for state, _ in TRANSITIONS
}


class Row(Protocol):
    """What of a report decides its steps."""

    @property
    def category(self) -> int: ...
    @property
    def state(self) -> State: ...
    @property
    def officer(self) -> int | None: ...
    @property
    def evidence_by(self) -> int | None: ...
    @property
    def bounces(self) -> int: ...
    @property
    def is_escalated(self) -> bool: ...
    @property
    def has_parts(self) -> bool: ...
    @property
    def channel(self) -> Channel: ...


class Standpoint(msgspec.Struct, frozen=True):
    """A report in the eyes of one person, in one state."""

    state: State
    held: tuple[Permit, ...]
    is_own_evidence: bool
    needs_evidence: bool
    bounces: int
    is_escalated: bool
    has_parts: bool


def with_steps(shown: ReportShown, row: Row, city: City, held: tuple[Permit, ...], speaker: Speaker) -> ReportShown:
    """For who works on it: what may be done now, and what after own steps, for a phone without a network."""
    if all(permit.grant is None for permit in held):
        return shown
    category = city.every_category.get(row.category)
    now = Standpoint(
        state=row.state,
        held=spoken_for(held, row.channel),
        is_own_evidence=row.evidence_by == speaker.account,
        needs_evidence=category is None or category.needs_evidence,
        bounces=row.bounces,
        is_escalated=row.is_escalated,
        has_parts=row.has_parts,
    )
    beside = _beside(held)
    moves = {at.state: _moves(at) + beside for at in _ahead(now)}
    return msgspec.structs.replace(
        shown,
        steps=moves.pop(row.state),
        steps_after=moves,
        is_assigned_to_me=row.officer == speaker.account,
    )


def _beside(held: tuple[Permit, ...]) -> tuple[StepAllowed, ...]:
    return tuple(
        StepAllowed(kind, None, needs)
        for kind, (standings, needs) in BESIDE.items()
        if any(permit.standing in standings for permit in held)
    )


def _ahead(now: Standpoint) -> list[Standpoint]:
    """The report as it is, and as own steps would make it while it stays at work."""
    found = [now]
    for at in found:
        for step in _moves(at):
            if step.to in AT_WORK and step.to not in [known.state for known in found]:
                is_own = step.to == "work_done" or at.is_own_evidence
                found.append(msgspec.structs.replace(at, state=step.to, is_own_evidence=is_own))
    return found


def _moves(at: Standpoint) -> tuple[StepAllowed, ...]:
    if at.has_parts:  # what becomes of it follows from its parts
        return ()
    return tuple(
        StepAllowed(found.kind, None if found.kind in SAID_FOR_OTHERS else to, _needs(found, at, to))
        for to, found in LEADING_ON.get(at.state, ())
        if _may(found, at, to)
    )


def _may(found: Transition, at: Standpoint, to: State) -> bool:
    actors = still_allowed(found.actors, (at.state, to), bounces=at.bounces, is_escalated=at.is_escalated)
    permit = permit_for(at.held, actors)
    if permit is None or (to == "resolved" and at.is_own_evidence):
        return False
    return found.kind == "change" or is_on_behalf(permit)


def _needs(found: Transition, at: Standpoint, to: State) -> tuple[str, ...]:
    if found.kind in SAID_FOR_OTHERS:
        return (*found.needs, "internal_note")
    wanted = tuple(field for field in found.needs if field != "evidence" or at.needs_evidence)
    return (*wanted, "agency_or_officer") if (at.state, to) == ("dispatched", "dispatched") else wanted
