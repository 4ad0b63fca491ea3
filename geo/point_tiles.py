"""Vector tiles (MVT) of the public map's points, from the count pyramid and, where few are, from the points.

Layer `clusters` (count, open, closed): points by squares, an eighth of a tile's side below zoom 16. Where a tile
has few points, and from zoom 16 on, the squares are as small as a mark; a point alone in its square is in layer
`reports` (label, category, is_open) instead, and a square of few points has their `labels`, newest first.
The counts and the single points of a zoom's tiles add up to the filter's total.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import msgspec

from geo.engine import engine
from geo.mercator import BITS, is_tile, key_range
from geo.pyramid import ALL, LEVELS, WINDOWS, beginning, series_of_city

SINGLES_FROM_ZOOM = 16
FEW = 60  # points of a tile that are shown one by one at any zoom: some 2 kB
CLUSTER_BITS, MARK_BITS = 3, 6  # a tile has 8 x 8 squares of clusters, or 64 x 64 of single marks
LABELS_FROM_ZOOM = 18
FIRST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Tile(msgspec.Struct, frozen=True):
    z: int
    x: int
    y: int

    @property
    def keys(self) -> tuple[int, int]:
        return key_range(self.z, self.x, self.y)

    @property
    def corner(self) -> tuple[int, int, int]:
        """Left, top and side."""
        side = 1 << (BITS - self.z)
        return self.x * side, self.y * side, side


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """None matches all, an empty list of categories no point. A category belongs to one city.

    `days`: born since the beginning of the day so many days before `today`.
    """

    city: int | None = None
    categories: Sequence[int] | None = None
    state: Literal["open", "closed", "all"] = "all"
    days: int | None = None

    @property
    def series(self) -> list[int]:
        if self.categories is not None:
            return list(self.categories)
        return [ALL if self.city is None else series_of_city(self.city)]

    @property
    def is_open(self) -> bool | None:
        return None if self.state == "all" else self.state == "open"

    @property
    def is_counted(self) -> bool:
        """Whether the pyramid knows the answer; other numbers of days are counted from the points."""
        return self.days is None or self.days in WINDOWS


class Known(msgspec.Struct, frozen=True):
    """What the pyramid says of a tile: `version` grows with every change in it, `count` is of all time and states."""

    version: int
    count: int


VERSION = """
-- at most 256 cells
SELECT coalesce(max(version), 0) AS version, coalesce(sum(open + closed), 0) AS count
FROM map_cell WHERE series = ANY($1::int[]) AND level = $2 AND qk >= $3 AND qk < $4
"""


async def known(tile: Tile, asked: Filter) -> Known:
    """Below the finest level, of the cell that the tile lies in."""
    if not is_tile(tile.z, tile.x, tile.y):
        return Known(0, 0)
    level, low, high = _cells_of(tile)
    return Known(*(await engine().fetch(VERSION, asked.series, level, low, high))[0])


def _cells_of(tile: Tile) -> tuple[int, int, int]:
    """The level whose cells fill the tile, and their keys from and to."""
    level = next((level for level in LEVELS if level >= tile.z + CLUSTER_BITS), LEVELS[-1])
    low, high = tile.keys
    shift = 2 * (BITS - level)
    return level, low >> shift, (high - 1 >> shift) + 1


CELLS = """
-- the cells of the tile, of each series that is asked for, with the counts of the days and the state asked for
WITH cell AS (
    SELECT qk >> $5::int AS square, x, y, open + closed AS points,
        CASE WHEN $7::text = 'closed' THEN 0
             ELSE (ARRAY[open, open_365, open_90, open_30, open_7])[$6::int] END AS open,
        CASE WHEN $7::text = 'open' THEN 0
             ELSE (ARRAY[closed, closed_365, closed_90, closed_30, closed_7])[$6::int] END AS closed
    FROM map_cell WHERE series = ANY($1::int[]) AND level = $2 AND qk >= $3 AND qk < $4
),
-- by squares; a circle stands in the middle of all that lies in its square, whatever its age
square AS (
    SELECT sum(open + closed)::int AS count, sum(open)::int AS open, sum(closed)::int AS closed,
        ST_MakePoint(least(4095, floor((sum(x) / sum(points) - $8::bigint) * 4096 / $10::bigint)),
                     least(4095, floor((sum(y) / sum(points) - $9::bigint) * 4096 / $10::bigint))) AS shape
    FROM cell WHERE points > 0 GROUP BY square HAVING sum(open + closed) > 0
)
SELECT ST_AsMVT(square, 'clusters', 4096, 'shape') FROM square
"""


async def _from_cells(tile: Tile, asked: Filter) -> bytes:
    level, low, high = _cells_of(tile)
    shift = max(0, 2 * (level - tile.z - CLUSTER_BITS))
    window = 1 + (None, 365, 90, 30, 7).index(asked.days)
    rows = await engine().fetch(CELLS, asked.series, level, low, high, shift, window, asked.state, *tile.corner)
    return bytes(rows[0][0])


POINTS = """
-- the points of the tile by their key, or by the day of birth where a few days of a whole country are asked for
WITH point AS (
    SELECT * FROM map_point WHERE NOT $10::boolean AND qk >= $1 AND qk < $2 AND created_at >= $3::timestamptz
    UNION ALL
    SELECT * FROM map_point WHERE $10::boolean AND created_at >= $3::timestamptz AND qk + 0 >= $1 AND qk + 0 < $2
),
-- by squares; the middle of one whose points differ by less than a unit must not be carried beyond the edge
square AS (
    SELECT count(*) AS count, count(*) FILTER (WHERE is_open) AS open, count(*) FILTER (WHERE NOT is_open) AS closed,
        min(label) AS label, min(category) AS category,
        CASE WHEN $11::boolean THEN array_agg(label ORDER BY id DESC) END AS labels,
        ST_MakePoint(least(4095, floor((avg(x) - $7::bigint) * 4096 / $9::bigint)),
                     least(4095, floor((avg(y) - $8::bigint) * 4096 / $9::bigint))) AS shape
    FROM point
    WHERE ($4::int IS NULL OR city = $4) AND ($5::int[] IS NULL OR category = ANY($5))
      AND ($6::boolean IS NULL OR is_open = $6)
    GROUP BY qk >> $12::int
)
SELECT (
    SELECT ST_AsMVT(cluster, 'clusters', 4096, 'shape') FROM (
        SELECT count, open, closed, array_to_string(labels[:50], ' ') AS labels, shape
        FROM square WHERE count > 1 OR NOT $13::boolean
    ) AS cluster
) || (
    SELECT ST_AsMVT(report, 'reports', 4096, 'shape') FROM (
        SELECT label, category, open = 1 AS is_open, shape FROM square WHERE count = 1 AND $13::boolean
    ) AS report
)
"""


async def _from_points(tile: Tile, asked: Filter, today: dt.date, *, as_marks: bool) -> bytes:
    since = FIRST if asked.days is None else beginning(today - dt.timedelta(days=asked.days))
    shift = 2 * (BITS - tile.z - (MARK_BITS if as_marks else CLUSTER_BITS))
    by_day = not asked.is_counted and tile.z < SINGLES_FROM_ZOOM
    has_labels = as_marks and (tile.z < SINGLES_FROM_ZOOM or tile.z >= LABELS_FROM_ZOOM)
    filters = (asked.city, asked.categories, asked.is_open)
    rows = await engine().fetch(POINTS, *tile.keys, since, *filters, *tile.corner, by_day, has_labels, shift, as_marks)
    return bytes(rows[0][0])


async def points_tile(tile: Tile, asked: Filter, about: Known, today: dt.date) -> bytes:
    """The public points of exactly this tile, without those of its neighbours; empty outside the world.

    `about` comes from `known`, asked before: so a version may stand for newer contents, never for older ones.
    """
    if not is_tile(tile.z, tile.x, tile.y):
        return b""
    as_marks = tile.z >= SINGLES_FROM_ZOOM or about.count <= FEW
    if as_marks or not asked.is_counted:
        return await _from_points(tile, asked, today, as_marks=as_marks)
    return await _from_cells(tile, asked)
