"""The same quota for each device of an account: half of the account's."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T16:12:00"
DDL = """
CREATE TABLE photo_device_quota (
    device uuid PRIMARY KEY,
    hour timestamptz NOT NULL,
    photos integer NOT NULL,
    day date NOT NULL,
    bytes bigint NOT NULL
) WITH (fillfactor = 70);

DROP FUNCTION photo_expect(jsonb, bigint, timestamptz, integer, bigint);

-- plpgsql keeps its plan, and most reports of a busy day announce nothing. What is refused here is undone
-- with the caller's transaction, the count included.
CREATE FUNCTION photo_expect(photos jsonb, owner bigint, now timestamptz, device uuid DEFAULT NULL,
    per_hour integer DEFAULT 120, bytes_per_day bigint DEFAULT 500000000) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    used photo_quota;
    by_device photo_device_quota;
    announced integer;
    weight bigint;
BEGIN
    IF photos IS NULL OR photos = '[]' THEN
        RETURN;
    END IF;
    INSERT INTO photo (id, owner, size, type, sha256, expected_at)
    SELECT one.id, photo_expect.owner, one.size, one.type, decode(one.sha256, 'hex'), photo_expect.now
    FROM jsonb_to_recordset(photos) AS one (id uuid, size integer, type text, sha256 text);

    SELECT count(*), sum(one.size) INTO announced, weight
    FROM jsonb_to_recordset(photo_expect.photos) AS one (size integer);

    INSERT INTO photo_quota AS quota (owner, hour, photos, day, bytes)
    VALUES (photo_expect.owner, date_trunc('hour', photo_expect.now), announced,
        (photo_expect.now AT TIME ZONE 'UTC')::date, weight)
    ON CONFLICT ON CONSTRAINT photo_quota_pkey DO UPDATE SET
        photos = EXCLUDED.photos + CASE quota.hour WHEN EXCLUDED.hour THEN quota.photos ELSE 0 END,
        bytes = EXCLUDED.bytes + CASE quota.day WHEN EXCLUDED.day THEN quota.bytes ELSE 0 END,
        hour = EXCLUDED.hour, day = EXCLUDED.day
    RETURNING quota.* INTO used;
    IF photo_expect.device IS NOT NULL THEN
        INSERT INTO photo_device_quota AS quota (device, hour, photos, day, bytes)
        VALUES (photo_expect.device, date_trunc('hour', photo_expect.now), announced,
            (photo_expect.now AT TIME ZONE 'UTC')::date, weight)
        ON CONFLICT ON CONSTRAINT photo_device_quota_pkey DO UPDATE SET
            photos = EXCLUDED.photos + CASE quota.hour WHEN EXCLUDED.hour THEN quota.photos ELSE 0 END,
            bytes = EXCLUDED.bytes + CASE quota.day WHEN EXCLUDED.day THEN quota.bytes ELSE 0 END,
            hour = EXCLUDED.hour, day = EXCLUDED.day
        RETURNING quota.* INTO by_device;
    END IF;
    IF used.photos > per_hour OR by_device.photos > per_hour / 2 THEN
        RAISE EXCEPTION 'photo_quota hour';
    ELSIF used.bytes > bytes_per_day OR by_device.bytes > bytes_per_day / 2 THEN
        RAISE EXCEPTION 'photo_quota day';
    END IF;
END
$$;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="media", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
