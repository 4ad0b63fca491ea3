"""When reports were resolved, for those who count the last days."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T16:50:00"
DDL = """
-- only the step itself: a report that is sent in costs no index more
CREATE INDEX report_event_resolved ON report_event (at, report)
    WHERE to_state = 'resolved' AND from_state <> 'resolved';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="reports", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
