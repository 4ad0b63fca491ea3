"""The photo, and how a report announces it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T10:00:00"
DDL = """
CREATE TABLE photo (
    id uuid PRIMARY KEY,
    owner bigint NOT NULL,
    size integer NOT NULL CHECK (size > 0),
    type text NOT NULL,
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    state text NOT NULL DEFAULT 'expected' CHECK (
        state IN ('expected', 'uploading', 'uploaded', 'ready', 'refused', 'hidden', 'swept')),
    reason text CHECK (state <> 'refused' OR reason IS NOT NULL),
    -- 122 random bits each, from the server's strong source
    key text NOT NULL UNIQUE DEFAULT replace(gen_random_uuid()::text, '-', ''),
    original text NOT NULL UNIQUE DEFAULT replace(gen_random_uuid()::text, '-', ''),
    width integer,
    height integer,
    facts jsonb,
    expected_at timestamptz NOT NULL,
    uploaded_at timestamptz,
    settled_at timestamptz,
    lease uuid,
    leased_until timestamptz,
    attempts integer NOT NULL DEFAULT 0
);
-- what the worker looks for, small whatever the number of photos
CREATE INDEX photo_due ON photo (uploaded_at) WHERE state = 'uploaded';
CREATE INDEX photo_unfinished ON photo (expected_at) WHERE state IN ('expected', 'uploading');

-- plpgsql keeps its plan, and most reports of a busy day announce nothing
CREATE FUNCTION photo_expect(photos jsonb, owner bigint, now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF photos IS NULL OR photos = '[]' THEN
        RETURN;
    END IF;
    INSERT INTO photo (id, owner, size, type, sha256, expected_at)
    SELECT announced.id, photo_expect.owner, announced.size, announced.type,
           decode(announced.sha256, 'hex'), photo_expect.now
    FROM jsonb_to_recordset(photos) AS announced (id uuid, size integer, type text, sha256 text);
END
$$;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="media", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
