from collections.abc import Awaitable, Callable

import pytest

from api.piccolo_conf import DB
from tests.journeys.conftest import town

__all__ = ["everything", "town"]

TABLES = """
SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    AND c.relname NOT IN ('spatial_ref_sys', 'area', 'area_part')
"""


@pytest.fixture
def everything() -> Callable[[], Awaitable[str]]:
    """All that the database holds, as text; bytes in hexadecimal."""

    async def read() -> str:
        tables = [row["relname"] for row in await DB.fetch(TABLES)]
        rows = [await DB.fetch(f"SELECT t::text FROM {table} AS t") for table in tables]
        return "\n".join(row["t"] for table in rows for row in table)

    return read
