"""What the map draws of areas from far: simpler shapes of the same edges, one for each band of zooms.

An area without a drawing is drawn as it is: `python -m api areas draw` makes them, as does every loading.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-22T15:42:00"
DDL = """
CREATE TABLE area_drawing (
    area bigint NOT NULL REFERENCES area ON DELETE CASCADE,
    band integer NOT NULL,
    shape geometry(MultiPolygon, 4326) NOT NULL,
    PRIMARY KEY (area, band)
);
ALTER TABLE area_drawing ALTER shape SET STORAGE EXTERNAL;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="geo", description=__doc__)

    async def run() -> None:
        await engine_finder().current_transaction.get().connection.execute(DDL)

    manager.add_raw(run)
    return manager
