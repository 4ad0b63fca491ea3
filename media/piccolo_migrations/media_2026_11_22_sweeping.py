"""Finds photos by the day they were announced, and by their bytes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T14:30:00"
DDL = """
-- rows come in this order, so that a summary of each block is enough, and costs a new photo nothing
CREATE INDEX photo_expected_at ON photo USING brin (expected_at) WITH (pages_per_range = 16);
-- was this very file sent before?
CREATE INDEX photo_sha256 ON photo USING hash (sha256);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="media", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
