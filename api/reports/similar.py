"""Open reports nearby that may be about the same thing: offered before a second one is written."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec

from api.catalogue import Language, text
from api.cities.book import City, CityBook
from api.piccolo_conf import DB
from api.reports.likeness import likeness, trigrams
from api.reports.schemas import Position
from api.reports.status import CLOSED, State
from api.reports.tracking import shown
from geo.boxes import covering
from geo.point import Point

WITHIN_M = 250
SINCE = timedelta(days=90)
AT_MOST = 10
RANKED = 50  # of these the most alike are told
DEGREES_PER_M = 1 / 110_000  # a little more than it is, in both directions, at Indonesia's latitudes


class Similar(msgspec.Struct, frozen=True):
    """A public report; `distance_m` is from the asked position to the one shown."""

    id: UUID
    tracking_id: str
    category: str
    category_name: str
    text: str
    state: State
    state_name: str
    created_at: datetime
    position: Position
    distance_m: int
    supports: int


NEARBY = """
-- by the map point, which is where the report is shown: asked from three sides, distances to the true place, or whether
-- it is told at all, would give somebody's home away
SELECT r.client_id, r.tracking_id, r.category, r.text, r.state, r.created_at, r.supports,
    ST_Y(seen.place) AS lat, ST_X(seen.place) AS lon, ST_DistanceSphere(seen.place, $1::geometry) AS distance_m
FROM unnest($2::bigint[], $3::bigint[]) AS tile (low, high)
JOIN map_point AS p ON p.qk >= tile.low AND p.qk < tile.high AND p.city = $4
JOIN report AS r ON r.id = p.id
CROSS JOIN LATERAL (
    SELECT ST_SetSRID(ST_MakePoint(mercator_lon(p.x), mercator_lat(p.y)), 4326) AS place) AS seen
WHERE r.visibility = 'public' AND r.created_at > $5 AND r.state <> ALL($6::text[])
    AND ($7::int IS NULL OR r.category = $7) AND ST_DistanceSphere(seen.place, $1::geometry) <= $8
ORDER BY distance_m LIMIT $9
"""


class Sought(msgspec.Struct, frozen=True):
    """What somebody is about to report; `words` as far as they have been written."""

    point: Point
    village_code: str
    category: str | None = None
    words: str = ""


async def find_similar(sought: Sought, cities: CityBook, now: datetime, language: Language) -> list[Similar]:
    """Nearest first, or with words the most alike; none where no city is served."""
    city = await cities.city_of(sought.village_code)
    if city is None:
        return []
    known = city.categories.get(sought.category or "")
    rows = await DB.fetch(
        NEARBY,
        sought.point,
        *tiles_around(sought.point),
        city.id,
        now - SINCE,
        list(CLOSED),
        known.id if known else None,
        WITHIN_M,
        RANKED if sought.words else AT_MOST,
    )
    if sought.words:
        own = trigrams(sought.words)
        rows = sorted(rows, key=lambda row: likeness(own, trigrams(row["text"])), reverse=True)[:AT_MOST]
    return [_similar(row, city, language) for row in rows]


def tiles_around(point: Point) -> tuple[list[int], list[int]]:
    reach = WITHIN_M * DEGREES_PER_M
    tiles = covering(point.lon - reach, point.lat - reach, point.lon + reach, point.lat + reach)
    return [low for low, _ in tiles], [high for _, high in tiles]


def _similar(row: asyncpg.Record, city: City, language: Language) -> Similar:
    category = city.every_category.get(row["category"])
    return Similar(
        id=row["client_id"],
        tracking_id=shown(row["tracking_id"]),
        category=category.key if category else "",
        category_name=getattr(category, f"name_{language}", ""),
        text=row["text"],
        state=row["state"],
        state_name=text(f"state.{row['state']}", language),
        created_at=row["created_at"],
        position=Position(row["lat"], row["lon"]),
        distance_m=round(row["distance_m"] / 10) * 10,
        supports=row["supports"],
    )
