"""The count pyramid of the public map: exact counts of every square of the even zoom levels 8 to 18.

Whoever changes `map_point` leaves a row in `map_delta` in the same transaction (a trigger does it); the worker
folds these rows into `map_cell`. A point counts in three series: 0 is all, minus its city's number the city,
its category's number the category. Days are those of Jakarta; `map_calendar` says which day the counts of the
last 7, 30, 90 and 365 days are of, and while a fold runs, which day it brings them to.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T15:40:00"
DDL = """
-- city and category find few points in a square: the key alone finds them as fast, and each report is spared an index
DROP INDEX map_point_city_qk;
-- what leaves a window of days lies together, nearly
CREATE INDEX map_point_created_at ON map_point USING brin (created_at) WITH (pages_per_range = 32);
ALTER TABLE map_point SET (fillfactor = 85);

CREATE TABLE map_delta (
    qk bigint NOT NULL,
    x integer NOT NULL,
    y integer NOT NULL,
    city integer NOT NULL,
    category integer NOT NULL,
    is_open boolean NOT NULL,
    day date NOT NULL,
    n smallint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

CREATE TABLE map_calendar (
    id integer PRIMARY KEY CHECK (id = 1),
    today date NOT NULL,
    turning date NOT NULL CHECK (turning >= today)
);

-- open and closed of all time and of the last days; x and y are sums over all of them
CREATE TABLE map_cell (
    series integer NOT NULL,
    level integer NOT NULL,
    qk bigint NOT NULL,
    version bigint NOT NULL,
    x bigint NOT NULL,
    y bigint NOT NULL,
    open integer NOT NULL,
    closed integer NOT NULL,
    open_365 integer NOT NULL,
    closed_365 integer NOT NULL,
    open_90 integer NOT NULL,
    closed_90 integer NOT NULL,
    open_30 integer NOT NULL,
    closed_30 integer NOT NULL,
    open_7 integer NOT NULL,
    closed_7 integer NOT NULL,
    PRIMARY KEY (series, level, qk)
) WITH (fillfactor = 80);
CREATE SEQUENCE map_version;

CREATE FUNCTION map_point_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO map_delta (qk, x, y, city, category, is_open, day, n)
        VALUES (OLD.qk, OLD.x, OLD.y, OLD.city, OLD.category, OLD.is_open,
            (OLD.created_at AT TIME ZONE 'Asia/Jakarta')::date, -1);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO map_delta (qk, x, y, city, category, is_open, day, n)
        VALUES (NEW.qk, NEW.x, NEW.y, NEW.city, NEW.category, NEW.is_open,
            (NEW.created_at AT TIME ZONE 'Asia/Jakarta')::date, 1);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER map_point_born AFTER INSERT OR DELETE ON map_point
FOR EACH ROW EXECUTE FUNCTION map_point_changed();
CREATE TRIGGER map_point_moved AFTER UPDATE ON map_point
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION map_point_changed();

-- what is on the map already, to be counted by the first fold
INSERT INTO map_delta SELECT qk, x, y, city, category, is_open, (created_at AT TIME ZONE 'Asia/Jakarta')::date, 1
FROM map_point;

-- as before, but a change that the map does not show writes nothing
CREATE OR REPLACE FUNCTION map_point_put(
    id bigint, city integer, category integer, is_open boolean, created_at timestamptz,
    lon float8, lat float8, label text
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    x integer := mercator_x($6);
    y integer := mercator_y($7);
BEGIN
    INSERT INTO map_point AS p (id, city, category, is_open, created_at, label, x, y, qk)
    VALUES ($1, $2, $3, $4, $5, $8, x, y, morton_spread(x) | (morton_spread(y) << 1))
    ON CONFLICT ON CONSTRAINT map_point_pkey DO UPDATE SET
        city = excluded.city, category = excluded.category, is_open = excluded.is_open,
        created_at = excluded.created_at, label = excluded.label,
        x = excluded.x, y = excluded.y, qk = excluded.qk
    WHERE p.* IS DISTINCT FROM excluded.*;
END $$;

-- how often each row counts (n) and how often in each window of days; `source` says what is counted:
-- 'points' is the truth, 'pending' is what map_cell does not know yet
CREATE VIEW map_share AS
SELECT 'points' AS source, qk, x, y, city, category, is_open, 1 AS n,
    (day >= today - 365)::integer AS n_365, (day >= today - 90)::integer AS n_90,
    (day >= today - 30)::integer AS n_30, (day >= today - 7)::integer AS n_7
FROM map_calendar, map_point, LATERAL (SELECT (created_at AT TIME ZONE 'Asia/Jakarta')::date AS day) AS born
UNION ALL
SELECT 'pending', qk, x, y, city, category, is_open, n,
    n * (day >= today - 365)::integer, n * (day >= today - 90)::integer,
    n * (day >= today - 30)::integer, n * (day >= today - 7)::integer
FROM map_calendar, map_delta
UNION ALL
-- the day turns: what was born in the days that a window loses
SELECT 'pending', qk, x, y, city, category, is_open, 0,
    -(days = 365)::integer, -(days = 90)::integer, -(days = 30)::integer, -(days = 7)::integer
FROM (SELECT today, turning FROM map_calendar WHERE turning > today) AS night,
    unnest(ARRAY[365, 90, 30, 7]) AS days,
    LATERAL (
        SELECT * FROM map_point
        WHERE created_at >= (today - days)::timestamp AT TIME ZONE 'Asia/Jakarta'
          AND created_at < (turning - days)::timestamp AT TIME ZONE 'Asia/Jakarta'
    ) AS leaving;

CREATE VIEW map_count AS
WITH finest AS (
    -- by the squares of the finest level first: it leaves far fewer rows to spread
    SELECT source, city, category, qk >> 24 AS qk, sum(n * x::bigint)::bigint AS x, sum(n * y::bigint)::bigint AS y,
        sum(n) FILTER (WHERE is_open) AS open, sum(n) FILTER (WHERE NOT is_open) AS closed,
        sum(n_365) FILTER (WHERE is_open) AS open_365, sum(n_365) FILTER (WHERE NOT is_open) AS closed_365,
        sum(n_90) FILTER (WHERE is_open) AS open_90, sum(n_90) FILTER (WHERE NOT is_open) AS closed_90,
        sum(n_30) FILTER (WHERE is_open) AS open_30, sum(n_30) FILTER (WHERE NOT is_open) AS closed_30,
        sum(n_7) FILTER (WHERE is_open) AS open_7, sum(n_7) FILTER (WHERE NOT is_open) AS closed_7
    FROM map_share
    GROUP BY source, city, category, qk >> 24
)
-- then in every level and every series
SELECT source, series, level, qk >> (2 * (18 - level)) AS qk, sum(x)::bigint AS x, sum(y)::bigint AS y,
    coalesce(sum(open), 0)::integer AS open, coalesce(sum(closed), 0)::integer AS closed,
    coalesce(sum(open_365), 0)::integer AS open_365, coalesce(sum(closed_365), 0)::integer AS closed_365,
    coalesce(sum(open_90), 0)::integer AS open_90, coalesce(sum(closed_90), 0)::integer AS closed_90,
    coalesce(sum(open_30), 0)::integer AS open_30, coalesce(sum(closed_30), 0)::integer AS closed_30,
    coalesce(sum(open_7), 0)::integer AS open_7, coalesce(sum(closed_7), 0)::integer AS closed_7
FROM finest, unnest(ARRAY[8, 10, 12, 14, 16, 18]) AS level, unnest(ARRAY[0, -city, category]) AS series
GROUP BY source, series, level, qk >> (2 * (18 - level));
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="geo", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
