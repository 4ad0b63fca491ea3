"""The chain covers commitments to words in place of the words, so that words can be erased and the chain still holds.

Events without seals were written before; their hash covers the words themselves.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T15:21:00"
DDL = """
-- {"note": ["salt", "sha256 of salt and words"]}; the salt goes with the words
ALTER TABLE report_event ADD COLUMN seals jsonb;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="reports", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
