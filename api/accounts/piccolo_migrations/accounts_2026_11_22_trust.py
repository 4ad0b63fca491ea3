"""How much an account's reports have been worth, and until when which city does not listen to it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T16:22:00"
DDL = """
ALTER TABLE account
    ADD COLUMN trust smallint NOT NULL DEFAULT 0,
    ADD COLUMN blocks jsonb NOT NULL DEFAULT '[]';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="accounts", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
