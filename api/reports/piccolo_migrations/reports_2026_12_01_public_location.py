"""A report keeps where it is shown: decided once for each place and category, read by everything that shows it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-12-01T15:11:00"
DDL = """
ALTER TABLE report ADD COLUMN public_location geometry(Point, 4326);

-- as publicity.py decides it for a new report
UPDATE report AS r SET public_location = area_mark(r.location, r.village_code,
    coalesce(c.precision_m, CASE WHEN coalesce(c.private_place, true) THEN 110 ELSE 1 END),
    CASE WHEN coalesce(c.private_place, true) THEN 20 ELSE 1 END
        / CASE WHEN substr(r.village_code, 10, 1) = '1' THEN 10000.0 ELSE 2500.0 END)
FROM report AS own LEFT JOIN category AS c ON c.id = own.category
WHERE own.id = r.id;
ALTER TABLE report ALTER COLUMN public_location SET NOT NULL;

-- what the map shows finer than that
SELECT map_point_put(p.id, p.city, p.category, p.is_open, p.created_at,
    ST_X(r.public_location), ST_Y(r.public_location), p.label)
FROM map_point AS p JOIN report AS r ON r.id = p.id
WHERE (p.x, p.y) <> (mercator_x(ST_X(r.public_location)), mercator_y(ST_Y(r.public_location)));

CREATE OR REPLACE VIEW report_shown AS
SELECT r.id, r.client_id, r.tracking_id, r.account, r.report_type, r.city, r.category, r.text, r.address,
    r.answers::text AS answers, r.visibility, r.is_anonymous, ST_Y(r.location) AS lat, ST_X(r.location) AS lon,
    r.accuracy_m, r.village_code, r.place::text AS place, r.occurred_at, r.created_at, r.state, r.version, r.agency,
    r.officer, r.routing_reason, r.evidence_by, r.triaged_at, r.last_hash, r.changed_xid,
    (SELECT jsonb_agg(jsonb_build_object('clock', c.clock, 'started_at', c.started_at, 'due_at', c.due_at,
                                         'pauses', c.pauses, 'stopped_at', c.stopped_at) ORDER BY c.started_at, c.clock)
     FROM report_clock AS c WHERE c.report = r.id)::text AS clocks,
    (SELECT array_agg(p.photo::text || ' ' || p.purpose ORDER BY p.purpose DESC, p.position)
     FROM report_photo AS p WHERE p.report = r.id) AS photos,
    (SELECT account.language FROM account WHERE account.id = r.account) AS language,
    r.step_version, r.supports, r.bounces, r.is_escalated, r.merged_into, r.recurrence_of, r.parent, r.coordinating,
    EXISTS (SELECT FROM report AS part WHERE part.parent = r.id) AS has_parts,
    r.channel, ST_Y(r.public_location) AS public_lat, ST_X(r.public_location) AS public_lon
FROM report AS r;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="reports", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
