"""Statistics as they are asked for: by agency, village, category, month or city."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal

import asyncpg
import msgspec

from api.catalogue import Language, text
from api.cities.book import City
from api.piccolo_conf import DB
from api.public.statistics.counting import seconds_of
from geo import areas

By = Literal["agency", "village", "category", "month", "city"]
# A group with fewer reports says nothing: who knows the place would know the people.
FEWEST = 5


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Times in hours; shares from 0 to 1. None where there were fewer than five, or none.

    `is_small`: fewer than five reports, and all of its numbers are withheld.
    """

    key: str
    name: str
    is_small: bool = False
    reports: int | None = None
    open: int | None = None
    closed: int | None = None
    median_response_hours: float | None = None
    slow_response_hours: float | None = None
    median_resolution_hours: float | None = None
    slow_resolution_hours: float | None = None
    promises_kept: float | None = None
    unconfirmed: float | None = None
    disputed: float | None = None
    evidence_flagged: float | None = None


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """`slow_…` are the times that nine of ten reports did not exceed. `counted_at`: when changes were last read."""

    city: str | None
    by: str
    first_month: date
    last_month: date
    counted_at: datetime | None
    method: str
    groups: tuple[Group, ...]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Months by their first days; both belong to the range."""

    cities: tuple[City, ...]
    city: City | None
    by: By
    first: date
    last: date
    language: Language


SUMS = """
SELECT {group} AS key, sum(reports) AS reports, sum(open) AS open, sum(closed) AS closed, sum(resolved) AS resolved,
    sum(unconfirmed) AS unconfirmed, sum(disputed) AS disputed, sum(promised) AS promised, sum(kept) AS kept,
    sum(evidenced) AS evidenced, sum(flagged) AS flagged
FROM statistic WHERE city = ANY ($1::int[]) AND dimension = $2 AND month BETWEEN $3 AND $4
GROUP BY 1
"""
TIMES = """
SELECT {group} AS key, step, bucket, sum(reports)::int AS reports
FROM statistic_time WHERE city = ANY ($1::int[]) AND dimension = $2 AND month BETWEEN $3 AND $4
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
COUNTED_AT = "SELECT at FROM statistic_reading WHERE at > '-infinity'"
# What a group is called in the tables, and which sums it is made of.
GROUPS: dict[By, tuple[str, str]] = {
    "agency": ("agency", "key"),
    "village": ("village", "key"),
    "category": ("category", "key"),
    "month": ("city", "to_char(month, 'YYYY-MM')"),
    "city": ("city", "city::text"),
}


async def read_statistics(asked: Asked) -> Statistics:
    dimension, group = GROUPS[asked.by]
    ids = [city.id for city in asked.cities]
    values = (ids, dimension, asked.first, asked.last)
    sums = await DB.fetch(SUMS.replace("{group}", group), *values)
    times = _quantiles(await DB.fetch(TIMES.replace("{group}", group), *values))
    names = await _names(asked, [row["key"] for row in sums])
    groups = [_group(row, names, times) for row in sums if row["key"] in names]
    counted = await DB.fetch(COUNTED_AT)
    return Statistics(
        city=asked.city.code if asked.city else None,
        by=asked.by,
        first_month=asked.first,
        last_month=asked.last,
        counted_at=counted[0]["at"] if counted else None,
        method=text("statistics_method", asked.language, fewest=FEWEST),
        groups=tuple(sorted(groups, key=lambda g: g.key if asked.by == "month" else (-(g.reports or 0), g.name))),
    )


async def _names(asked: Asked, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
    """By the key in the tables: the key that everybody knows, and the name."""
    if asked.by == "month":
        return {key: (key, key) for key in keys}
    if asked.by == "village":
        found = await areas.names(keys)
        return {key: (key, found[key].name if key in found else key) for key in keys}
    if asked.by == "city":
        return {str(city.id): (city.code, city.name) for city in asked.cities}
    if asked.by == "agency":
        return {str(a.id): (a.key, a.name) for city in asked.cities for a in city.agencies.values()}
    english = asked.language == "en"
    every = (c for city in asked.cities for c in city.every_category.values())
    return {str(c.id): (c.key, c.name_en if english else c.name_id) for c in every}


Quantiles = dict[tuple[str, str], tuple[float | None, float | None]]


def _quantiles(rows: Iterable[asyncpg.Record]) -> Quantiles:
    """By group and step: the median and the ninth decile in hours."""
    histograms: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in rows:
        histograms.setdefault((row["key"], row["step"]), []).append((row["bucket"], row["reports"]))
    return {where: (quantile(steps, 0.5), quantile(steps, 0.9)) for where, steps in histograms.items()}


def quantile(steps: Sequence[tuple[int, int]], share: float) -> float | None:
    """Hours that `share` of the reports did not exceed; `steps` are (bucket, reports) in order."""
    total = sum(reports for _, reports in steps)
    if total < FEWEST:
        return None
    seen = 0
    for bucket, reports in steps:
        seen += reports
        if seen >= share * total:
            return round(seconds_of(bucket) / 3600, 1)
    return None


def _group(row: asyncpg.Record, names: dict[str, tuple[str, str]], times: Quantiles) -> Group:
    key, name = names[row["key"]]
    if row["reports"] < FEWEST:
        return Group(key=key, name=name, is_small=True)
    response = times.get((row["key"], "respond"), (None, None))
    resolution = times.get((row["key"], "resolve"), (None, None))
    return Group(
        key=key,
        name=name,
        reports=row["reports"],
        open=row["open"],
        closed=row["closed"],
        median_response_hours=response[0],
        slow_response_hours=response[1],
        median_resolution_hours=resolution[0],
        slow_resolution_hours=resolution[1],
        promises_kept=_share(row["kept"], row["promised"]),
        unconfirmed=_share(row["unconfirmed"], row["closed"]),
        disputed=_share(row["disputed"], row["resolved"]),
        evidence_flagged=_share(row["flagged"], row["evidenced"]),
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole >= FEWEST else None
