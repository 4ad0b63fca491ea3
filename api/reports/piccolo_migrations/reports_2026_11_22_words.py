"""The words of reports, for the search of staff; the same expression as in search.py."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T16:47:00"
DDL = """
CREATE INDEX report_words ON report USING gin (to_tsvector('indonesian', text || ' ' || address));
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="reports", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
