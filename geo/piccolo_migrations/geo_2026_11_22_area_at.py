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

-- one row, all of it null where no village is near (a set of rows would cost 15 % more)
CREATE FUNCTION area_at(
    lon float8, lat float8, accuracy_m float8 DEFAULT NULL,
    OUT village_code text, OUT village_name text, OUT village_term text,
    OUT district_code text, OUT district_name text, OUT district_term text,
    OUT regency_code text, OUT regency_name text, OUT regency_term text,
    OUT boundary_version text, OUT version_id integer, OUT quality text,
    OUT border_distance_m float8, OUT located text, OUT candidates jsonb
)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET plan_cache_mode = force_generic_plan  -- else PostGIS' estimates have the lookup planned anew at every call
AS $$
#variable_conflict use_column
DECLARE
    here CONSTANT geometry := ST_SetSRID(ST_MakePoint(lon, lat), 4326);
    degrees_per_m CONSTANT float8 := 1.02 / 111195;
    nearest_m CONSTANT float8 := 500;
    near_m float8 := least(500, greatest(50, coalesce(accuracy_m, 0)));
    village record;
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
    border_distance_m := metres_between(village.border, here);
    located := CASE village.hits WHEN 0 THEN 'nearest' WHEN 1 THEN 'inside' ELSE 'overlap' END;

    -- every village it may be as well; the chosen one first; none when there is no other
    candidates := '[]';
    IF village.hits <> 1 OR border_distance_m <= near_m THEN
        SELECT jsonb_agg(jsonb_build_object('code', code, 'name', name, 'local_term', local_term)
                         ORDER BY code <> village.code, metres_between(border, here), code)
        INTO candidates
        FROM (
            SELECT code, name, local_term, ST_ClosestPoint(shape, here) AS border
            FROM area WHERE current AND shape && ST_Expand(here, near_m * degrees_per_m)
        ) AS around
        WHERE metres_between(border, here) <= near_m;
        IF jsonb_array_length(candidates) < 2 THEN
            candidates := '[]';
        END IF;
    END IF;

    -- district and regency follow from the village's code, never from their own polygons
    SELECT village.code, village.name, village.local_term,
           left(village.code, 8), coalesce(district.name, left(village.code, 8)),
           coalesce(district.local_term, 'kecamatan'),
           left(village.code, 5), coalesce(regency.name, left(village.code, 5)),
           coalesce(regency.local_term, 'kabupaten'),
           version.name, version.id, version.quality
    INTO village_code, village_name, village_term, district_code, district_name, district_term,
         regency_code, regency_name, regency_term, boundary_version, version_id, quality
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
