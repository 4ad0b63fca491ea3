"""How values are written in open data, and the keys of those who report through Open311."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T15:50:00"
DDL = """
-- RFC 3339 in UTC, whatever the session's zone
CREATE FUNCTION open_time(at timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');

-- always quoted; a spreadsheet must not take what a resident wrote for a formula
CREATE FUNCTION open_csv(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '"' || replace(CASE WHEN words ~ '^[[:space:]]*[=+@|%-]' THEN '''' || words ELSE coalesce(words, '') END,
                      '"', '""') || '"';

CREATE TABLE api_key (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_hash bytea NOT NULL UNIQUE,
    name text NOT NULL,
    city integer NOT NULL,
    account bigint NOT NULL,
    per_hour integer NOT NULL CHECK (per_hour > 0),
    hour timestamptz NOT NULL,
    used integer NOT NULL,
    added_at timestamptz NOT NULL,
    revoked_at timestamptz
);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="public", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
