"""`area_at`: which village is this? The one answer for every caller, in one call.

plpgsql, because its statements keep their plans and because the second and third question are asked only
when the first answer leaves them open. Degrees serve to find, metres to decide: one degree of longitude in
Indonesia is at most 2 % shorter than one of latitude, hence `* 1.02`.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T10:10:00"
DDL = """
CREATE FUNCTION distance_m(shape geometry, here geometry) RETURNS float8
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ST_DistanceSphere(ST_ClosestPoint(shape, here), here);

CREATE FUNCTION area_at(lon float8, lat float8, accuracy_m float8 DEFAULT NULL)
RETURNS TABLE (
    village_code text, village_name text, village_term text,
    district_code text, district_name text, district_term text,
    regency_code text, regency_name text, regency_term text,
    boundary_version text, version_id integer, quality text,
    border_distance_m float8, found text, candidates jsonb
)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1
SET plan_cache_mode = force_generic_plan  -- else PostGIS' estimates have it planned anew at every call
AS $$
#variable_conflict use_column
DECLARE
    here CONSTANT geometry := ST_SetSRID(ST_MakePoint(lon, lat), 4326);
    degrees_per_m CONSTANT float8 := 1.02 / 111195;
    nearest_m CONSTANT float8 := 500;
    near_m float8 := least(500, greatest(50, coalesce(accuracy_m, 0)));
    hits integer;
    chosen text;
    place record;
BEGIN
    -- a point in two polygons belongs to the lower code
    SELECT count(*), min(code) INTO hits, chosen
    FROM area WHERE current AND ST_Covers(shape, here);

    -- a sliver between polygons, a pier, a boat: the nearest village, if there is one near
    IF hits = 0 THEN
        SELECT code, greatest(near_m, distance + 50) INTO chosen, near_m
        FROM (
            SELECT code, distance_m(shape, here) AS distance
            FROM area WHERE current AND shape && ST_Expand(here, nearest_m * degrees_per_m)
        ) AS around
        WHERE distance <= nearest_m
        ORDER BY distance, code LIMIT 1;
    END IF;
    IF chosen IS NULL THEN
        RETURN;
    END IF;

    -- district and regency follow from the village's code, never from their own polygons
    SELECT village.code, village.name, village.local_term,
           left(village.code, 8) AS district_code, coalesce(district.name, left(village.code, 8)) AS district_name,
           coalesce(district.local_term, 'kecamatan') AS district_term,
           left(village.code, 5) AS regency_code, coalesce(regency.name, left(village.code, 5)) AS regency_name,
           coalesce(regency.local_term, 'kabupaten') AS regency_term,
           version.name AS version_name, version.id AS version_id, version.quality,
           distance_m(ST_Boundary(village.shape), here) AS border_m
    INTO place
    FROM area AS village
    JOIN boundary_version AS version ON version.id = village.version
    LEFT JOIN area AS district ON district.current AND district.code = left(village.code, 8)
    LEFT JOIN area AS regency ON regency.current AND regency.code = left(village.code, 5)
    WHERE village.current AND village.code = chosen;

    -- every village it may be as well; the chosen one first; none when there is no other
    candidates := '[]';
    IF hits <> 1 OR place.border_m <= near_m THEN
        SELECT jsonb_agg(jsonb_build_object('code', code, 'name', name, 'local_term', local_term)
                         ORDER BY code <> chosen, distance, code)
        INTO candidates
        FROM (
            SELECT code, name, local_term, distance_m(shape, here) AS distance
            FROM area WHERE current AND shape && ST_Expand(here, near_m * degrees_per_m)
        ) AS around
        WHERE distance <= near_m;
        IF jsonb_array_length(candidates) < 2 THEN
            candidates := '[]';
        END IF;
    END IF;

    RETURN QUERY SELECT
        place.code, place.name, place.local_term,
        place.district_code, place.district_name, place.district_term,
        place.regency_code, place.regency_name, place.regency_term,
        place.version_name, place.version_id, place.quality, place.border_m,
        CASE WHEN hits = 0 THEN 'nearest' WHEN hits = 1 THEN 'inside' ELSE 'overlap' END,
        candidates;
END $$;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="geo", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
