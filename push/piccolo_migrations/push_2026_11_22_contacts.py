"""Text messages and e-mail: further kinds of address, and when a notice goes by text message."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T16:01:00"

DDL = """
ALTER TABLE address DROP CONSTRAINT address_kind_check;
ALTER TABLE address ADD CONSTRAINT address_kind_check CHECK (kind IN ('fcm', 'fid', 'webpush', 'sms', 'email'));
"""

NOTIFY = """
CREATE OR REPLACE FUNCTION push_notify(
    recipient bigint, subject uuid, rev integer, kind text, params jsonb, now timestamptz, valid interval
) RETURNS uuid LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    told notification%ROWTYPE;
BEGIN
    -- one inbox grows in the order of commits, else a reader's cursor could pass a row that is not yet visible;
    -- whoever notifies several recipients in one transaction does it in ascending order
    PERFORM pg_advisory_xact_lock(hashtext('push_notify'), hashint8(push_notify.recipient));

    INSERT INTO notification AS n (recipient, subject, rev, kind, params, created_at, valid_until)
    VALUES (push_notify.recipient, push_notify.subject, push_notify.rev, push_notify.kind, push_notify.params,
            push_notify.now, push_notify.now + push_notify.valid)
    ON CONFLICT (recipient, subject, rev, kind) DO NOTHING
    RETURNING n.* INTO told;
    IF NOT FOUND THEN
        RETURN (SELECT n.mid FROM notification AS n
                WHERE n.recipient = push_notify.recipient AND n.subject = push_notify.subject
                  AND n.rev = push_notify.rev AND n.kind = push_notify.kind);
    END IF;

    -- what was not sent yet of older revisions is no longer worth sending
    UPDATE delivery AS d SET state = 'superseded', settled_at = push_notify.now, code = 'NEWER_REVISION'
    FROM notification AS older
    WHERE older.recipient = told.recipient AND older.subject = told.subject AND older.rev < told.rev
      AND d.notification = older.seq AND d.state = 'pending';

    -- a revision that comes late is born superseded: the delivery finds the newer one when it is leased
    INSERT INTO delivery (notification, address, kind, not_before)
    SELECT told.seq, a.id, a.kind, push_notify.now FROM address AS a WHERE a.recipient = told.recipient
    -- a kind that the recipient wants in the inbox only is sent nowhere
    AND NOT EXISTS (SELECT FROM inbox_only AS i WHERE i.recipient = told.recipient AND i.kind = told.kind)
    AND (a.kind <> 'sms' OR push_is_worth_sms(told));

    -- commits that notify wait for each other, so only when there is something to send
    IF FOUND THEN PERFORM pg_notify('push', ''); END IF;
    RETURN told.mid;
END $$;
"""

WORTH_SMS = """
CREATE FUNCTION push_is_worth_sms(told notification) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    -- what matters, to who has no app, and of that three a day: each costs the city, and rings
    RETURN told.params @> '{"by_sms": true}'
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
        connection = engine_finder().current_transaction.get().connection
        for statements in (DDL, WORTH_SMS, NOTIFY):
            await connection.execute(statements)

    manager.add_raw(run)
    return manager
