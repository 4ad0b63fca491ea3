"""Boundary versions and areas."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T10:00:00"
DDL = """
CREATE TABLE boundary_version (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    effective date NOT NULL,
    source text NOT NULL,
    licence text NOT NULL,
    quality text NOT NULL CHECK (quality IN ('official', 'approximate')),
    loaded_at timestamptz NOT NULL,
    activated_at timestamptz
);

CREATE TABLE area (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version integer NOT NULL REFERENCES boundary_version ON DELETE CASCADE,
    code text NOT NULL CHECK (code ~ '^\\d\\d\\.\\d\\d(\\.\\d\\d(\\.\\d{4})?)?$'),
    name text NOT NULL,
    local_term text NOT NULL,
    level text NOT NULL CHECK (level IN ('regency', 'district', 'village')),
    current boolean NOT NULL,
    site geometry(Point, 4326),
    shape geometry(MultiPolygon, 4326),
    outline geometry(MultiPolygon, 4326),
    UNIQUE (version, code)
);
-- uncompressed: pglz gains 8 % on coordinates, and unpacking them was most of a slow lookup (p99 7.8 ms -> 0.2 ms)
ALTER TABLE area ALTER shape SET STORAGE EXTERNAL, ALTER outline SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX area_current_code ON area (code text_pattern_ops) WHERE current;
CREATE INDEX area_current_shape ON area USING gist (shape) WHERE current;
CREATE INDEX area_current_outline ON area USING gist (outline) WHERE current AND outline IS NOT NULL;
-- names by any part of them: 150 ms without it on the nation's 92,000
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX area_current_name ON area USING gin (lower(name) gin_trgm_ops) WHERE current;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="geo", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
