"""Which public reports are meant: filters of a request, and their ids page by page, newest first.

A page looks at no more than WINDOW reports along an index, so that a rare wish cannot keep the database busy; it
may then hold fewer than were asked for, and `after` still leads on. Only a page without `after` is the last.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec

from api.database import Statement
from api.errors import FieldRefused
from api.piccolo_conf import DB
from geo.boxes import covering
from geo.mercator import position

WINDOW = 20_000
SMALL_BOX = 2_500  # points; a box with more of them is found faster by walking along the newest
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST, LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


class Box(msgspec.Struct, frozen=True):
    """Degrees. `west` may be greater than `east`: across the 180th meridian."""

    west: float
    south: float
    east: float
    north: float


class Key(msgspec.Struct, frozen=True):
    """The place of a report in the order: all lists go from the newest to the oldest."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // timedelta(microseconds=1)}-{self.id}"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is None matches all. `since` ≤ created < `until`; `area` is a code and covers its subtree."""

    city: int | None = None
    categories: tuple[int, ...] | None = None
    state: str | None = None
    is_open: bool | None = None
    area: str | None = None
    agencies: tuple[int, ...] | None = None
    box: Box | None = None
    since: datetime | None = None
    until: datetime | None = None
    updated_since: datetime | None = None

    @property
    def village(self) -> str | None:
        return self.area if self.area and len(self.area) == len("32.76.01.1001") else None


class Page(msgspec.Struct, frozen=True):
    """`after` leads to the next page; None when there is none."""

    ids: tuple[int, ...]
    after: Key | None


def read_key(cursor: str | None) -> Key | None:
    """Raises FieldRefused."""
    if not cursor:
        return None
    if not re.fullmatch("-?[0-9]{1,17}-[0-9]{1,18}", cursor):
        raise FieldRefused("cursor", "cursor-unreadable")
    at, _, number = cursor.rpartition("-")
    try:
        return Key(EPOCH + timedelta(microseconds=int(at)), int(number))
    except OverflowError:
        raise FieldRefused("cursor", "cursor-unreadable") from None


def read_box(written: str | None, field: str = "bbox") -> Box | None:
    """`west,south,east,north`; six numbers have heights at the third and sixth place. Raises FieldRefused."""
    if written is None:
        return None
    try:
        numbers = [float(part) for part in written.split(",")]
    except ValueError:
        raise FieldRefused(field, "box-unreadable") from None
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4:
        raise FieldRefused(field, "box-unreadable")
    box = Box(*numbers)
    if not (-180 <= box.west <= 180 and -180 <= box.east <= 180 and -90 <= box.south <= box.north <= 90):
        raise FieldRefused(field, "box-unreadable")
    return box


# Where the walk begins; each in the order of an index, whose columns are those of `ordered`.
WALKS = {
    "everywhere": "map_point AS p WHERE",
    "city": "map_point AS p WHERE p.city = :city AND",
    "village": "report AS v JOIN map_point AS p ON p.id = v.id WHERE v.village_code = :village AND",
    # OFFSET 0 keeps the planner from walking along the newest instead: it cannot know that the box is small.
    "box": "(SELECT near.* FROM unnest(:lows ::bigint[], :highs ::bigint[]) AS tile (low, high)"
    " JOIN map_point AS near ON near.qk >= tile.low AND near.qk < tile.high OFFSET 0) AS p WHERE",
}
CONDITIONS = {
    "city": "p.city = :city",
    "categories": "p.category = ANY (:categories ::int[])",
    "is_open": "p.is_open = :is_open",
    "state": "r.state = :state",
    "agencies": "r.agency = ANY (:agencies ::int[])",
    "area": "r.village_code LIKE :area",
    "box": "p.x BETWEEN :left AND :right AND p.y BETWEEN :top AND :bottom",
    "antimeridian": "(p.x >= :left OR p.x <= :right) AND p.y BETWEEN :top AND :bottom",
    "updated_since": "EXISTS (SELECT FROM report_event AS e WHERE e.report = r.id AND e.version = r.version"
    " AND e.at >= :updated_since)",
}
WALK = """
SELECT ordered.id, ordered.created_at, p.city, p.category, p.is_open, p.x, p.y
FROM {walk} ordered.created_at >= :since AND (ordered.created_at, ordered.id) < (:at, :id)
ORDER BY ordered.created_at DESC, ordered.id DESC
"""
CHOOSE = """
SELECT p.id, p.created_at FROM ({walk} LIMIT :window) AS p
JOIN report AS r ON r.id = p.id AND r.visibility = 'public'
WHERE {conditions}
ORDER BY p.created_at DESC, p.id DESC LIMIT :limit
"""


def _walk_sql(walk: str) -> str:
    return WALK.replace("{walk}", WALKS[walk]).replace("ordered.", "v." if walk == "village" else "p.")


# One statement for each combination: so each has a plan that suits it.
@cache
def choose_statement(walk: str, conditions: frozenset[str]) -> Statement:
    said = " AND ".join(CONDITIONS[name] for name in sorted(conditions)) or "true"
    return Statement(CHOOSE.replace("{walk}", _walk_sql(walk)).replace("{conditions}", said))


@cache
def horizon_statement(walk: str) -> Statement:
    return Statement(_walk_sql(walk) + "OFFSET :window - 1 LIMIT 1")


async def find(wanted: Wanted, after: Key | None, limit: int, window: int = WINDOW) -> Page:
    """The next `limit` ids behind `after`."""
    walk, values = await _walk(wanted)
    start = after or Key(wanted.until or LAST, 0)
    values |= _values(wanted) | {"at": start.at, "id": start.id, "since": wanted.since or FIRST, "window": window}
    conditions = frozenset(CONDITIONS.keys() & values.keys()) - ({"city"} if walk == "city" else set())
    rows = await choose_statement(walk, conditions).fetch(DB, **values, limit=limit + 1)
    keys = [Key(row["created_at"], row["id"]) for row in rows]
    ids = tuple(key.id for key in keys[:limit])
    if len(keys) > limit:
        return Page(ids, keys[limit - 1])
    horizon = await horizon_statement(walk).fetch(DB, **values)
    return Page(ids, Key(horizon[0]["created_at"], horizon[0]["id"]) if horizon else None)


MOST_WINDOWS = 25


async def find_full(wanted: Wanted, after: Key | None, limit: int) -> Page:
    """The same for programs that take a page that is not full for the last one: up to MOST_WINDOWS looks."""
    ids: tuple[int, ...] = ()
    for _ in range(MOST_WINDOWS):
        page = await find(wanted, after, limit - len(ids))
        ids, after = ids + page.ids, page.after
        if after is None or len(ids) == limit:
            break
    return Page(ids, after)


IN_BOX = """
SELECT count(*) FROM (
    SELECT FROM unnest($1::bigint[], $2::bigint[]) AS tile (low, high)
    JOIN map_point AS p ON p.qk >= tile.low AND p.qk < tile.high LIMIT $3
) AS counted
"""


async def _walk(wanted: Wanted) -> tuple[str, dict[str, object]]:
    """The walk that meets the fewest others, and its values."""
    if wanted.village:
        return "village", {"village": wanted.village}
    box = wanted.box
    if box and box.west <= box.east:
        ranges = covering(box.west, box.south, box.east, box.north)
        lows, highs = [low for low, _ in ranges], [high for _, high in ranges]
        if (await DB.fetch(IN_BOX, lows, highs, SMALL_BOX))[0][0] < SMALL_BOX:
            return "box", {"lows": lows, "highs": highs}
    return "city" if wanted.city is not None else "everywhere", {}


def _values(wanted: Wanted) -> dict[str, object]:
    """By the names in CONDITIONS, and what these need."""
    plain = ("city", "state", "is_open", "updated_since")
    found: dict[str, object] = {name: v for name in plain if (v := getattr(wanted, name)) is not None}
    for name in ("categories", "agencies"):
        if (ids := getattr(wanted, name)) is not None:
            found[name] = list(ids)
    if wanted.area and not wanted.village:
        found["area"] = f"{wanted.area}.%"
    return found | (_box_values(wanted.box) if wanted.box else {})


def _box_values(box: Box) -> dict[str, object]:
    left, top = position(lat=box.north, lon=box.west)
    right, bottom = position(lat=box.south, lon=box.east)
    name = "box" if box.west <= box.east else "antimeridian"
    return {name: True, "left": left, "right": right, "top": top, "bottom": bottom}
