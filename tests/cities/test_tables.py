"""The Piccolo tables say what the database says."""

import pytest
from piccolo.table import Table

from api.cities import tables
from api.piccolo_conf import DB

TABLES = [
    tables.City,
    tables.CityRegency,
    tables.Agency,
    tables.CategoryGroup,
    tables.Category,
    tables.RoutingRule,
    tables.Holiday,
    tables.CityVersion,
]

COLUMNS = """
SELECT attname AS name, NOT attnotnull AS nullable
FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped
"""


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table._meta.tablename)
async def test_a_table_class_has_the_columns_of_its_table(table: type[Table]):
    columns = {row["name"]: row["nullable"] for row in await DB.fetch(COLUMNS, table._meta.tablename)}

    assert {column._meta.name: column._meta.null for column in table._meta.columns} == columns
