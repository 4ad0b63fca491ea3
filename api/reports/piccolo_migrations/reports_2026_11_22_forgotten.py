"""Which reports lost their author and when, and the comments of one account."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T16:20:00"
DDL = """
-- beside the report, so that nothing is added to a report that comes in
CREATE TABLE report_forgotten (
    report bigint PRIMARY KEY,
    because text NOT NULL CHECK (because IN ('erasure', 'retention')),
    at timestamptz NOT NULL
);
-- whoever takes the account back finds the own comments; no report pays for it when it comes
CREATE INDEX report_event_commenter ON report_event (actor) WHERE kind = 'comment';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="reports", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
