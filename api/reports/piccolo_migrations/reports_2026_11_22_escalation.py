"""When a clock must be looked at again, and who has been told that it runs out."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T15:30:00"
DDL = """
-- the next moment at which somebody must hear of the clock; a new or moved one is looked at by the next round
ALTER TABLE report_clock ADD COLUMN look_at timestamptz NOT NULL DEFAULT '-infinity';
-- in place of the one on due_at, so that a report costs no index more; metrics count due_at from it
DROP INDEX report_clock_due;
CREATE INDEX report_clock_look ON report_clock (look_at) INCLUDE (due_at)
    WHERE stopped_at IS NULL AND due_at IS NOT NULL;

-- each level of a clock once: 1 coordinator, 2 area head and operator, 3 inspectorate
CREATE TABLE escalation (
    report bigint NOT NULL,
    clock text NOT NULL,
    started_at timestamptz NOT NULL,
    level smallint NOT NULL CHECK (level BETWEEN 1 AND 3),
    due_at timestamptz NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (report, clock, started_at, level)
);

-- asked by administration: what a report or a grant names is closed, never deleted
CREATE FUNCTION agency_in_use(agency integer) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM role_grant AS g WHERE g.agency = agency_in_use.agency)
        OR EXISTS (SELECT FROM report AS r WHERE r.agency = agency_in_use.agency)
        OR EXISTS (SELECT FROM report_event AS e WHERE e.agency = agency_in_use.agency);
END $$;
CREATE FUNCTION category_in_use(category integer) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM report AS r WHERE r.category = category_in_use.category);
END $$;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="reports", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
