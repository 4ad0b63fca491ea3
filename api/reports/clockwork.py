"""Which clocks run after a step. Pure: the clocks before, the step and the moment give the clocks after.

Started and stopped by states (README "Words"), paused while somebody else is asked; a pause gives its working
days back when it ends.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import get_args

import msgspec

from api.cities.book import Category, City
from api.cities.calendar import Calendar, working_days_between
from api.cities.promises import Clock, Policy, Promise, ResolveClass, policy_at
from api.reports.clocks import Pause, city_day, due_after_pauses, due_at, postponed
from api.reports.status import CLOSED, PAUSED, State

PAUSABLE: frozenset[Clock] = frozenset({"respond", "resolve", "information_request", "objection_answer"})
WORK: frozenset[Clock] = frozenset({"resolve", "information_request", "objection_answer"})
EVERY: frozenset[Clock] = frozenset(get_args(Clock))
# What the public is told first when several clocks run.
PROMISED: tuple[Clock, ...] = (
    "confirm",
    "objection",
    "needs_info",
    "objection_answer",
    "information_request",
    "resolve",
    "respond",
    "verify",
)


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

    @property
    def answer_clock(self) -> Clock:
        """How long the reporter may say that it is not settled: to an answer under UU 14/2008, as long as to object."""
        return "objection" if self.is_information_request else "confirm"

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
    ending = _ending(came_from, to)
    if step == ("work_done", "in_progress"):
        before = _taken_up(before)
    after = [_moved(clock, clock.clock in ending, to, terms, now) for clock in before]
    running = {clock.clock for clock in after if clock.stopped_at is None}
    if "objection_answer" in running:  # it takes the place of the clock whose outcome was objected to
        running.add(terms.work_clock)
    after += [terms.start(clock, now) for clock in _beginning(came_from, to, terms) if clock not in running]
    # One that stopped and starts in the same instant goes on: its start is its name.
    return tuple({(clock.clock, clock.started_at): clock for clock in after}.values())


def reclassified(clocks: Iterable[RunningClock], terms: Terms) -> tuple[RunningClock, ...]:
    """After the category was changed: the clocks of the work run from the same start to the new class's due date."""
    return tuple(_newly_due(clock, _due_again(clock, terms)) if _is_at_work(clock) else clock for clock in clocks)


def extended(clocks: Iterable[RunningClock], terms: Terms) -> tuple[RunningClock, ...]:
    """With the one extension that the law allows the answer to an information request.

    That it is the first is for the caller to check: the event is the record of it.
    """
    return tuple(_extended(clock, terms) if _is_at_work(clock) else clock for clock in clocks)


def promised(clocks: Iterable[RunningClock]) -> RunningClock | None:
    """The clock whose due date the reporter is told."""
    running = {clock.clock: clock for clock in clocks if clock.stopped_at is None}
    return next((running[name] for name in PROMISED if name in running), None)


def _beginning(came_from: State, to: State, terms: Terms) -> tuple[Clock, ...]:
    # The appeal, and the dispute, are objections under UU 14/2008.
    if terms.is_information_request and (came_from, to) in (("rejected", "submitted"), ("resolved", "in_progress")):
        return ("objection_answer", "ombudsman")
    started: dict[State, tuple[Clock, ...]] = {
        "submitted": ("verify", "ombudsman"),
        "needs_info": ("needs_info",),
        "verified": (terms.work_clock,),
        "dispatched": ("respond", terms.work_clock),
        "in_progress": (terms.work_clock,),
        "resolved": (terms.answer_clock,),
    }
    return started.get(to, ())


def _ending(came_from: State, to: State) -> frozenset[Clock]:
    if to == "duplicate":  # the others stand still, and go on if the merge is taken back
        return frozenset({"verify"})
    if to in CLOSED - {"resolved"}:
        return EVERY
    ended: dict[State, frozenset[Clock]] = {
        "submitted": frozenset({"verify"}),
        "dispatched": frozenset({"respond"}),
        "needs_info": frozenset({"needs_info"}),
        "resolved": frozenset({"confirm", "objection"}),
    }
    found = ended.get(came_from, frozenset())
    return found | WORK if to == "work_done" else found


def _moved(clock: RunningClock, ends: bool, to: State, terms: Terms, now: datetime) -> RunningClock:
    if clock.stopped_at is not None:
        return clock
    if ends:
        return msgspec.structs.replace(clock, stopped_at=now)
    if to == "duplicate" or (clock.clock in PAUSABLE and to in PAUSED):
        return _paused(clock, now)
    return _resumed(clock, terms, now)


def _taken_up(clocks: Iterable[RunningClock]) -> tuple[RunningClock, ...]:
    """The work was not done: its clock goes on from where it stopped, and the days of the inspection are a pause."""
    known = tuple(clocks)
    last = max((clock for clock in known if clock.clock in WORK), key=lambda clock: clock.started_at, default=None)
    return tuple(_goes_on(clock) if clock is last else clock for clock in known)


def _goes_on(clock: RunningClock) -> RunningClock:
    if clock.stopped_at is None:
        return clock
    pauses = clock.pauses if clock.is_paused else (*clock.pauses, Pause(clock.stopped_at, due_at=clock.due_at))
    return msgspec.structs.replace(clock, stopped_at=None, due_at=None, pauses=pauses)


def _paused(clock: RunningClock, now: datetime) -> RunningClock:
    pauses = clock.pauses if clock.is_paused else (*clock.pauses, Pause(now, due_at=clock.due_at))
    return msgspec.structs.replace(clock, due_at=None, pauses=pauses)


def _resumed(clock: RunningClock, terms: Terms, now: datetime) -> RunningClock:
    """Due again, later by the working days of the pause: from what was promised before it, whatever changed since."""
    if not clock.is_paused:
        return clock
    pause = msgspec.structs.replace(clock.pauses[-1], until=now)
    resumed = msgspec.structs.replace(clock, pauses=(*clock.pauses[:-1], pause))
    if pause.due_at is None:  # a pause from before it was kept
        return _newly_due(resumed, _due_again(resumed, terms))
    days = working_days_between(city_day(pause.since, terms.calendar), city_day(now, terms.calendar), terms.calendar)
    return _newly_due(resumed, postponed(pause.due_at, days, terms.calendar))


def _is_at_work(clock: RunningClock) -> bool:
    return clock.clock in WORK and clock.stopped_at is None


def _extended(clock: RunningClock, terms: Terms) -> RunningClock:
    days = terms.promise(clock.clock, clock.started_at).extension_days
    due = clock.pauses[-1].due_at if clock.is_paused else clock.due_at
    return _newly_due(clock, postponed(due, days, terms.calendar)) if due else clock


def _due_again(clock: RunningClock, terms: Terms) -> datetime | None:
    """By the promise and the pauses that are over."""
    over = [pause for pause in clock.pauses if pause.until]
    return due_after_pauses(clock.started_at, terms.promise(clock.clock, clock.started_at), over, terms.calendar)


def _newly_due(clock: RunningClock, due: datetime | None) -> RunningClock:
    """At once, or when it runs again."""
    if not clock.is_paused:
        return msgspec.structs.replace(clock, due_at=due)
    return msgspec.structs.replace(
        clock, pauses=(*clock.pauses[:-1], msgspec.structs.replace(clock.pauses[-1], due_at=due))
    )
