"""Which days a city works: weekend, national holidays, cuti bersama, and what was decided on top of them."""

from bisect import bisect_right
from datetime import date, time
from functools import lru_cache

import holidays
import msgspec


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """`days_off` are ISO weekdays (Monday is 1). `closed` and `open` are decided days; a day is in one at most.

    Office hours by default: Perpres 21/2023, which lets a city choose others.
    """

    timezone: str = "Asia/Jakarta"
    days_off: frozenset[int] = frozenset({6, 7})
    office_opens: time = time(7, 30)
    office_closes: time = time(16)
    closed: frozenset[date] = frozenset()
    open: frozenset[date] = frozenset()


@lru_cache(maxsize=64)
def national_days_off(year: int) -> dict[date, str]:
    """National holidays and cuti bersama with their Indonesian names.

    Cuti bersama is known only for years whose joint decree (SKB 3 Menteri) the installed `holidays`
    has seen, and dates by the moon are estimates before it: table `holiday` corrects both.
    """
    return dict(holidays.country_holidays("ID", years=year, categories=("public", "government"), language="id"))


def is_working_day(day: date, calendar: Calendar) -> bool:
    if day in calendar.open:
        return True
    return not (day in calendar.closed or day.isoweekday() in calendar.days_off or day in national_days_off(day.year))


@lru_cache(maxsize=1024)
def working_days(calendar: Calendar, year: int) -> tuple[int, ...]:
    """The ordinals of the working days of `year`, ascending."""
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    return tuple(day for day in range(first, last + 1) if is_working_day(date.fromordinal(day), calendar))


def working_day_after(day: date, count: int, calendar: Calendar) -> date:
    """The `count`-th working day later than `day`. `count` is 1 or more."""
    year = day.year
    days = working_days(calendar, year)
    at = bisect_right(days, day.toordinal()) + count - 1
    while at >= len(days):
        at -= len(days)
        year += 1
        days = working_days(calendar, year)
    return date.fromordinal(days[at])


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """How many working days are later than `start` and not later than `end`."""
    if end <= start:
        return 0
    days = sum(len(working_days(calendar, year)) for year in range(start.year, end.year))
    until_end = bisect_right(working_days(calendar, end.year), end.toordinal())
    return days + until_end - bisect_right(working_days(calendar, start.year), start.toordinal())
