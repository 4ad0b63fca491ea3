"""A category says how exactly its reports are shown; where it says nothing, a private place decides."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from api.piccolo_conf import DB

ID = "2026-12-01T15:10:00"
DDL = "ALTER TABLE category ADD COLUMN precision_m integer CHECK (precision_m IN (1, 110, 330, 1000, 3000))"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="cities", description=__doc__)

    async def run() -> None:
        transaction = DB.current_transaction.get()
        assert transaction is not None
        await transaction.connection.execute(DDL)

    manager.add_raw(run)
    return manager
