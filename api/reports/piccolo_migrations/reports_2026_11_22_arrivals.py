"""Up to where new reports have been told to those who must act."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T16:03:00"

DDL = """
CREATE TABLE arrival_cursor (
    -- one row
    id smallint PRIMARY KEY CHECK (id = 1),
    xid bigint NOT NULL,
    caught_up_at timestamptz NOT NULL
);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="reports", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
