"""Webhooks: where a city's or an agency's own system hears of changes, how far it has heard, and every attempt.

No row is written when a report changes: each webhook has its own place in the order of changes.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T15:52:00"
DDL = """
CREATE TABLE webhook (
    id uuid PRIMARY KEY,
    city integer NOT NULL,
    agency integer,
    url text NOT NULL CHECK (url LIKE 'https://%'),
    secret_sealed bytea NOT NULL,
    added_by bigint NOT NULL,
    added_at timestamptz NOT NULL,
    -- all changes up to here have been told: transaction and report
    xid bigint NOT NULL,
    report bigint NOT NULL,
    next_at timestamptz NOT NULL,
    leased_until timestamptz,
    failures integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    disabled_at timestamptz
);
CREATE INDEX webhook_due ON webhook (next_at) WHERE disabled_at IS NULL;

CREATE TABLE webhook_attempt (
    delivery uuid PRIMARY KEY,
    webhook uuid NOT NULL REFERENCES webhook ON DELETE CASCADE,
    at timestamptz NOT NULL,
    changes integer NOT NULL,
    status integer,
    fault text NOT NULL,
    took_ms integer NOT NULL
);
CREATE INDEX webhook_attempt_newest ON webhook_attempt (webhook, at DESC);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="public", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
