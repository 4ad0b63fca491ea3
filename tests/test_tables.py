"""Piccolo's classes say what the database says: same columns, same nullability, nothing forgotten."""

import pytest
from piccolo.table import Table

from api.piccolo_conf import APP_REGISTRY, DB

TABLES = [table for app in APP_REGISTRY.app_configs.values() for table in app.table_classes]

COLUMNS = """
SELECT attname AS name, NOT attnotnull AS is_null FROM pg_attribute
WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped
"""


@pytest.mark.parametrize("table", TABLES, ids=lambda table: str(table._meta.tablename))
async def test_a_class_has_the_columns_of_its_table(table: type[Table]):
    rows = await DB.fetch(COLUMNS, table._meta.tablename)
    declared = {column._meta.db_column_name: column._meta.null for column in table._meta.columns}
    assert declared == {row["name"]: row["is_null"] for row in rows}


async def test_every_table_has_a_class():
    rows = await DB.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND relname NOT IN ('migration', 'spatial_ref_sys')"
    )
    assert {table._meta.tablename for table in TABLES} == {row["relname"] for row in rows}


async def test_no_table_stands_in_two_rooms():
    names = [table._meta.tablename for table in TABLES]
    assert len(names) == len(set(names))
