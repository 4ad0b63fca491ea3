"""The count pyramid: folding what changed on the map into it, proving it, making it anew.

Its tables and the two views that these statements count with stand in the migration `map_cells`. One connection
at a time changes `map_cell`: whoever holds the lock.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from geo.engine import engine
from geo.mercator import lat_lon

WINDOWS = (7, 30, 90, 365)  # days that are counted beforehand
LEVELS = (8, 10, 12, 14, 16, 18)
ALL = 0
_ZONE = ZoneInfo("Asia/Jakarta")


def day_of(at: dt.datetime) -> dt.date:
    """Days of the map begin at midnight in Jakarta."""
    return at.astimezone(_ZONE).date()


def beginning(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), _ZONE)


def series_of_city(city: int) -> int:
    return -city


TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('map_cell')) AS is_ours"
LOCK = "SELECT pg_advisory_xact_lock(hashtext('map_cell'))"

IS_DUE = """
SELECT EXISTS (SELECT FROM map_delta) OR NOT EXISTS (SELECT FROM map_calendar WHERE today >= $1) AS is_due
"""

TURN = """
-- the day that the next statement brings the counts to; it never goes back
INSERT INTO map_calendar AS c (id, today, turning) VALUES (1, $1, $1)
ON CONFLICT (id) DO UPDATE SET turning = greatest(c.today, excluded.turning)
"""

FOLD = """
-- one statement, one snapshot: what is counted is what is deleted
WITH folded AS (DELETE FROM map_delta RETURNING n),
fold AS MATERIALIZED (SELECT nextval('map_version') AS version),
counted AS (
    INSERT INTO map_cell AS c (series, level, qk, version, x, y, open, closed, open_365, closed_365,
        open_90, closed_90, open_30, closed_30, open_7, closed_7)
    SELECT series, level, qk, version, x, y, open, closed, open_365, closed_365,
        open_90, closed_90, open_30, closed_30, open_7, closed_7
    FROM map_count, fold WHERE source = 'pending'
    ON CONFLICT (series, level, qk) DO UPDATE SET
        version = excluded.version, x = c.x + excluded.x, y = c.y + excluded.y,
        open = c.open + excluded.open, closed = c.closed + excluded.closed,
        open_365 = c.open_365 + excluded.open_365, closed_365 = c.closed_365 + excluded.closed_365,
        open_90 = c.open_90 + excluded.open_90, closed_90 = c.closed_90 + excluded.closed_90,
        open_30 = c.open_30 + excluded.open_30, closed_30 = c.closed_30 + excluded.closed_30,
        open_7 = c.open_7 + excluded.open_7, closed_7 = c.closed_7 + excluded.closed_7
)
SELECT count(*) FROM folded
"""

TURNED = "UPDATE map_calendar SET today = turning WHERE today <> turning"


async def fold(now: dt.datetime) -> int:
    """Brings the counts up to what is committed, and to the day; the number of changes. 0 when another one folds."""
    today = day_of(now)
    if not (await engine().fetch(IS_DUE, today))[0]["is_due"]:
        return 0
    async with engine().transaction():
        if not (await engine().fetch(TRY_LOCK))[0]["is_ours"]:
            return 0
        await engine().fetch(TURN, today)
        changes: int = (await engine().fetch(FOLD))[0]["count"]
        await engine().fetch(TURNED)
        return changes


EXTENT = """
-- of the middles of squares some ten kilometres wide
SELECT min(x / points) AS west, min(y / points) AS north, max(x / points) AS east, max(y / points) AS south
FROM (SELECT x, y, open + closed AS points FROM map_cell WHERE series = 0 AND level = 12) AS cell WHERE points > 0
"""


async def extent() -> tuple[float, float, float, float] | None:
    """Where points are: (south, west, north, east), nearly; None while there are none."""
    row = (await engine().fetch(EXTENT))[0]
    if row["west"] is None:
        return None
    (south, east), (north, west) = lat_lon(row["east"], row["south"]), lat_lon(row["west"], row["north"])
    return south, west, north, east


CHECK = """
-- the cells and what they do not know yet, against the points themselves: one snapshot
WITH known AS (
    SELECT series, level, qk, sum(x) AS x, sum(y) AS y, sum(open) AS open, sum(closed) AS closed,
        sum(open_365) AS open_365, sum(closed_365) AS closed_365, sum(open_90) AS open_90, sum(closed_90) AS closed_90,
        sum(open_30) AS open_30, sum(closed_30) AS closed_30, sum(open_7) AS open_7, sum(closed_7) AS closed_7
    FROM (
        SELECT 'cells' AS source, series, level, qk, x, y, open, closed, open_365, closed_365,
            open_90, closed_90, open_30, closed_30, open_7, closed_7 FROM map_cell
        UNION ALL SELECT * FROM map_count WHERE source = 'pending'
    ) AS counts
    GROUP BY series, level, qk
),
truth AS (SELECT * FROM map_count WHERE source = 'points')
SELECT count(*) FILTER (WHERE t.qk IS NOT NULL OR k.open <> 0 OR k.closed <> 0 OR k.x <> 0) AS cells,
    count(*) FILTER (WHERE
        (coalesce(k.x, 0), coalesce(k.y, 0), coalesce(k.open, 0), coalesce(k.closed, 0),
         coalesce(k.open_365, 0), coalesce(k.closed_365, 0), coalesce(k.open_90, 0), coalesce(k.closed_90, 0),
         coalesce(k.open_30, 0), coalesce(k.closed_30, 0), coalesce(k.open_7, 0), coalesce(k.closed_7, 0))
        IS DISTINCT FROM
        (coalesce(t.x, 0), coalesce(t.y, 0), coalesce(t.open, 0), coalesce(t.closed, 0),
         coalesce(t.open_365, 0), coalesce(t.closed_365, 0), coalesce(t.open_90, 0), coalesce(t.closed_90, 0),
         coalesce(t.open_30, 0), coalesce(t.closed_30, 0), coalesce(t.open_7, 0), coalesce(t.closed_7, 0))) AS wrong
FROM known AS k FULL JOIN truth AS t ON (t.series, t.level, t.qk) = (k.series, k.level, k.qk)
"""


async def check() -> tuple[int, int]:
    """How many cells there are, and how many of them are wrong. Counts every point; changes nothing."""
    row = (await engine().fetch(CHECK))[0]
    return row["cells"], row["wrong"]


REBUILD = """
-- counted anew from the points, in one snapshot with what is pending: that is in the points already
WITH folded AS (DELETE FROM map_delta),
fold AS MATERIALIZED (SELECT nextval('map_version') AS version),
truth AS MATERIALIZED (SELECT * FROM map_count WHERE source = 'points'),
-- a cell without points stays, at zero: its version tells those who have the tile that it has changed
emptied AS (
    UPDATE map_cell AS c SET version = fold.version, x = 0, y = 0, open = 0, closed = 0, open_365 = 0, closed_365 = 0,
        open_90 = 0, closed_90 = 0, open_30 = 0, closed_30 = 0, open_7 = 0, closed_7 = 0
    FROM fold
    WHERE NOT EXISTS (SELECT FROM truth AS t WHERE (t.series, t.level, t.qk) = (c.series, c.level, c.qk))
      AND (c.open, c.closed, c.x, c.y) <> (0, 0, 0, 0)
    RETURNING 1
),
righted AS (
    INSERT INTO map_cell AS c (series, level, qk, version, x, y, open, closed, open_365, closed_365,
        open_90, closed_90, open_30, closed_30, open_7, closed_7)
    SELECT series, level, qk, version, x, y, open, closed, open_365, closed_365,
        open_90, closed_90, open_30, closed_30, open_7, closed_7
    FROM truth, fold
    ON CONFLICT (series, level, qk) DO UPDATE SET
        version = excluded.version, x = excluded.x, y = excluded.y, open = excluded.open, closed = excluded.closed,
        open_365 = excluded.open_365, closed_365 = excluded.closed_365,
        open_90 = excluded.open_90, closed_90 = excluded.closed_90,
        open_30 = excluded.open_30, closed_30 = excluded.closed_30,
        open_7 = excluded.open_7, closed_7 = excluded.closed_7
    WHERE (c.x, c.y, c.open, c.closed, c.open_365, c.closed_365, c.open_90, c.closed_90, c.open_30, c.closed_30,
           c.open_7, c.closed_7)
        <> (excluded.x, excluded.y, excluded.open, excluded.closed, excluded.open_365, excluded.closed_365,
            excluded.open_90, excluded.closed_90, excluded.open_30, excluded.closed_30,
            excluded.open_7, excluded.closed_7)
    RETURNING 1
)
SELECT (SELECT count(*) FROM emptied) + (SELECT count(*) FROM righted) AS changed
"""


async def rebuild(now: dt.datetime) -> int:
    """Counts every point again and rights the cells that differ; their number. Readers and writers go on meanwhile."""
    async with engine().transaction():
        await engine().fetch(LOCK)
        await engine().fetch(TURN, day_of(now))
        await engine().fetch(TURNED)
        changed: int = (await engine().fetch(REBUILD))[0]["changed"]
        return changed
