"""Whether others have just said the same: a digest of the words, compared within the village and the hour."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-12-01T15:10:00"
DDL = """
ALTER TABLE report ADD COLUMN text_digest bigint;

-- By the index on village and time; of a village that says very much, the newest only.
CREATE FUNCTION report_repeated(born bigint, author bigint, village text, digest bigint, now timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF digest IS NOT NULL AND (
        SELECT count(DISTINCT said.account) >= 2
        FROM (SELECT r.account, r.text_digest FROM report AS r
              WHERE r.village_code = village AND r.created_at > now - interval '1 hour' AND r.id < born
              ORDER BY r.created_at DESC, r.id DESC LIMIT 200) AS said
        WHERE said.text_digest = digest AND said.account <> author) THEN
        RAISE EXCEPTION 'report_repeated';
    END IF;
END
$$;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="reports", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
