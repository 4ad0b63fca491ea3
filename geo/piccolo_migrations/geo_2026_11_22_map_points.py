"""The points of the public map, with the Morton key that tiles and counts are made of.

x and y are the integer web-mercator position at zoom 30 (4 cm), qk their bits interleaved: a tile of zoom z is
the range of keys that share its first 2 z bits, so every point lies in exactly one tile of a zoom.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T10:20:00"
DDL = """
CREATE FUNCTION mercator_x(lon float8) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN greatest(0, least(1073741823, floor((lon + 180) / 360 * 1073741824)::bigint))::integer;

CREATE FUNCTION mercator_y(lat float8) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN greatest(0, least(1073741823,
    floor((1 - ln(tan(radians(lat)) + 1 / cos(radians(lat))) / pi()) / 2 * 1073741824)::bigint))::integer;

-- a bit between every two bits: 32 bits become 64
CREATE FUNCTION morton_spread(v bigint) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    v := (v | (v << 16)) & x'0000FFFF0000FFFF'::bigint;
    v := (v | (v << 8)) & x'00FF00FF00FF00FF'::bigint;
    v := (v | (v << 4)) & x'0F0F0F0F0F0F0F0F'::bigint;
    v := (v | (v << 2)) & x'3333333333333333'::bigint;
    RETURN (v | (v << 1)) & x'5555555555555555'::bigint;
END $$;

CREATE TABLE map_point (
    id bigint PRIMARY KEY,
    city integer NOT NULL,
    category integer NOT NULL,
    is_open boolean NOT NULL,
    created_at timestamptz NOT NULL,
    label text NOT NULL,
    x integer NOT NULL,
    y integer NOT NULL,
    qk bigint NOT NULL
);
CREATE INDEX map_point_qk ON map_point (qk);
CREATE INDEX map_point_city_qk ON map_point (city, qk);

-- plpgsql keeps its plans; a function in SQL would be planned anew at every report, 0.6 ms each
CREATE FUNCTION map_point_put(
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
        x = excluded.x, y = excluded.y, qk = excluded.qk;
END $$;

CREATE FUNCTION map_point_remove(id bigint) RETURNS void
LANGUAGE sql AS $$ DELETE FROM map_point WHERE map_point.id = $1 $$;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="geo", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
