"""The report, its events, clocks and photos.

Ids are plain numbers: a foreign key to the city would lock its one row at every report, and one to the report
would be checked seven times for rows that the same statement writes. No report is ever deleted.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T12:00:00"
DDL = """
CREATE TABLE report (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    client_id uuid NOT NULL UNIQUE,
    tracking_id text NOT NULL UNIQUE,
    body_sha256 bytea NOT NULL,
    account bigint NOT NULL,
    channel text NOT NULL,
    report_type text NOT NULL,
    city integer NOT NULL,
    category integer NOT NULL,
    text text NOT NULL,
    address text NOT NULL,
    answers jsonb NOT NULL,
    visibility text NOT NULL CHECK (visibility IN ('public', 'restricted', 'secret')),
    is_anonymous boolean NOT NULL,
    location geometry(Point, 4326) NOT NULL,
    accuracy_m double precision,
    -- where it was resolved to, in the words and the boundaries of that day
    village_code text NOT NULL,
    boundary_version text NOT NULL,
    place jsonb NOT NULL,
    occurred_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    state text NOT NULL,
    version integer NOT NULL,
    agency integer,
    officer bigint,
    routing_reason text NOT NULL,
    evidence_by bigint,
    triaged_at timestamptz,
    last_hash bytea NOT NULL,
    -- who reads changes since a cursor compares it with the transactions then still open (worklist.py)
    changed_xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint
);
CREATE INDEX report_account ON report (account, id DESC);
-- the worklist: grants are joined by OR, which an index of each cannot answer in order; these give the order
CREATE INDEX report_changed ON report (changed_xid, id);
-- the states of api.reports.status.CLOSED, as in the statement OPEN of worklist.py
CREATE INDEX report_open ON report (id)
    WHERE state NOT IN ('closed', 'duplicate', 'rejected', 'resolved', 'withdrawn');
CREATE INDEX report_location ON report USING gist (location);

CREATE TABLE report_event (
    report bigint NOT NULL,
    version integer NOT NULL,
    client_id uuid NOT NULL UNIQUE,
    kind text NOT NULL,
    actor bigint,
    role text NOT NULL,
    grant_used bigint,
    from_state text,
    to_state text NOT NULL,
    agency integer,
    officer bigint,
    reason text NOT NULL,
    note text NOT NULL,
    internal_note text NOT NULL,
    evidence uuid[] NOT NULL,
    details jsonb NOT NULL,
    device_time timestamptz,
    at timestamptz NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (report, version)
);

CREATE TABLE report_clock (
    report bigint NOT NULL,
    clock text NOT NULL,
    started_at timestamptz NOT NULL,
    due_at timestamptz,
    pauses jsonb NOT NULL DEFAULT '[]',
    stopped_at timestamptz,
    PRIMARY KEY (report, clock, started_at)
);
CREATE INDEX report_clock_due ON report_clock (due_at) WHERE stopped_at IS NULL;

CREATE TABLE report_photo (
    photo uuid PRIMARY KEY,
    report bigint NOT NULL,
    account bigint NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('report', 'evidence')),
    position smallint NOT NULL
);
CREATE INDEX report_photo_report ON report_photo (report);

-- a report as it is read: with its clocks and the names of its photos
CREATE VIEW report_shown AS
SELECT r.id, r.client_id, r.tracking_id, r.account, r.report_type, r.city, r.category, r.text, r.address,
    r.answers::text AS answers, r.visibility, r.is_anonymous, ST_Y(r.location) AS lat, ST_X(r.location) AS lon,
    r.accuracy_m, r.village_code, r.place::text AS place, r.occurred_at, r.created_at, r.state, r.version, r.agency,
    r.officer, r.routing_reason, r.evidence_by, r.triaged_at, r.last_hash, r.changed_xid,
    (SELECT jsonb_agg(jsonb_build_object('clock', c.clock, 'started_at', c.started_at, 'due_at', c.due_at,
                                         'pauses', c.pauses, 'stopped_at', c.stopped_at) ORDER BY c.started_at, c.clock)
     FROM report_clock AS c WHERE c.report = r.id)::text AS clocks,
    (SELECT array_agg(p.photo::text || ' ' || p.purpose ORDER BY p.purpose DESC, p.position)
     FROM report_photo AS p WHERE p.report = r.id) AS photos,
    (SELECT account.language FROM account WHERE account.id = r.account) AS language
FROM report AS r;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="reports", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
