"""Agencies, category groups, categories and rules: read, added, changed and taken away, each with its ledger row.

The city's row is locked by every change, so that two admins follow each other and no tree is bent by both at once.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Generic, Protocol, TypeVar

import asyncpg
import msgspec
from piccolo.table import Table

from api.cities.entry_schemas import AgencyListed, Body, CategoryListed, GroupListed, RuleListed
from api.cities.errors import EntryUnknown, MatchFailed, StillInUse
from api.cities.ledger import Author, record
from api.cities.tables import Agency, Category, CategoryGroup, RoutingRule
from api.errors import FieldRefused
from api.piccolo_conf import DB


class Listed(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def key(self) -> str: ...


Entry = TypeVar("Entry", bound=Listed)
# Constraint of the database → the field at fault and the words.
FAULTS = {
    "agency_city_id_key_key": ("key", "key-taken"),
    "category_group_city_id_key_key": ("key", "key-taken"),
    "category_city_id_key_key": ("key", "key-taken"),
    "routing_rule_once": ("category", "rule-twice"),
    "routing_rule_check": ("group", "rule-of-both"),
    "agency_check": ("parent", "parent-loop"),
}


class Kind(msgspec.Struct, Generic[Entry], frozen=True):
    """One list of a city. `refers`: field of the body → table and column; `broken`: true for a row that must not be."""

    name: str
    table: type[Table]
    shown: type[Entry]
    sql: str
    refers: Mapping[str, tuple[type[Table], str]] = {}
    broken: tuple[str, str, str] | None = None
    in_use: str = "SELECT false, $1::int"


AGENCIES = """
SELECT jsonb_build_object('id', a.id, 'key', a.key, 'name', a.name, 'kind', a.kind, 'parent', parent.key,
    'active', a.active)::text AS entry
FROM agency AS a LEFT JOIN agency AS parent ON parent.id = a.parent_id
WHERE a.city_id = $1 AND ($2::int IS NULL OR a.id = $2) ORDER BY a.id
"""
IS_ITS_OWN_PARENT = """
-- from its parent upwards: does the way come back to it?
WITH RECURSIVE above AS (
    SELECT parent_id FROM agency WHERE id = $1
    UNION SELECT a.parent_id FROM agency AS a JOIN above ON a.id = above.parent_id
)
SELECT EXISTS (SELECT FROM above WHERE parent_id = $1)
"""
GROUPS = """
SELECT jsonb_build_object('id', g.id, 'key', g.key, 'name_id', g.name_id, 'name_en', g.name_en, 'rank', g.rank)::text
    AS entry
FROM category_group AS g WHERE g.city_id = $1 AND ($2::int IS NULL OR g.id = $2) ORDER BY g.rank, g.id
"""
CATEGORIES = """
SELECT (to_jsonb(c) || jsonb_build_object('group', g.key))::text AS entry
FROM category AS c JOIN category_group AS g ON g.id = c.group_id
WHERE c.city_id = $1 AND ($2::int IS NULL OR c.id = $2) ORDER BY g.rank, c.rank, c.id
"""
RULES = """
SELECT jsonb_build_object('id', r.id, 'agency', a.key, 'category', c.key, 'group', g.key, 'area', r.area_code)::text
    AS entry
FROM routing_rule AS r JOIN agency AS a ON a.id = r.agency_id
LEFT JOIN category AS c ON c.id = r.category_id LEFT JOIN category_group AS g ON g.id = r.group_id
WHERE r.city_id = $1 AND ($2::int IS NULL OR r.id = $2) ORDER BY r.id
"""
LEADS_ELSEWHERE = """
SELECT EXISTS (
    SELECT FROM routing_rule AS r WHERE r.id = $1 AND r.area_code IS NOT NULL AND NOT EXISTS (
        SELECT FROM city_regency AS c WHERE c.city_id = r.city_id AND left(r.area_code, 5) = c.code))
"""

AGENCY = Kind(
    "agency",
    Agency,
    AgencyListed,
    AGENCIES,
    {"parent": (Agency, "parent_id")},
    (IS_ITS_OWN_PARENT, "parent", "parent-loop"),
    "SELECT agency_in_use($1)",
)
GROUP = Kind("category_group", CategoryGroup, GroupListed, GROUPS)
CATEGORY = Kind(
    "category",
    Category,
    CategoryListed,
    CATEGORIES,
    {"group": (CategoryGroup, "group_id")},
    None,
    "SELECT category_in_use($1)",
)
RULE = Kind(
    "routing_rule",
    RoutingRule,
    RuleListed,
    RULES,
    {
        "agency": (Agency, "agency_id"),
        "category": (Category, "category_id"),
        "group": (CategoryGroup, "group_id"),
        "area": (RoutingRule, "area_code"),
    },
    (LEADS_ELSEWHERE, "area", "area-elsewhere"),
)


async def read_entries(kind: Kind[Entry], city: int, entry: int | None = None) -> list[Entry]:
    rows = await DB.fetch(kind.sql, city, entry)
    return [msgspec.json.decode(row["entry"], type=kind.shown) for row in rows]


async def city_of_entry(kind: Kind[Entry], entry: int) -> int:
    """Raises EntryUnknown."""
    found = await kind.table.select(kind.table._meta.get_column_by_name("city_id")).where(
        kind.table._meta.primary_key == entry
    )
    if not found:
        raise EntryUnknown
    city: int = found[0]["city_id"]
    return city


async def read_entry(kind: Kind[Entry], city: int, entry: int) -> Entry:
    """Raises EntryUnknown."""
    found = await read_entries(kind, city, entry)
    if not found:
        raise EntryUnknown
    return found[0]


def etag_of(entry: object) -> str:
    return f'"{hashlib.blake2b(msgspec.json.encode(entry), digest_size=12).hexdigest()}"'


def check_match(entry: object, match: str) -> None:
    """Raises MatchFailed."""
    if match not in ("*", etag_of(entry)):
        raise MatchFailed(etag_of(entry))


LOCK = "SELECT id FROM city WHERE id = $1 FOR UPDATE"


async def add_entry(kind: Kind[Entry], city: int, body: Body, author: Author) -> Entry:
    """Raises FieldRefused."""
    async with DB.transaction():
        await DB.fetch(LOCK, city)
        values = await _columns(kind, city, body)
        (made,) = await _written(kind.table.insert(kind.table(city_id=city, **values)))
        return await _settled(kind, city, made["id"], None, author)


class Meant(msgspec.Struct, frozen=True):
    """Which entry, and the ETag that it had when the change was thought of."""

    entry: int
    match: str


async def change_entry(kind: Kind[Entry], city: int, meant: Meant, body: Body, author: Author) -> Entry:
    """Raises EntryUnknown, MatchFailed, FieldRefused."""
    async with DB.transaction():
        before = await _meant(kind, city, meant)
        values = await _columns(kind, city, body)
        if values:
            await _written(kind.table.update(values).where(kind.table._meta.primary_key == meant.entry))
        return await _settled(kind, city, meant.entry, before, author)


async def remove_entry(kind: Kind[Entry], city: int, meant: Meant, author: Author) -> Entry | None:
    """None when it is gone; what reports or grants name is closed instead.

    Raises EntryUnknown, MatchFailed, StillInUse.
    """
    async with DB.transaction():
        before = await _meant(kind, city, meant)
        if not (await DB.fetch(kind.in_use, meant.entry))[0][0] and await _is_deleted(kind, meant.entry):
            await record(city, author, kind.name, before.key, (before, None))
            return None
        if not hasattr(before, "active"):
            raise StillInUse
        await kind.table.update({"active": False}).where(kind.table._meta.primary_key == meant.entry)
        return await _settled(kind, city, meant.entry, before, author)


async def _meant(kind: Kind[Entry], city: int, meant: Meant) -> Entry:
    """As it stands before the change, under the city's lock. Raises EntryUnknown, MatchFailed."""
    await DB.fetch(LOCK, city)
    before = await read_entry(kind, city, meant.entry)
    check_match(before, meant.match)
    return before


async def _is_deleted(kind: Kind[Entry], entry: int) -> bool:
    """False when something else of the city names it."""
    try:
        async with DB.transaction():
            await kind.table.delete().where(kind.table._meta.primary_key == entry)
    except asyncpg.ForeignKeyViolationError:
        return False
    return True


async def _written(query: Any) -> Any:
    """Raises FieldRefused for what the database does not take."""
    try:
        return await query
    except (asyncpg.UniqueViolationError, asyncpg.CheckViolationError) as error:
        fault = FAULTS.get(error.constraint_name or "")
        if fault is None:
            raise
        raise FieldRefused(*fault) from error


async def _settled(kind: Kind[Entry], city: int, entry: int, before: Entry | None, author: Author) -> Entry:
    """As it stands now, checked and in the ledger. Raises FieldRefused."""
    if kind.broken:
        sql, field, key = kind.broken
        if (await DB.fetch(sql, entry))[0][0]:
            raise FieldRefused(field, key)
    after = await read_entry(kind, city, entry)
    if before != after:
        await record(city, author, kind.name, after.key, (before, after))
    return after


async def _columns(kind: Kind[Entry], city: int, body: Body) -> dict[Any, Any]:
    """The fields of the body as columns, with the ids that its keys stand for."""
    columns: dict[Any, Any] = {}
    for field, value in body.sent().items():
        table, column = kind.refers.get(field, (kind.table, field))
        if value is not None and field in kind.refers and column.endswith("_id"):
            columns[column] = await _id_of(table, city, str(value), field)
        else:
            columns[column] = msgspec.json.encode(value).decode() if field == "questions" else value
    return columns


async def _id_of(table: type[Table], city: int, key: str, field: str) -> int:
    column = table._meta.get_column_by_name
    found = await table.select(table._meta.primary_key).where(column("city_id") == city, column("key") == key)
    if not found:
        raise FieldRefused(field, "entry-unknown", entry=key)
    entry: int = found[0]["id"]
    return entry
