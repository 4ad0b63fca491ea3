"""Accounts, their grants and their sessions."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T10:00:00"
DDL = """
CREATE TABLE account (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    login text UNIQUE,
    password_hash text,
    totp_secret text,
    totp_counter bigint NOT NULL DEFAULT 0,
    failures smallint NOT NULL DEFAULT 0,
    locked_until timestamptz,
    language text NOT NULL DEFAULT 'id' CHECK (language IN ('id', 'en')),
    created_at timestamptz NOT NULL
);
CREATE TABLE role_grant (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('officer', 'coordinator', 'area_head', 'operator', 'auditor', 'admin')),
    city integer,
    agency integer,
    area_code text,
    created_at timestamptz NOT NULL
);
CREATE INDEX role_grant_account ON role_grant (account);
CREATE INDEX role_grant_agency ON role_grant (agency) WHERE agency IS NOT NULL;
-- one row a token pair; a family is one sign-in and all its rotations
CREATE TABLE session (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    family uuid NOT NULL,
    account bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    device_name text NOT NULL DEFAULT '',
    access_hash bytea NOT NULL UNIQUE,
    access_until timestamptz NOT NULL,
    refresh_hash bytea NOT NULL UNIQUE,
    refresh_until timestamptz NOT NULL,
    rotated_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX session_family ON session (family);
CREATE INDEX session_account ON session (account);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="accounts", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
