"""The public promises: how long each step may take. Defaults; a city's own numbers come with the policies.

domain.md's table of clocks, as data: every number names where it comes from.
"""

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
