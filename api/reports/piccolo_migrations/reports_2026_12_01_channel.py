"""A report says by which channel it came: who was heard by staff may be spoken for by staff."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-12-01T14:40:00"
DDL = """
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
    r.channel
FROM report AS r;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="reports", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
