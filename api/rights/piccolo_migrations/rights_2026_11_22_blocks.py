"""Accounts that a city does not listen to for a while, why, and what they object."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T16:24:00"
DDL = """
CREATE TABLE block (
    id uuid PRIMARY KEY,
    account bigint NOT NULL,
    city integer,
    report uuid,
    reason text NOT NULL,
    blocked_by bigint NOT NULL,
    at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    appeal text NOT NULL DEFAULT '',
    appealed_at timestamptz,
    lifted_by bigint,
    lifted_at timestamptz
);
-- one at a time in a city; the city 0 is all of them
CREATE UNIQUE INDEX block_account ON block (account, coalesce(city, 0)) WHERE lifted_at IS NULL;
CREATE INDEX block_city ON block (city, at) WHERE lifted_at IS NULL;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="rights", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
