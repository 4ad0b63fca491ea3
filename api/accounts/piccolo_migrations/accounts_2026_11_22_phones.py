"""Phone numbers, sealed; the codes that prove them; what happened to accounts."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T15:11:00"
DDL = """
ALTER TABLE account
    ADD COLUMN seen_at timestamptz,
    ADD COLUMN merged_into bigint REFERENCES account ON DELETE SET NULL,
    ADD COLUMN merged_at timestamptz;
CREATE INDEX account_merged ON account (merged_at) WHERE merged_at IS NOT NULL;
CREATE TABLE account_phone (
    account bigint PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    -- the keyed hash finds a number again, the seal shows it to those who may
    lookup bytea NOT NULL UNIQUE,
    sealed bytea NOT NULL,
    linked_at timestamptz NOT NULL
);
-- one row a code; without a number it is waited for by SMS from any
CREATE TABLE otp (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    family uuid NOT NULL,
    lookup bytea,
    hash bytea NOT NULL,
    tries smallint NOT NULL DEFAULT 0,
    asked_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX otp_account ON otp (account, asked_at);
CREATE INDEX otp_lookup ON otp (lookup, asked_at) WHERE lookup IS NOT NULL;
CREATE INDEX otp_inverse ON otp (hash) WHERE lookup IS NULL;
-- who did what to whose account; never a number, never a name
CREATE TABLE account_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL,
    actor bigint,
    kind text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL
);
CREATE INDEX account_event_account ON account_event (account, id);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="accounts", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
