"""Statistics: what counts of each public report, and the sums of each city and month that the worker keeps.

A report that changes is read again (by the transaction id of its change), its month becomes stale, and stale
months are counted anew. Times are kept as histograms of sixteen steps to the doubling: within 2.2 % of the truth.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T15:51:00"
DDL = """
CREATE TABLE statistic_fact (
    report bigint PRIMARY KEY,
    city integer NOT NULL,
    month date NOT NULL,
    agency integer,
    category integer NOT NULL,
    village_code text NOT NULL,
    is_open boolean NOT NULL,
    responded_s bigint,
    resolved_s bigint,
    -- of the promise to have it done: whether it was kept, or until when it still runs
    is_kept boolean,
    due_at timestamptz,
    is_closed boolean NOT NULL,
    is_unconfirmed boolean NOT NULL,
    is_disputed boolean NOT NULL,
    has_evidence boolean NOT NULL,
    is_flagged boolean NOT NULL
);
CREATE INDEX statistic_fact_month ON statistic_fact (city, month);
CREATE INDEX statistic_fact_due ON statistic_fact (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE statistic_stale (
    city integer NOT NULL,
    month date NOT NULL,
    PRIMARY KEY (city, month)
);

CREATE TABLE statistic (
    city integer NOT NULL,
    dimension text NOT NULL CHECK (dimension IN ('city', 'agency', 'category', 'village')),
    key text NOT NULL,
    month date NOT NULL,
    reports integer NOT NULL,
    open integer NOT NULL,
    closed integer NOT NULL,
    resolved integer NOT NULL,
    unconfirmed integer NOT NULL,
    disputed integer NOT NULL,
    promised integer NOT NULL,
    kept integer NOT NULL,
    evidenced integer NOT NULL,
    flagged integer NOT NULL,
    PRIMARY KEY (city, dimension, month, key)
);

CREATE TABLE statistic_time (
    city integer NOT NULL,
    dimension text NOT NULL,
    key text NOT NULL,
    month date NOT NULL,
    step text NOT NULL CHECK (step IN ('respond', 'resolve')),
    bucket smallint NOT NULL,
    reports integer NOT NULL,
    PRIMARY KEY (city, dimension, month, key, step, bucket)
);

-- how far the worker has read
CREATE TABLE statistic_reading (
    id integer PRIMARY KEY CHECK (id = 1),
    xid bigint NOT NULL,
    report bigint NOT NULL,
    at timestamptz NOT NULL
);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="public", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
