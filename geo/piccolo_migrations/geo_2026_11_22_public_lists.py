"""Lists of public points: newest first, everywhere or in one city; and a point's degrees again."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T15:50:00"
DDL = """
CREATE INDEX map_point_newest ON map_point (created_at, id);
CREATE INDEX map_point_city_newest ON map_point (city, created_at, id);

-- the middle of the 4 cm; five decimals give back what was put
CREATE FUNCTION mercator_lon(x integer) RETURNS float8
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN round(((x + 0.5) / 1073741824 * 360 - 180)::numeric, 5)::float8;

CREATE FUNCTION mercator_lat(y integer) RETURNS float8
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN round(degrees(atan(sinh(pi() * (1 - 2 * (y + 0.5)::float8 / 1073741824))))::numeric, 5)::float8;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="geo", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
