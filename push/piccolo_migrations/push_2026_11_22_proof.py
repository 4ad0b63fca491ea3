"""Indexes for the proof of one report, for the signals, and for forgetting."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T15:30:00"

DDL = """
CREATE INDEX notification_subject ON notification (subject, seq);
CREATE INDEX delivery_settled ON delivery (settled_at) WHERE settled_at IS NOT NULL;
ALTER TABLE notification ADD COLUMN emptied_at timestamptz;
-- a notification is in one of these two: as it was told, or emptied and only the ledger's
CREATE INDEX notification_worded ON notification (created_at) WHERE emptied_at IS NULL;
CREATE INDEX notification_emptied ON notification (created_at) WHERE emptied_at IS NOT NULL;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="push", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
