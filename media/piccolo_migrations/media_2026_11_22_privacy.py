"""Hiding and redacting a photo, what staff should know about it, and who did what to it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T16:10:00"
DDL = """
ALTER TABLE photo
    ADD COLUMN hidden_at timestamptz,
    ADD COLUMN boxes jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN stale text[] NOT NULL DEFAULT '{}',
    ADD COLUMN flags jsonb,
    ADD COLUMN proposals jsonb,
    -- as a number, so that pictures can be compared here
    ADD COLUMN dhash bigint GENERATED ALWAYS AS (('x' || (facts ->> 'dhash'))::bit(64)::bigint) STORED;

-- what the worker has still to take away, and to look at: both are empty most of the time
CREATE INDEX photo_stale ON photo (id) WHERE stale <> '{}';
CREATE INDEX photo_unseen ON photo (settled_at) WHERE state = 'ready' AND flags IS NULL;

CREATE TABLE photo_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    photo uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('hide', 'unhide', 'redact', 'original')),
    actor bigint NOT NULL,
    role text NOT NULL,
    reason text NOT NULL,
    boxes jsonb NOT NULL DEFAULT '[]',
    at timestamptz NOT NULL
);
CREATE INDEX photo_change_photo ON photo_change (photo, id);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="media", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
