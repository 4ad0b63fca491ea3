"""`area_at`: which village is this? The one answer for every caller, in one call.

plpgsql, because its statements keep their plans and because the second and third question are asked only
when the first answer leaves them open. Degrees serve to find, metres to decide: one degree of longitude in
Indonesia is at most 2 % shorter than one of latitude, hence `* 1.02`.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T10:10:00"
DDL = """
-- right to 0.1 % up to some hundred kilometres, and much cheaper than geography
CREATE FUNCTION metres_between(place geometry, here geometry) RETURNS float8
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN 111195 * sqrt(power(ST_Y(place) - ST_Y(here), 2) + power((ST_X(place) - ST_X(here)) * cosd(ST_Y(here)), 2));

CREATE FUNCTION area_at(lon float8, lat float8, accuracy_m float8 DEFAULT NULL)
RETURNS TABLE (
    village_code text, village_name text, village_term text,
    district_code text, district_name text, district_term text,
    regency_code text, regency_name text, regency_term text,
    boundary_version text, version_id integer, quality text,
    border_distance_m float8, found text, candidates jsonb
)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1
SET plan_cache_mode = force_generic_plan  -- else PostGIS' estimates have the lookup planned anew at every call
AS $$
#variable_conflict use_column
DECLARE
    here CONSTANT geometry := ST_SetSRID(ST_MakePoint(lon, lat), 4326);
    degrees_per_m CONSTANT float8 := 1.02 / 111195;
    nearest_m CONSTANT float8 := 500;
    near_m float8 := least(500, greatest(50, coalesce(accuracy_m, 0)));
    village record;
    border_m float8;
    others jsonb := '[]';
BEGIN
    -- a point in two polygons belongs to the lower code
    SELECT code, name, local_term, version, ST_ClosestPoint(ST_Boundary(shape), here) AS border,
           count(*) OVER () AS hits
    INTO village
    FROM area WHERE current AND ST_Covers(shape, here)
    ORDER BY code LIMIT 1;

    -- a sliver between polygons, a pier, a boat: the nearest village, if there is one near
    IF NOT FOUND THEN
        SELECT code, name, local_term, version, border, 0 AS hits
        INTO village
        FROM (
            SELECT code, name, local_term, version, ST_ClosestPoint(shape, here) AS border
            FROM area WHERE current AND shape && ST_Expand(here, nearest_m * degrees_per_m)
        ) AS around
        WHERE metres_between(border, here) <= nearest_m
        ORDER BY metres_between(border, here), code LIMIT 1;
        IF NOT FOUND THEN
            RETURN;
        END IF;
        near_m := greatest(near_m, metres_between(village.border, here) + 50);
    END IF;
    border_m := metres_between(village.border, here);

    -- every village it may be as well; the chosen one first; none when there is no other
    IF village.hits <> 1 OR border_m <= near_m THEN
        SELECT jsonb_agg(jsonb_build_object('code', code, 'name', name, 'local_term', local_term)
                         ORDER BY code <> village.code, metres_between(border, here), code)
        INTO others
        FROM (
            SELECT code, name, local_term, ST_ClosestPoint(shape, here) AS border
            FROM area WHERE current AND shape && ST_Expand(here, near_m * degrees_per_m)
        ) AS around
        WHERE metres_between(border, here) <= near_m;
        IF jsonb_array_length(others) < 2 THEN
            others := '[]';
        END IF;
    END IF;

    -- district and regency follow from the village's code, never from their own polygons
    RETURN QUERY
    SELECT village.code, village.name, village.local_term,
           left(village.code, 8), coalesce(district.name, left(village.code, 8)),
           coalesce(district.local_term, 'kecamatan'),
           left(village.code, 5), coalesce(regency.name, left(village.code, 5)),
           coalesce(regency.local_term, 'kabupaten'),
           version.name, version.id, version.quality, border_m,
           CASE village.hits WHEN 0 THEN 'nearest' WHEN 1 THEN 'inside' ELSE 'overlap' END,
           others
    FROM boundary_version AS version
    LEFT JOIN area AS district ON district.current AND district.code = left(village.code, 8)
    LEFT JOIN area AS regency ON regency.current AND regency.code = left(village.code, 5)
    WHERE version.id = village.version;
END $$;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="geo", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
