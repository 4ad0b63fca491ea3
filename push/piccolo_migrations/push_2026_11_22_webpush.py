"""The key pair by which push services of browsers know this installation."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T15:00:00"

DDL = """
CREATE TABLE vapid_key (
    -- one row: browsers' subscriptions are bound to the key they were made with
    id smallint PRIMARY KEY CHECK (id = 1),
    private_key text NOT NULL,
    created_at timestamptz NOT NULL
);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="push", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
