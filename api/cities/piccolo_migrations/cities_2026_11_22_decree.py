"""A decided day names its decree."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from api.piccolo_conf import DB

ID = "2026-11-22T15:31:00"
DDL = "ALTER TABLE holiday ADD COLUMN source text NOT NULL DEFAULT ''"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="cities", description=__doc__)

    async def run() -> None:
        transaction = DB.current_transaction.get()
        assert transaction is not None
        await transaction.connection.execute(DDL)

    manager.add_raw(run)
    return manager
