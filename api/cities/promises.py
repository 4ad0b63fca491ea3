"""The public promises: how long each step may take. National defaults, and over them the versions of a city's policy.

The field's table of clocks, as data: every number names where it comes from. A version is never changed, and
counts for the clocks that start while it is in force: an old report keeps what was promised to it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

import msgspec

Clock = Literal[
    "verify",
    "respond",
    "resolve",
    "confirm",
    "needs_info",
    "information_request",
    "objection",
    "objection_answer",
    "ombudsman",
]
ResolveClass = Literal["minor", "normative", "non_oversight", "oversight"]
Unit = Literal["working_days", "calendar_days"]

LAPOR = "Permenpan-RB 62/2018"
KIP = "UU 14/2008"


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    clock: Clock
    days: int
    source: str
    unit: Unit = "working_days"
    extension_days: int = 0


class UnknownPromise(Exception):
    def __init__(self, clock: str, resolve_class: str | None) -> None:
        super().__init__(f"no promise for clock {clock!r} and class {resolve_class!r}")
        self.clock, self.resolve_class = clock, resolve_class


# Only `resolve` differs by class: the second part of the key is None for the others.
PROMISES: dict[tuple[Clock, ResolveClass | None], Promise] = {
    ("verify", None): Promise(clock="verify", days=3, source=LAPOR),
    ("respond", None): Promise(clock="respond", days=5, source=LAPOR),
    ("resolve", "minor"): Promise(clock="resolve", days=2, source="house default: small matters of the neighbourhood"),
    ("resolve", "normative"): Promise(clock="resolve", days=5, source=LAPOR),
    ("resolve", "non_oversight"): Promise(clock="resolve", days=14, source=LAPOR),
    ("resolve", "oversight"): Promise(clock="resolve", days=60, source=LAPOR),
    ("confirm", None): Promise(clock="confirm", days=10, source=LAPOR),
    ("needs_info", None): Promise(clock="needs_info", days=10, source=LAPOR),
    ("information_request", None): Promise(clock="information_request", days=10, source=KIP, extension_days=7),
    ("objection", None): Promise(clock="objection", days=30, source=KIP),
    ("objection_answer", None): Promise(clock="objection_answer", days=30, source=KIP),
    ("ombudsman", None): Promise(clock="ombudsman", days=60, source="house default", unit="calendar_days"),
}


def promise(clock: Clock, resolve_class: ResolveClass | None = None) -> Promise:
    """`resolve_class` matters to `resolve` only, and must be given there. Raises UnknownPromise."""
    found = PROMISES.get((clock, resolve_class if clock == "resolve" else None))
    if found is None:
        raise UnknownPromise(clock, resolve_class)
    return found


class PolicyPromise(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy says otherwise than the defaults; without category and class: for all of them."""

    clock: Clock
    days: int
    source: str
    category_id: int | None = None
    resolve_class: ResolveClass | None = None
    extension_days: int = 0


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """`escalate_at`: percent of a clock at which coordinator, then area head and operator, then inspectorate hear."""

    version: int
    name: str
    source: str
    effective_from: datetime
    promises: tuple[PolicyPromise, ...] = ()
    escalate_at: tuple[int, int, int] = (75, 100, 200)

    def promise(self, clock: Clock, resolve_class: ResolveClass, category_id: int) -> Promise:
        """The category's own number, else that of its class, else the clock's, else the national one."""
        fallback = promise(clock, resolve_class)
        if not self.promises:
            return fallback
        subjects = (category_id, None), (None, resolve_class), (None, None)
        said = {(p.category_id, p.resolve_class): p for p in self.promises if p.clock == clock}
        found = next((said[subject] for subject in subjects if subject in said), None)
        if found is None:
            return fallback
        return msgspec.structs.replace(
            fallback, days=found.days, source=found.source, extension_days=found.extension_days
        )


NATIONAL = Policy(version=0, name="nasional", source=LAPOR, effective_from=datetime.min.replace(tzinfo=UTC))


def policy_at(policies: Sequence[Policy], moment: datetime) -> Policy:
    """Of a city's `policies`, oldest first, the one in force; before the first one the national defaults."""
    return next((policy for policy in reversed(policies) if policy.effective_from <= moment), NATIONAL)
