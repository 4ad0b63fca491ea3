"""Of a telling to several, the text message is worth it to those only to whom the notice is of the named kind."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T16:03:00"

WORTH_SMS = """
CREATE OR REPLACE FUNCTION push_is_worth_sms(told notification) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    -- what matters, to who has no app, and of that three a day: each costs the city, and rings
    RETURN coalesce(told.params ->> 'by_sms' = told.kind, false)
        AND NOT EXISTS (
            SELECT FROM address AS a WHERE a.recipient = told.recipient AND a.kind IN ('fcm', 'fid', 'webpush'))
        AND 3 > (
            SELECT count(*) FROM notification AS n JOIN delivery AS d ON d.notification = n.seq
            WHERE n.recipient = told.recipient AND n.created_at > told.created_at - interval '1 day'
              AND d.kind = 'sms' AND d.state NOT IN ('superseded', 'expired', 'unconfigured'));
END $$;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="push", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(WORTH_SMS)

    manager.add_raw(run)
    return manager
