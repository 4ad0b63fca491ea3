"""When who hears that a clock runs out. Pure: the clock, the percents of its policy and the calendar give the moments.

Percents are of the working time that was promised, so they move with a pause as the due date does.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

import msgspec

from api.cities.book import City
from api.cities.calendar import Calendar, working_day_after, working_days_between
from api.cities.promises import Clock, policy_at
from api.reports.clocks import city_day
from api.reports.clockwork import RunningClock
from api.reports.permits import agency_and_above

Level = Literal[1, 2, 3]
Escalated = Literal["coordinator", "area_head", "operator", "auditor"]
COORDINATOR: Level = 1
LEADS: Level = 2
INSPECTORATE: Level = 3
LEVELS = (COORDINATOR, LEADS, INSPECTORATE)
# These wait for the resident: they lapse (lapse.py), and nobody is hurried.
RESIDENTS_CLOCKS: frozenset[Clock] = frozenset({"confirm", "objection", "needs_info"})
KINDS: dict[Level, str] = {1: "escalation.near", 2: "escalation.overdue", 3: "escalation.doubled"}
WARNING = "escalation.ombudsman"
SEVERAL = "escalation.several"


class Addressee(msgspec.Struct, frozen=True):
    """Grants of this role: on one of the agencies, on one of the areas, or on the whole city when neither is given."""

    level: Level
    role: Escalated
    agencies: tuple[int, ...] = ()
    areas: tuple[str, ...] = ()


class Running(Protocol):
    @property
    def clock(self) -> str: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def stopped_at(self) -> datetime | None: ...


def is_ours(clock: str) -> bool:
    """A promise of the city, which the public sees broken; a warning to the ombudsman is none."""
    return clock not in RESIDENTS_CLOCKS and clock != "ombudsman"


def overdue_since(clocks: Iterable[Running], now: datetime) -> datetime | None:
    """Since when the oldest broken promise is broken."""
    running = [clock.due_at for clock in clocks if is_ours(clock.clock) and clock.stopped_at is None]
    return min((due for due in running if due and due <= now), default=None)


def moments(clock: RunningClock, city: City) -> Iterator[tuple[Level, datetime]]:
    """Of a clock that has a due date: each level and when it is reached, in order."""
    if clock.due_at is None or clock.clock in RESIDENTS_CLOCKS:
        return
    if clock.clock == "ombudsman":
        yield from ((LEADS, clock.due_at), (INSPECTORATE, clock.due_at))
        return
    percents = policy_at(city.policies, clock.started_at).escalate_at
    for level, percent in zip(LEVELS, percents, strict=True):
        yield level, clock.due_at if percent == 100 else _moment(clock, clock.due_at, percent, city.calendar)


def next_look(clock: RunningClock, city: City, now: datetime) -> datetime | None:
    """The first moment later than `now`; None when nobody needs to hear any more."""
    if clock.clock in RESIDENTS_CLOCKS:
        return clock.due_at
    return next((moment for _, moment in moments(clock, city) if moment > now), None)


def _moment(clock: RunningClock, due_at: datetime, percent: int, calendar: Calendar) -> datetime:
    """Counted from the due date, in hundredths of a working day after the day of the start."""
    start = city_day(clock.started_at, calendar)
    until_due = working_days_between(start, city_day(due_at, calendar), calendar)
    hundredths = 100 * until_due + (percent - 100) * (until_due - _days_given_back(clock, calendar))
    day = max(-(-hundredths // 100), 1)
    return _at(working_day_after(start, day, calendar), hundredths - 100 * (day - 1), calendar)


def _days_given_back(clock: RunningClock, calendar: Calendar) -> int:
    return sum(
        working_days_between(city_day(pause.since, calendar), city_day(pause.until, calendar), calendar)
        for pause in clock.pauses
        if pause.until is not None
    )


def _at(day: date, hundredths: int, calendar: Calendar) -> datetime:
    """When so much of the office hours of `day` has passed."""
    zone = ZoneInfo(calendar.timezone)
    opens, closes = (datetime.combine(day, hour, zone) for hour in (calendar.office_opens, calendar.office_closes))
    return (opens + (closes - opens) * hundredths / 100).astimezone(UTC)


def addressees(city: City, agency: int | None, village_code: str, visibility: str) -> tuple[Addressee, ...]:
    """Who hears: while no agency has the report, the operators answer for it from the beginning."""
    agencies = tuple(agency_and_above(city, agency))
    areas = tuple(village_code[:length] for length in (2, 5, 8, 13))
    first = Addressee(COORDINATOR, "coordinator", agencies) if agencies else Addressee(COORDINATOR, "operator")
    everybody = [first, Addressee(LEADS, "operator"), Addressee(INSPECTORATE, "auditor")]
    if visibility != "secret":
        everybody.append(Addressee(LEADS, "area_head", areas=areas))
    return tuple(everybody)
