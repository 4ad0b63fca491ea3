"""Open reports nearby that may be about the same thing: offered before a second one is written."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec

from api.catalogue import Language, text
from api.cities.book import City, CityBook
from api.piccolo_conf import DB
from api.reports.likeness import likeness, trigrams
from api.reports.publicity import PRIVATE_DECIMALS, public_position
from api.reports.schemas import Position
from api.reports.status import CLOSED, State
from api.reports.tracking import shown
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
-- the box first, by the index on location; half a step wider, for what is shown beside its true place
SELECT r.client_id, r.tracking_id, r.category, r.text, r.state, r.created_at, r.supports,
    ST_Y(r.location) AS lat, ST_X(r.location) AS lon,
    ST_DistanceSphere(seen.place, $1::geometry) AS distance_m
FROM report AS r
-- distances to the place that is shown: asked from three sides, those to the true one would tell somebody's home
CROSS JOIN LATERAL (SELECT CASE WHEN r.category = ANY($9::int[])
    THEN ST_SetSRID(ST_MakePoint(round(ST_X(r.location)::numeric, $10), round(ST_Y(r.location)::numeric, $10)), 4326)
    ELSE r.location END AS place) AS seen
WHERE r.location && ST_Expand($1::geometry, $2::float8) AND r.visibility = 'public' AND r.city = $3
    AND r.created_at > $4 AND r.state <> ALL($5::text[]) AND ($6::int IS NULL OR r.category = $6)
    AND ST_DistanceSphere(seen.place, $1::geometry) <= $7
ORDER BY distance_m LIMIT $8
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
        WITHIN_M * DEGREES_PER_M + 10**-PRIVATE_DECIMALS,
        city.id,
        now - SINCE,
        list(CLOSED),
        known.id if known else None,
        WITHIN_M,
        RANKED if sought.words else AT_MOST,
        [each.id for each in city.every_category.values() if each.private_place],
        PRIVATE_DECIMALS,
    )
    if sought.words:
        own = trigrams(sought.words)
        rows = sorted(rows, key=lambda row: likeness(own, trigrams(row["text"])), reverse=True)[:AT_MOST]
    return [_similar(row, city, language) for row in rows]


def _similar(row: asyncpg.Record, city: City, language: Language) -> Similar:
    category = city.every_category.get(row["category"])
    lat, lon = public_position(row["lat"], row["lon"], category)
    return Similar(
        id=row["client_id"],
        tracking_id=shown(row["tracking_id"]),
        category=category.key if category else "",
        category_name=getattr(category, f"name_{language}", ""),
        text=row["text"],
        state=row["state"],
        state_name=text(f"state.{row['state']}", language),
        created_at=row["created_at"],
        position=Position(lat, lon),
        distance_m=round(row["distance_m"] / 10) * 10,
        supports=row["supports"],
    )
