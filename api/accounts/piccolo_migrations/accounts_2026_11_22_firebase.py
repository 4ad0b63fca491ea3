"""Who a Firebase project's user is here."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T15:13:00"
DDL = """
CREATE TABLE firebase_identity (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project text NOT NULL,
    subject text NOT NULL,
    account bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    since timestamptz NOT NULL,
    UNIQUE (project, subject)
);
CREATE INDEX firebase_identity_account ON firebase_identity (account);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="accounts", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
