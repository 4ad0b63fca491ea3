"""Spatial SQL composed with GeoAlchemy2 from the Piccolo tables, and compiled once to asyncpg's `$n` text.

SQLAlchemy serves as a compiler only: no engine, no session. Statements run on Piccolo's transaction or pool
like any other; compiling at each call would cost more than most of them. For SQL that is composed (tiles and
their filters); what is fixed and clearer as text stays text.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import geoalchemy2
import sqlalchemy as sa
from piccolo.columns import BigInt, Boolean, Column, ForeignKey, Integer, Serial, Text, Timestamptz
from piccolo.columns import Date as PiccoloDate
from piccolo.table import Table
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from geo.columns import Geometry
from geo.engine import engine

DIALECT = PGDialect_asyncpg()
METADATA = sa.MetaData()


class Spatial(geoalchemy2.Geometry):
    """GeoAlchemy2's operators; the values travel through asyncpg's own codec, so without its text wrapping."""

    cache_ok = True

    def bind_expression(self, bindvalue: Any) -> Any:
        return bindvalue

    def column_expression(self, col: Any) -> Any:
        return col


TYPES: list[tuple[type[Column], Callable[[Any], sa.types.TypeEngine[Any]]]] = [
    (Geometry, lambda column: Spatial(column.geometry_type, srid=column.srid)),
    (BigInt, lambda _: sa.BigInteger()),
    (ForeignKey, lambda column: type_of(column._foreign_key_meta.resolved_target_column)),
    (Serial, lambda _: sa.Integer()),
    (Integer, lambda _: sa.Integer()),
    (Boolean, lambda _: sa.Boolean()),
    (Timestamptz, lambda _: sa.DateTime(timezone=True)),
    (PiccoloDate, lambda _: sa.Date()),
    (Text, lambda _: sa.Text()),
]


def type_of(column: Column) -> sa.types.TypeEngine[Any]:
    for kind, make in TYPES:
        if isinstance(column, kind):
            return make(column)
    raise TypeError(f"no SQL type is known for {column!r}")


@cache
def table_of(table: type[Table]) -> sa.Table:
    """One definition of the schema: SQLAlchemy's is derived from Piccolo's."""
    columns = (sa.Column(column._meta.db_column_name, type_of(column)) for column in table._meta.columns)
    return sa.Table(table._meta.tablename, METADATA, *columns)


def constant(value: str | float | bool) -> sa.ColumnElement[Any]:
    """Stays in the text, where the planner sees it; only what a caller asks becomes `$n`."""
    return sa.literal_column(str(sa.literal(value).compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})))


class Statement:
    """A statement as text, and the order of its parameters."""

    def __init__(self, statement: sa.Select[Any]) -> None:
        compiled = statement.compile(dialect=DIALECT)
        self.sql = compiled.string
        self.names = tuple(compiled.positiontup or ())

    async def scalar(self, **values: object) -> Any:
        """The first column of the first row. A missing parameter is a KeyError."""
        rows = await engine().fetch(self.sql, *(values[name] for name in self.names))
        return rows[0][0]
