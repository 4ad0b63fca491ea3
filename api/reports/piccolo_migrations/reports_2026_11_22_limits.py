"""How many reports an account, and each of its devices, may send in an hour and a day."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T16:23:00"
DDL = """
CREATE TABLE report_device (
    device uuid PRIMARY KEY,
    hour timestamptz NOT NULL,
    reports integer NOT NULL
) WITH (fillfactor = 70);

DROP INDEX report_event_commenter;
CREATE INDEX report_event_commenter ON report_event (actor, at) WHERE kind = 'comment';

-- Reads the newest few reports of the account by its index, and writes nothing, unless the account is past what an
-- unknown one may. A linked phone may three times as much, each of its devices a third of that.
CREATE FUNCTION report_allow(born bigint, author bigint, author_session bigint, now timestamptz,
    per_hour integer, per_day integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    recent record;
    share integer := 1;
    own report_device;
BEGIN
    IF per_hour IS NULL THEN
        RETURN;
    END IF;
    SELECT count(*) FILTER (WHERE r.created_at > now - interval '1 hour') AS in_hour, count(*) AS in_day,
        min(r.created_at) FILTER (WHERE r.created_at > now - interval '1 hour') AS hour_since,
        min(r.created_at) AS day_since
    INTO recent
    FROM (SELECT report.created_at FROM report WHERE report.account = author AND report.id < born
          ORDER BY report.id DESC LIMIT 3 * per_day) AS r
    WHERE r.created_at > now - interval '1 day' AND r.created_at <= now;
    IF recent.in_hour < per_hour AND recent.in_day < per_day THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM account_phone WHERE account_phone.account = author) THEN
        share := 3;
        INSERT INTO report_device AS d (device, hour, reports)
        SELECT s.family, date_trunc('hour', now), 1 FROM session AS s WHERE s.id = author_session
        ON CONFLICT (device) DO UPDATE SET hour = EXCLUDED.hour,
            reports = 1 + CASE d.hour WHEN EXCLUDED.hour THEN d.reports ELSE 0 END
        RETURNING d.* INTO own;
    END IF;
    IF recent.in_hour >= share * per_hour OR own.reports > per_hour THEN
        RAISE EXCEPTION 'report_limit hour % %', share * per_hour,
            ceil(extract(epoch FROM recent.hour_since + interval '1 hour' - now));
    ELSIF recent.in_day >= share * per_day THEN
        RAISE EXCEPTION 'report_limit day % %', share * per_day,
            ceil(extract(epoch FROM recent.day_since + interval '1 day' - now));
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
