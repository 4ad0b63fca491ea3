"""When a promise falls due. Pure: the same arguments give the same moment, today and in a replay next year.

The calendar is `api.cities.calendar`, the promised numbers are `api.cities.promises`.
A clock that starts on any day counts from the next one; the promise is kept until the office
closes on its last working day, city time.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from api.cities.calendar import Calendar, working_day_after, working_days_between
from api.cities.promises import Promise


class Pause(msgspec.Struct, frozen=True):
    """A stretch in which a clock stands still; still so when `until` is None. `due_at`: what was promised before it."""

    since: datetime
    until: datetime | None = None
    due_at: datetime | None = None


class NoSuchDeadline(ValueError):
    def __init__(self, days: int) -> None:
        super().__init__(f"a promise lasts at least one day, not {days}")
        self.days = days


def add_working_days(start: datetime, days: int, calendar: Calendar) -> datetime:
    """In UTC: the office's closing time on the `days`-th working day after `start`'s day in the city."""
    if days < 1:
        raise NoSuchDeadline(days)
    return _closing(working_day_after(city_day(start, calendar), days, calendar), calendar)


def due_at(start: datetime, promised: Promise, calendar: Calendar) -> datetime:
    """Calendar days end when the office closes too, working day or not."""
    if promised.unit == "working_days":
        return add_working_days(start, promised.days, calendar)
    return _closing(city_day(start, calendar) + timedelta(days=promised.days), calendar)


def due_after_pauses(
    start: datetime, promised: Promise, pauses: Iterable[Pause], calendar: Calendar
) -> datetime | None:
    """None while paused. A pause gives back each working day that began within it; pauses do not overlap."""
    given_back = 0
    for pause in pauses:
        if pause.until is None:
            return None
        given_back += working_days_between(city_day(pause.since, calendar), city_day(pause.until, calendar), calendar)
    return due_at(start, msgspec.structs.replace(promised, days=promised.days + given_back), calendar)


def postponed(due: datetime, days: int, calendar: Calendar) -> datetime:
    """By so many working days; 0 leaves it as it is."""
    return _closing(working_day_after(city_day(due, calendar), days, calendar), calendar) if days else due


def city_day(moment: datetime, calendar: Calendar) -> date:
    return moment.astimezone(ZoneInfo(calendar.timezone)).date()


def _closing(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, calendar.office_closes, ZoneInfo(calendar.timezone)).astimezone(UTC)
