"""How many points the public map has: exact at any moment, from the pyramid and what is not folded into it yet."""

from collections.abc import Sequence

from geo.engine import engine
from geo.pyramid import ALL, LEVELS, series_of_city

TOTAL = """
-- one statement, one snapshot: a change is either in the cells or still pending
SELECT (SELECT coalesce(sum(CASE WHEN $3 THEN 0 ELSE c.closed END + CASE WHEN $4 THEN 0 ELSE c.open END), 0)
        FROM map_cell AS c WHERE c.level = $1 AND c.series = ANY ($2::int[]))
     + (SELECT coalesce(sum(d.n), 0) FROM map_delta AS d
        WHERE (0 = ANY ($2::int[]) OR -d.city = ANY ($2::int[]) OR d.category = ANY ($2::int[]))
            AND NOT ($3 AND NOT d.is_open) AND NOT ($4 AND d.is_open)) AS total
"""


async def total(*, city: int | None, categories: Sequence[int] | None, is_open: bool | None) -> int:
    """All points, those of a city, or those of categories (which are of one city each)."""
    series = list(categories) if categories is not None else [ALL if city is None else series_of_city(city)]
    rows = await engine().fetch(TOTAL, LEVELS[0], series, is_open is True, is_open is False)
    return int(rows[0]["total"])
