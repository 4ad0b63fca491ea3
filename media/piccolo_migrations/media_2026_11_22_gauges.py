"""What an operator watches: photos that came to nothing, and how much was swept."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T16:13:00"
DDL = """
CREATE INDEX photo_over ON photo (settled_at) WHERE state IN ('refused', 'swept');

CREATE TABLE photo_sweep (
    kind text PRIMARY KEY,
    deleted bigint NOT NULL,
    at timestamptz NOT NULL
);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="media", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
