"""What may happen to a report: one table, pure.

States and transitions are those of the field (README "Words"); everything that is not here is refused.
"""

from typing import Literal, get_args

import msgspec

State = Literal[
    "submitted",
    "needs_info",
    "verified",
    "dispatched",
    "in_progress",
    "scheduled",
    "forwarded",
    "work_done",
    "resolved",
    "closed",
    "rejected",
    "duplicate",
    "withdrawn",
]
Actor = Literal["reporter", "officer", "coordinator", "area_head", "operator", "rule", "system"]
Field = Literal["agency", "date", "reference", "reason", "evidence", "note", "duplicate_of"]
Move = Literal["change", "answer", "withdraw", "confirm", "dispute", "appeal"]
Voice = Literal["comment", "support", "unsupport", "follow", "unfollow"]  # by anybody, beside the story
Publicity = Literal["hide", "unhide", "visibility", "redact"]
Correction = Literal["edit", "relocate", "recategorize", "recurrence"]
Cooperation = Literal["coordination", "coordination_end", "note", "propose", "extend", "contact"]
Consequence = Literal["merged", "unmerged", "split", "derive"]  # by the system, of what happened to another report
Kind = Literal[Move, Voice, Publicity, Correction, Cooperation, Consequence]

STATES: tuple[State, ...] = get_args(State)
CLOSED: frozenset[State] = frozenset({"resolved", "closed", "rejected", "duplicate", "withdrawn"})
PAUSED: frozenset[State] = frozenset({"needs_info", "scheduled", "forwarded"})

VOICES: frozenset[Kind] = frozenset(get_args(Voice))
# What staff say to each other: no part of what the reporter and the public read.
INTERNAL: frozenset[Kind] = frozenset({"note", "propose"})
# They make nobody's version stale.
LIGHT: frozenset[Kind] = VOICES | INTERNAL | {"contact", "merged", "unmerged"}
CONSEQUENCES: frozenset[Kind] = frozenset(get_args(Consequence))

_TRIAGE: frozenset[Actor] = frozenset({"operator", "area_head"})
_AGENCY: frozenset[Actor] = frozenset({"officer", "coordinator", "operator"})
_LEADS: frozenset[Actor] = frozenset({"coordinator", "operator"})
_REPORTER: frozenset[Actor] = frozenset({"reporter"})
_OPERATOR: frozenset[Actor] = frozenset({"operator"})


class Transition(msgspec.Struct, frozen=True):
    """`needs`: fields that the event must carry; `kind`: how the actor says it."""

    actors: frozenset[Actor]
    needs: tuple[Field, ...] = ()
    kind: Kind = "change"


TRANSITIONS: dict[tuple[State, State], Transition] = {
    ("submitted", "verified"): Transition(_TRIAGE),
    ("submitted", "dispatched"): Transition(_TRIAGE | {"rule"}, ("agency",)),
    ("submitted", "needs_info"): Transition(_TRIAGE, ("note",)),
    ("submitted", "rejected"): Transition(_TRIAGE, ("reason",)),
    ("submitted", "duplicate"): Transition(_TRIAGE, ("duplicate_of",)),
    ("submitted", "withdrawn"): Transition(_REPORTER, kind="withdraw"),
    ("needs_info", "withdrawn"): Transition(_REPORTER, kind="withdraw"),
    ("verified", "withdrawn"): Transition(_REPORTER, kind="withdraw"),
    ("needs_info", "submitted"): Transition(_REPORTER, ("note",), kind="answer"),
    ("needs_info", "rejected"): Transition(_OPERATOR | {"system"}, ("reason",)),
    ("verified", "dispatched"): Transition(_TRIAGE | {"rule"}, ("agency",)),
    ("verified", "rejected"): Transition(_OPERATOR, ("reason",)),
    ("verified", "duplicate"): Transition(_OPERATOR, ("duplicate_of",)),
    ("dispatched", "in_progress"): Transition(_AGENCY),
    ("dispatched", "dispatched"): Transition(_LEADS),
    ("dispatched", "verified"): Transition(_LEADS, ("reason",)),
    ("in_progress", "scheduled"): Transition(_LEADS, ("date", "reason")),
    ("in_progress", "forwarded"): Transition(_LEADS, ("reference",)),
    ("in_progress", "needs_info"): Transition(_LEADS | {"area_head"}, ("note",)),
    ("in_progress", "work_done"): Transition(_AGENCY | {"area_head"}, ("evidence",)),
    ("in_progress", "dispatched"): Transition(_LEADS),
    ("in_progress", "rejected"): Transition(frozenset({"coordinator"}), ("reason",)),
    ("scheduled", "in_progress"): Transition(_AGENCY),
    ("forwarded", "in_progress"): Transition(_AGENCY),
    ("forwarded", "work_done"): Transition(_AGENCY | {"area_head"}, ("evidence",)),
    ("forwarded", "rejected"): Transition(_LEADS, ("reason",)),
    ("work_done", "resolved"): Transition(frozenset({"coordinator", "area_head", "operator"})),
    ("work_done", "in_progress"): Transition(frozenset({"coordinator", "area_head", "operator"}), ("reason",)),
    ("resolved", "closed"): Transition(_REPORTER | {"system"}, kind="confirm"),
    ("resolved", "in_progress"): Transition(_REPORTER, ("reason",), kind="dispute"),
    ("closed", "in_progress"): Transition(_OPERATOR, ("reason",)),
    ("rejected", "submitted"): Transition(_REPORTER, ("reason",), kind="appeal"),
    # un-merge: to the one of these from which it was merged
    ("duplicate", "submitted"): Transition(_OPERATOR),
    ("duplicate", "verified"): Transition(_OPERATOR),
}

TARGETS: dict[Kind, State] = {t.kind: to for (_, to), t in TRANSITIONS.items() if t.kind != "change"}

# Kinds that lead from state to state; others leave it. `split` and `derive` do so by the table of parts.py.
MOVES: frozenset[Kind] = frozenset({"change", "split", "derive", *TARGETS})


class StepAllowed(msgspec.Struct, frozen=True):
    """A step that somebody may take; `needs`: the fields of the event that must be filled."""

    kind: Kind
    to: State | None
    needs: tuple[str, ...]


def transition(state: State, to: State, kind: Kind) -> Transition | None:
    """None where the table has no such step."""
    found = TRANSITIONS.get((state, to))
    return found if found and found.kind == kind else None
