"""Which areas somebody wants to hear of, and what everybody may read."""

from datetime import datetime

from api.announcements.schemas import MyAreas, PublicAnnouncement
from api.catalogue import Language
from api.errors import FieldRefused
from api.piccolo_conf import DB
from geo import areas

MAX_AREAS = 20
REPORTED = "reported"  # in place of a code: wherever I report from

SUBSCRIBE = """
-- $4: how many there may be; what is there already stays
INSERT INTO area_subscription (account, area_code, since)
SELECT $1, $2, $3 WHERE $4 > (SELECT count(*) FROM area_subscription AS s WHERE s.account = $1)
ON CONFLICT DO NOTHING
"""


async def subscribe(account: int, code: str, now: datetime) -> MyAreas:
    """`code` of a regency, district or village, or REPORTED. Raises FieldRefused."""
    if code != REPORTED and await areas.find(code) is None:
        raise FieldRefused("area", "announcement-area")
    await DB.fetch(SUBSCRIBE, account, code, now, MAX_AREAS)
    mine = await read_mine(account)
    if code not in (*mine.areas, REPORTED if mine.reported else ""):
        raise FieldRefused("area", "announcement-areas-many", limit=MAX_AREAS)
    return mine


UNSUBSCRIBE = """
DELETE FROM area_subscription AS s WHERE s.account = $1 AND s.area_code = $2
"""


async def unsubscribe(account: int, code: str) -> None:
    await DB.fetch(UNSUBSCRIBE, account, code)


MINE = """
SELECT s.area_code FROM area_subscription AS s WHERE s.account = $1 ORDER BY s.area_code
"""


async def read_mine(account: int) -> MyAreas:
    codes = [row["area_code"] for row in await DB.fetch(MINE, account)]
    named = await areas.names(codes)
    shown = tuple(sorted(named.values(), key=lambda area: area.name))
    return MyAreas(tuple(code for code in codes if code != REPORTED), REPORTED in codes, shown)


PUBLIC = """
-- of the area, of what lies in it, and of what it lies in
SELECT a.client_id AS id, a.area_code AS area, a.area_name,
    CASE $3 WHEN 'en' THEN a.title_en ELSE a.title_id END AS title,
    CASE $3 WHEN 'en' THEN a.body_en ELSE a.body_id END AS body,
    a.is_urgent AS urgent, a.released_at AS since, a.valid_until
FROM announcement AS a
WHERE a.state = 'public' AND a.valid_until > $1
    AND ($2 = '' OR a.area_code = $2 OR starts_with(a.area_code, $2 || '.') OR starts_with($2, a.area_code || '.'))
ORDER BY a.is_urgent DESC, a.id DESC LIMIT 100
"""


async def read_public(area: str, now: datetime, language: Language) -> tuple[PublicAnnouncement, ...]:
    """What is in force; urgent ones first, then the newest."""
    return tuple(PublicAnnouncement(**row) for row in await DB.fetch(PUBLIC, now, area, language))
