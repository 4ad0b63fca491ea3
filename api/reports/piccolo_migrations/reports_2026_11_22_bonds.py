"""What binds reports to each other: merged into one, part of one, again after one; and agencies that help."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T15:22:00"
DDL = """
-- how often an agency has said that it is not its authority
ALTER TABLE report ADD COLUMN bounces smallint NOT NULL DEFAULT 0;
-- disputed twice: only operator and area head approve from then on
ALTER TABLE report ADD COLUMN is_escalated boolean NOT NULL DEFAULT false;
ALTER TABLE report ADD COLUMN merged_into bigint;
ALTER TABLE report ADD COLUMN recurrence_of bigint;
ALTER TABLE report ADD COLUMN parent bigint;
-- agencies that were asked to help; the responsibility stays with `agency`
ALTER TABLE report ADD COLUMN coordinating integer[];
CREATE INDEX report_merged_into ON report (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX report_recurrence_of ON report (recurrence_of) WHERE recurrence_of IS NOT NULL;
CREATE INDEX report_parent ON report (parent) WHERE parent IS NOT NULL;

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
    r.step_version, r.supports, r.bounces, r.is_escalated, r.merged_into, r.recurrence_of, r.parent, r.coordinating
FROM report AS r;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="reports", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
