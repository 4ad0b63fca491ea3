"""The second factor, sealed; enrolment by a code; devices that are known; accounts that are closed for a while."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T15:10:00"
DDL = """
-- nobody could fill it: there was no enrolment
ALTER TABLE account DROP COLUMN totp_secret;
ALTER TABLE account
    ADD COLUMN totp_sealed bytea,
    ADD COLUMN totp_pending bytea,
    ADD COLUMN totp_required boolean NOT NULL DEFAULT false,
    ADD COLUMN enrolment_hash bytea,
    ADD COLUMN enrolment_until timestamptz,
    ADD COLUMN disabled_at timestamptz;
CREATE TABLE recovery_code (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    hash bytea NOT NULL,
    used_at timestamptz,
    UNIQUE (account, hash)
);
-- what signed in well before: exempt from the lock that strangers can cause
CREATE TABLE known_device (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    hash bytea NOT NULL,
    failures smallint NOT NULL DEFAULT 0,
    locked_until timestamptz,
    used_at timestamptz NOT NULL,
    UNIQUE (account, hash)
);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="accounts", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
