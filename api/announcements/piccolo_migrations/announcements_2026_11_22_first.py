"""Announcements, and who wants to hear those of an area."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T16:05:00"

DDL = """
CREATE TABLE announcement (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    client_id uuid NOT NULL UNIQUE,
    city integer NOT NULL,
    area_code text NOT NULL,
    -- in words as it was then
    area_name text NOT NULL,
    title_id text NOT NULL,
    title_en text NOT NULL,
    body_id text NOT NULL,
    body_en text NOT NULL,
    is_urgent boolean NOT NULL,
    valid_until timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'public', 'withdrawn')),
    audience integer NOT NULL,
    written_by bigint NOT NULL,
    written_at timestamptz NOT NULL,
    released_by bigint,
    released_at timestamptz,
    withdrawn_by bigint,
    withdrawn_at timestamptz,
    CHECK (state <> 'public' OR released_at IS NOT NULL)
);
CREATE INDEX announcement_public ON announcement (valid_until) WHERE state = 'public';
CREATE INDEX announcement_city ON announcement (city, id);

CREATE TABLE area_subscription (
    account bigint NOT NULL,
    area_code text COLLATE "C" NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (account, area_code)
);
CREATE INDEX area_subscription_area ON area_subscription (area_code);
"""

AUDIENCE = """
CREATE FUNCTION announcement_audience(area text) RETURNS SETOF bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT heard.account FROM (
        -- who asked for this area, for one inside it, or for one around it
        SELECT s.account FROM area_subscription AS s
        WHERE s.area_code = area
            OR (s.area_code > area || '.' AND s.area_code < area || '/')
            OR s.area_code = ANY (ARRAY[left(area, 2), left(area, 5), left(area, 8)])
        UNION
        -- and who asked for wherever they report from
        SELECT s.account FROM area_subscription AS s
        WHERE s.area_code = 'reported' AND EXISTS (
            SELECT FROM report AS r WHERE r.account = s.account
            AND (r.village_code = area OR starts_with(r.village_code, area || '.')))
    ) AS heard
    JOIN account AS a ON a.id = heard.account AND a.disabled_at IS NULL AND a.merged_into IS NULL;
END $$;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="announcements", description=__doc__)

    async def run() -> None:
        connection = engine_finder().current_transaction.get().connection
        for statements in (DDL, AUDIENCE):
            await connection.execute(statements)

    manager.add_raw(run)
    return manager
