"""Which clocks run after a step. Pure: the clocks before, the step and the moment give the clocks after.

Started and stopped by states (README "Words"), paused while somebody else is asked; a pause gives its working
days back when it ends.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from api.cities.book import Category, City
from api.cities.calendar import Calendar
from api.cities.promises import Clock, Policy, Promise, ResolveClass, policy_at
from api.reports.clocks import Pause, due_after_pauses, due_at
from api.reports.status import CLOSED, PAUSED, State

PAUSABLE: frozenset[Clock] = frozenset({"respond", "resolve", "information_request"})
# What the public is told first when several clocks run.
PROMISED: tuple[Clock, ...] = ("confirm", "needs_info", "information_request", "resolve", "respond", "verify")


class RunningClock(msgspec.Struct, frozen=True, kw_only=True):
    """One clock of a report; `due_at` is None while it is paused."""

    clock: Clock
    started_at: datetime
    due_at: datetime | None
    pauses: tuple[Pause, ...] = ()
    stopped_at: datetime | None = None

    @property
    def is_paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].until is None


class Terms(msgspec.Struct, frozen=True):
    """What a report was promised by: its class, type and category, its city's calendar and policies."""

    resolve_class: ResolveClass
    is_information_request: bool
    calendar: Calendar
    category_id: int = 0
    policies: tuple[Policy, ...] = ()

    @property
    def work_clock(self) -> Clock:
        return "information_request" if self.is_information_request else "resolve"

    def promise(self, clock: Clock, started_at: datetime) -> Promise:
        """By the version that was in force when the clock started."""
        return policy_at(self.policies, started_at).promise(clock, self.resolve_class, self.category_id)

    def start(self, clock: Clock, now: datetime) -> RunningClock:
        return RunningClock(clock=clock, started_at=now, due_at=due_at(now, self.promise(clock, now), self.calendar))


def terms_of(city: City, category: Category, report_type: str) -> Terms:
    is_information_request = report_type == "information_request"
    return Terms(category.resolve_class, is_information_request, city.calendar, category.id, city.policies)


def clocks_at_birth(terms: Terms, now: datetime) -> tuple[RunningClock, ...]:
    return (terms.start("verify", now), terms.start("ombudsman", now))


def clocks_after(
    before: Iterable[RunningClock], step: tuple[State, State], terms: Terms, now: datetime
) -> tuple[RunningClock, ...]:
    """All clocks of the report, those that have stopped included."""
    came_from, to = step
    ending = _ending(came_from, to, terms)
    after = [_moved(clock, clock.clock in ending, to, terms, now) for clock in before]
    running = {clock.clock for clock in after if clock.stopped_at is None}
    after += [terms.start(clock, now) for clock in _beginning(to, terms) if clock not in running]
    # One that stopped and starts in the same instant goes on: its start is its name.
    return tuple({(clock.clock, clock.started_at): clock for clock in after}.values())


def promised(clocks: Iterable[RunningClock]) -> RunningClock | None:
    """The clock whose due date the reporter is told."""
    running = {clock.clock: clock for clock in clocks if clock.stopped_at is None}
    return next((running[name] for name in PROMISED if name in running), None)


def _beginning(to: State, terms: Terms) -> tuple[Clock, ...]:
    started: dict[State, tuple[Clock, ...]] = {
        "submitted": ("verify", "ombudsman"),
        "needs_info": ("needs_info",),
        "verified": (terms.work_clock,),
        "dispatched": ("respond", terms.work_clock),
        "in_progress": (terms.work_clock,),
        "resolved": ("confirm",),
    }
    return started.get(to, ())


def _ending(came_from: State, to: State, terms: Terms) -> frozenset[Clock]:
    if to in CLOSED - {"resolved"}:
        return frozenset({"verify", "respond", terms.work_clock, "confirm", "needs_info", "ombudsman"})
    ended: dict[State, frozenset[Clock]] = {
        "submitted": frozenset({"verify"}),
        "dispatched": frozenset({"respond"}),
        "needs_info": frozenset({"needs_info"}),
        "resolved": frozenset({"confirm"}),
    }
    found = ended.get(came_from, frozenset())
    return found | {terms.work_clock} if to == "work_done" else found


def _moved(clock: RunningClock, ends: bool, to: State, terms: Terms, now: datetime) -> RunningClock:
    if clock.stopped_at is not None:
        return clock
    if ends:
        return msgspec.structs.replace(clock, stopped_at=now)
    if clock.clock in PAUSABLE and to in PAUSED:
        return _paused(clock, now)
    return _resumed(clock, terms, now)


def _paused(clock: RunningClock, now: datetime) -> RunningClock:
    pauses = clock.pauses if clock.is_paused else (*clock.pauses, Pause(now))
    return msgspec.structs.replace(clock, due_at=None, pauses=pauses)


def _resumed(clock: RunningClock, terms: Terms, now: datetime) -> RunningClock:
    """Due again, later by the working days of all pauses."""
    if not clock.is_paused:
        return clock
    pauses = (*clock.pauses[:-1], Pause(clock.pauses[-1].since, now))
    wanted = terms.promise(clock.clock, clock.started_at)
    due = due_after_pauses(clock.started_at, wanted, pauses, terms.calendar)
    return msgspec.structs.replace(clock, due_at=due, pauses=pauses)
