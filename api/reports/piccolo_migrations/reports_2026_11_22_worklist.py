"""Indexes of the worklist: what changed since a cursor, and what is open, whatever the grants cover.

The grants are joined by OR, which an index of each cannot answer in order; these give the order, and stop early.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T14:00:00"
DDL = """
CREATE INDEX report_changed ON report (changed_xid, id);
-- the states of api.reports.status.CLOSED, as in the statement OPEN of worklist.py
CREATE INDEX report_open ON report (id)
    WHERE state NOT IN ('closed', 'duplicate', 'rejected', 'resolved', 'withdrawn');
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="reports", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
