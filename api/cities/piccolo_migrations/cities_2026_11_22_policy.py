"""Promises as versions, and who changed what of a city's configuration."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from api.piccolo_conf import DB

ID = "2026-11-22T15:30:00"
DDL = """
-- a version is written once: which one a clock follows is decided by the moment at which the clock started
CREATE TABLE sla_policy (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    city_id int NOT NULL REFERENCES city ON DELETE CASCADE,
    version int NOT NULL CHECK (version > 0),
    name text NOT NULL,
    source text NOT NULL,
    effective_from timestamptz NOT NULL,
    made_at timestamptz NOT NULL,
    made_by bigint,
    -- percent of a clock at which the coordinator, then area head and operator, then the inspectorate is told
    escalate_at smallint[] NOT NULL DEFAULT '{75,100,200}'
        CHECK (cardinality(escalate_at) = 3 AND 0 < escalate_at[1] AND escalate_at[1] < escalate_at[2]
               AND escalate_at[2] < escalate_at[3] AND escalate_at[3] <= 1000),
    UNIQUE (city_id, version),
    UNIQUE (city_id, effective_from),
    UNIQUE (city_id, id)
);
-- what a version says otherwise than the national defaults; the category's own number goes before the class's
CREATE TABLE sla_promise (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    city_id int NOT NULL,
    policy_id int NOT NULL,
    clock text NOT NULL,
    category_id int,
    resolve_class text CHECK (resolve_class IN ('minor', 'normative', 'non_oversight', 'oversight')),
    days smallint NOT NULL CHECK (days BETWEEN 1 AND 365),
    extension_days smallint NOT NULL DEFAULT 0 CHECK (extension_days BETWEEN 0 AND 365),
    source text NOT NULL,
    FOREIGN KEY (city_id, policy_id) REFERENCES sla_policy (city_id, id) ON DELETE CASCADE,
    FOREIGN KEY (city_id, category_id) REFERENCES category (city_id, id)
);
CREATE UNIQUE INDEX sla_promise_once ON sla_promise
    (policy_id, clock, coalesce(category_id, 0), coalesce(resolve_class, ''));
CREATE FUNCTION sla_policy_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a version of a policy is never changed: make a new one';
END $$;
CREATE TRIGGER sla_policy_stays BEFORE UPDATE ON sla_policy FOR EACH ROW EXECUTE FUNCTION sla_policy_stays();
CREATE TRIGGER sla_promise_stays BEFORE UPDATE ON sla_promise FOR EACH ROW EXECUTE FUNCTION sla_policy_stays();

-- the ledger of administration; no foreign keys, so that it outlives what it tells of
CREATE TABLE city_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    city_id int NOT NULL,
    at timestamptz NOT NULL,
    account bigint,
    what text NOT NULL,
    key text NOT NULL,
    before jsonb,
    after jsonb,
    CHECK (before IS NOT NULL OR after IS NOT NULL)
);
CREATE INDEX city_change_city ON city_change (city_id, id);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['sla_policy', 'sla_promise']
    LOOP
        EXECUTE format('CREATE TRIGGER cities_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION cities_changed()', name);
    END LOOP;
END $$;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="cities", description=__doc__)

    async def run() -> None:
        transaction = DB.current_transaction.get()
        assert transaction is not None
        await transaction.connection.execute(DDL)

    manager.add_raw(run)
    return manager
