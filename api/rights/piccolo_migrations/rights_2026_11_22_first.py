"""Accounts that were erased, and who took a copy of the own data today."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T16:20:00"
DDL = """
CREATE TABLE erasure (
    account bigint PRIMARY KEY,
    redact_reports boolean NOT NULL,
    asked_at timestamptz NOT NULL,
    finished_at timestamptz
);
CREATE INDEX erasure_unfinished ON erasure (asked_at) WHERE finished_at IS NULL;

CREATE TABLE own_export (
    account bigint PRIMARY KEY,
    day date NOT NULL,
    taken smallint NOT NULL
);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="rights", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
