"""Kinds that come once a day, counted."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T16:04:00"

DDL = """
ALTER TABLE inbox_only ADD COLUMN is_digest boolean NOT NULL DEFAULT false;

CREATE TABLE digest (
    recipient bigint PRIMARY KEY,
    zone text NOT NULL CHECK (octet_length(zone) BETWEEN 1 AND 100),
    language text NOT NULL,
    next_at timestamptz NOT NULL
);
CREATE INDEX digest_due ON digest (next_at);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="push", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
