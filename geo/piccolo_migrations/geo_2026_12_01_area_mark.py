"""`area_mark`: where a position is shown to everybody.

The corners of a grid stand for what lies around them, so that the same place always has the same mark: asked or
reported as often as one likes, nothing can be averaged. The squares of a coarser grid are nine whole squares of the
finer one; who is shown on two grids is not between them.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-12-01T15:10:00"
DDL = """
-- 0.001° is 111 m; the grids have squares of 111, 334, 1,001 and 3,002 m
CREATE FUNCTION area_mark(here geometry, area_code text, finest_m integer, part float8) RETURNS geometry
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    village geometry := (SELECT area.shape FROM area WHERE area.current AND area.code = area_code);
    grid integer := CASE finest_m WHEN 1 THEN -1 WHEN 110 THEN 0 WHEN 330 THEN 1 WHEN 1000 THEN 2 ELSE 3 END;
    -- of a square that holds this part of the village, in squares of the finest grid; 0 where no village is known
    side float8 := coalesce(1000 * sqrt(ST_Area(village) * part), 0);
    step float8;
    mark geometry;
BEGIN
    -- where the finest square is too small, the first one that is not
    IF side > 1 THEN
        grid := greatest(grid, CASE WHEN side <= 3 THEN 1 WHEN side <= 9 THEN 2 ELSE 3 END);
    END IF;
    IF grid < 0 THEN
        RETURN ST_SetSRID(ST_MakePoint(round(ST_X(here)::numeric, 5), round(ST_Y(here)::numeric, 5)), 4326);
    END IF;

    step := 0.001 * 3 ^ grid;
    mark := ST_SetSRID(ST_MakePoint(round((round(ST_X(here) / step) * step)::numeric, 5),
                                    round((round(ST_Y(here) / step) * step)::numeric, 5)), 4326);
    IF village IS NULL OR ST_Covers(village, mark) THEN
        RETURN mark;
    END IF;

    -- never in another village: the nearest corner in its own, else one place for the whole village
    SELECT corner INTO mark
    FROM (
        SELECT ST_SetSRID(ST_MakePoint(round((ST_X(mark) + across * step)::numeric, 5),
                                       round((ST_Y(mark) + up * step)::numeric, 5)), 4326) AS corner
        FROM generate_series(-2, 2) AS across, generate_series(-2, 2) AS up
    ) AS around
    WHERE ST_Covers(village, corner)
    ORDER BY corner <-> here, ST_X(corner), ST_Y(corner) LIMIT 1;
    RETURN coalesce(mark, ST_SnapToGrid(ST_PointOnSurface(village), 0.00001));
END $$;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="geo", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
