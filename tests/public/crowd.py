"""Many reports at once, copied from one that was really submitted."""

from api.piccolo_conf import DB

MULTIPLY = """
-- as many more as asked for, each so many minutes older than the one before, with their events and clocks,
-- over all villages and a third of a degree
WITH model AS (SELECT * FROM report ORDER BY id LIMIT 1),
villages AS (SELECT array_agg(code) AS codes FROM area WHERE current AND level = 'village'),
born AS (
    INSERT INTO report (client_id, tracking_id, body_sha256, account, channel, report_type, city, category, text,
        address, answers, visibility, is_anonymous, location, accuracy_m, village_code, boundary_version, place,
        occurred_at, created_at, state, version, agency, routing_reason, last_hash, triaged_at, public_location)
    SELECT gen_random_uuid(), lpad(to_hex(n), 8, '0'), body_sha256, account, channel, report_type, city, category,
        text, address, answers, visibility, is_anonymous, at.spot,
        accuracy_m, codes[1 + n % array_length(codes, 1)], boundary_version, place, occurred_at,
        created_at - n * $3::float8 * interval '1 minute',
        'in_progress', 3, agency, routing_reason, last_hash, created_at, at.spot
    FROM model, villages, generate_series($1::bigint, $2::bigint) AS n,
        -- of each n anew
        LATERAL (SELECT ST_Translate(location, random() * 0.3, random() * 0.3 + 0 * n) AS spot) AS at
    RETURNING id, created_at, city, category, location, tracking_id
),
told AS (
    INSERT INTO report_event (report, version, client_id, kind, role, from_state, to_state, reason, note,
        internal_note, evidence, details, at, hash)
    SELECT born.id, e.version, gen_random_uuid(), e.kind, e.role, e.from_state, e.to_state, '', '', '', '{}', '{}',
        born.created_at + (e.version - 1) * interval '1 day', ''
    FROM born, (VALUES (1, 'create', 'reporter', NULL, 'submitted'),
        (2, 'change', 'rule', 'submitted', 'dispatched'),
        (3, 'change', 'officer', 'dispatched', 'in_progress')) AS e (version, kind, role, from_state, to_state)
),
promised AS (
    INSERT INTO report_clock (report, clock, started_at, due_at, stopped_at)
    SELECT id, c.clock, created_at, created_at + interval '5 days', c.stopped_at FROM born,
        LATERAL (VALUES ('respond', created_at + interval '1 day'), ('resolve', NULL)) AS c (clock, stopped_at)
)
SELECT count(map_point_put(id, city, category, true, created_at, ST_X(location), ST_Y(location), tracking_id))
FROM born
"""


async def multiply(count: int, first: int = 1, minutes: float = 15) -> None:
    await DB.fetch(MULTIPLY, first, first + count - 1, minutes)
