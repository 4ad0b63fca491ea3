"""Cities, their agencies, categories, routing rules and days off."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from api.piccolo_conf import DB

ID = "2026-11-22T10:00:00"
DDL = """
CREATE TABLE city (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL UNIQUE CHECK (code ~ '^[0-9]{2}([.][0-9]{2})?$'),
    name text NOT NULL,
    timezone text NOT NULL CHECK (timezone IN ('Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura')),
    call_centre text,
    open_data_licence text NOT NULL,
    office_opens time NOT NULL DEFAULT '07:30',
    office_closes time NOT NULL DEFAULT '16:00',
    days_off smallint[] NOT NULL DEFAULT '{6,7}'
        CHECK (days_off <@ '{1,2,3,4,5,6,7}' AND cardinality(days_off) < 7),
    added_at timestamptz NOT NULL,
    CHECK (office_opens < office_closes)
);
-- usually one row a city; the province of Jakarta answers for six regency codes
CREATE TABLE city_regency (
    code text PRIMARY KEY CHECK (code ~ '^[0-9]{2}[.][0-9]{2}$'),
    city_id int NOT NULL REFERENCES city ON DELETE CASCADE
);
CREATE INDEX city_regency_city ON city_regency (city_id);
-- the unique (city_id, id) lets the tables below refuse a row of another city
CREATE TABLE agency (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    city_id int NOT NULL REFERENCES city ON DELETE CASCADE,
    parent_id int,
    key text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('agency', 'unit', 'area_office', 'outside')),
    active boolean NOT NULL DEFAULT true,
    UNIQUE (city_id, key),
    UNIQUE (city_id, id),
    FOREIGN KEY (city_id, parent_id) REFERENCES agency (city_id, id),
    CHECK (parent_id <> id)
);
CREATE TABLE category_group (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    city_id int NOT NULL REFERENCES city ON DELETE CASCADE,
    key text NOT NULL,
    name_id text NOT NULL,
    name_en text NOT NULL,
    rank smallint NOT NULL,
    UNIQUE (city_id, key),
    UNIQUE (city_id, id)
);
CREATE TABLE category (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    city_id int NOT NULL REFERENCES city ON DELETE CASCADE,
    group_id int NOT NULL,
    key text NOT NULL CHECK (key ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    name_id text NOT NULL,
    name_en text NOT NULL,
    resolve_class text NOT NULL CHECK (resolve_class IN ('minor', 'normative', 'non_oversight', 'oversight')),
    needs_evidence boolean NOT NULL DEFAULT true,
    is_emergency boolean NOT NULL DEFAULT false,
    private_place boolean NOT NULL DEFAULT false,
    default_visibility text NOT NULL DEFAULT 'public'
        CHECK (default_visibility IN ('public', 'restricted', 'secret')),
    questions jsonb NOT NULL DEFAULT '[]',
    rank smallint NOT NULL,
    active boolean NOT NULL DEFAULT true,
    UNIQUE (city_id, key),
    UNIQUE (city_id, id),
    FOREIGN KEY (city_id, group_id) REFERENCES category_group (city_id, id)
);
CREATE INDEX category_group_of ON category (group_id);
CREATE TABLE routing_rule (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    city_id int NOT NULL REFERENCES city ON DELETE CASCADE,
    category_id int,
    group_id int,
    area_code text CHECK (area_code ~ '^[0-9]{2}[.][0-9]{2}([.][0-9]{2}([.][0-9]{4})?)?$'),
    agency_id int NOT NULL,
    FOREIGN KEY (city_id, category_id) REFERENCES category (city_id, id),
    FOREIGN KEY (city_id, group_id) REFERENCES category_group (city_id, id),
    FOREIGN KEY (city_id, agency_id) REFERENCES agency (city_id, id),
    CHECK (category_id IS NULL OR group_id IS NULL)
);
-- two rules for the same matter and area would contradict each other
CREATE UNIQUE INDEX routing_rule_once ON routing_rule
    (city_id, coalesce(category_id, 0), coalesce(group_id, 0), coalesce(area_code, ''));
CREATE TABLE holiday (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    city_id int REFERENCES city ON DELETE CASCADE,
    date date NOT NULL,
    name text NOT NULL,
    is_working_day boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX holiday_once ON holiday (coalesce(city_id, 0), date);

-- Every API process keeps a copy of these tables: NOTIFY tells it at once that the copy is old,
-- and the version tells whoever did not hear it. Random, so that a restored backup differs as well.
CREATE TABLE city_version (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version uuid NOT NULL
);
CREATE FUNCTION cities_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO city_version (version) VALUES (gen_random_uuid())
    ON CONFLICT (one) DO UPDATE SET version = EXCLUDED.version;
    PERFORM pg_notify('cities', '');
    RETURN NULL;
END $$;
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY
        ARRAY['city', 'city_regency', 'agency', 'category_group', 'category', 'routing_rule', 'holiday']
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
