"""Who follows and supports a report, and events that do not make a phone's version stale.

`step_version` is the last event that a stale phone would conflict with: supports and comments are counted in
`version` and in the chain, but nobody's step is refused for them.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T15:20:00"
DDL = """
CREATE TABLE report_follower (
    report bigint NOT NULL,
    account bigint NOT NULL,
    -- merged: came along from a report that was merged into this one
    reason text NOT NULL CHECK (reason IN ('support', 'follow', 'merged')),
    since timestamptz NOT NULL,
    PRIMARY KEY (report, account, reason)
);
CREATE INDEX report_follower_account ON report_follower (account, report);

ALTER TABLE report ADD COLUMN step_version integer NOT NULL DEFAULT 0;
ALTER TABLE report ADD COLUMN supports integer NOT NULL DEFAULT 0;
UPDATE report SET step_version = version;
-- hidden: was public, and staff took it away from the public
ALTER TABLE report DROP CONSTRAINT report_visibility_check;
ALTER TABLE report ADD CONSTRAINT report_visibility_check
    CHECK (visibility IN ('public', 'restricted', 'secret', 'hidden'));

-- a comment that waits for somebody to release it, or was taken away again
ALTER TABLE report_event ADD COLUMN is_hidden boolean NOT NULL DEFAULT false;

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
    r.step_version, r.supports
FROM report AS r;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="reports", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
