"""The days that are not ordinary ones: from the national calendar, and what was decided over it; with their sources."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from api.cities.book import City
from api.cities.calendar import is_working_day, national_days_off
from api.cities.entries import LOCK
from api.cities.errors import EntryUnknown
from api.cities.ledger import Author, record
from api.piccolo_conf import DB

LIBRARY = "python-holidays: SKB 3 Menteri"


class DayOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A decision about one day. `source`: the decree."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    is_working_day: bool = False
    source: Annotated[str, Meta(max_length=200)] = ""


class DayShown(msgspec.Struct, frozen=True):
    date: date
    name: str
    is_working_day: bool
    decided_by: Literal["national", "installation", "city"]
    source: str


class CalendarShown(msgspec.Struct, frozen=True):
    """`days_off`: ISO weekdays. `is_decreed`: false while the joint decree of that year is not known to us, and the
    dates by the moon are estimates and cuti bersama is missing."""

    city: str
    year: int
    timezone: str
    office_opens: str
    office_closes: str
    days_off: tuple[int, ...]
    working_days: int
    is_decreed: bool
    days: tuple[DayShown, ...]


DECIDED = """
-- the city's own decision goes before that of the installation
SELECT DISTINCT ON (date) date, name, is_working_day, source, city_id IS NOT NULL AS is_citys
FROM holiday WHERE (city_id = $1 OR city_id IS NULL) AND extract(year FROM date) = $2
ORDER BY date, city_id NULLS LAST
"""


async def read_calendar(city: City, year: int) -> CalendarShown:
    decided = await DB.fetch(DECIDED, city.id, year)
    days = {day: DayShown(day, name, False, "national", LIBRARY) for day, name in national_days_off(year).items()}
    for row in decided:
        by: Literal["city", "installation"] = "city" if row["is_citys"] else "installation"
        days[row["date"]] = DayShown(row["date"], row["name"], row["is_working_day"], by, row["source"])
    calendar = msgspec.structs.replace(
        city.calendar,
        closed=city.calendar.closed.difference(days) | {day for day, one in days.items() if not one.is_working_day},
        open=city.calendar.open.difference(days) | {day for day, one in days.items() if one.is_working_day},
    )
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    return CalendarShown(
        city=city.code,
        year=year,
        timezone=calendar.timezone,
        office_opens=calendar.office_opens.isoformat("minutes"),
        office_closes=calendar.office_closes.isoformat("minutes"),
        days_off=tuple(sorted(calendar.days_off)),
        working_days=sum(is_working_day(date.fromordinal(day), calendar) for day in range(first, last + 1)),
        is_decreed=any("Cuti Bersama" in one.name for one in days.values()),
        days=tuple(days[day] for day in sorted(days)),
    )


PUT_DAY = """
INSERT INTO holiday (city_id, date, name, is_working_day, source) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (coalesce(city_id, 0), date) DO UPDATE
    SET name = EXCLUDED.name, is_working_day = EXCLUDED.is_working_day, source = EXCLUDED.source
"""


async def decide_day(city: int, day: date, decision: DayOff, author: Author) -> None:
    async with DB.transaction():
        await DB.fetch(LOCK, city)
        before = await _decision(city, day)
        if before != decision:
            await DB.fetch(PUT_DAY, city, day, decision.name, decision.is_working_day, decision.source)
            await record(city, author, "holiday", day.isoformat(), (before, decision))


async def undecide_day(city: int, day: date, author: Author) -> None:
    """Raises EntryUnknown."""
    async with DB.transaction():
        await DB.fetch(LOCK, city)
        before = await _decision(city, day)
        if before is None:
            raise EntryUnknown
        await DB.fetch("DELETE FROM holiday WHERE city_id = $1 AND date = $2", city, day)
        await record(city, author, "holiday", day.isoformat(), (before, None))


DECISION = "SELECT name, is_working_day, source FROM holiday WHERE city_id = $1 AND date = $2"


async def _decision(city: int, day: date) -> DayOff | None:
    rows = await DB.fetch(
        "SELECT name, is_working_day, source FROM holiday WHERE city_id = $1 AND date = $2", city, day
    )
    return DayOff(*rows[0]) if rows else None
