"""Areas by code and name, what people call their kind, and where they come from."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from geo.engine import engine
from geo.locate import AreaName, Quality

# The word for a desa (Kemendagri serial 2nnn) where the law of a province gives another one.
_DESA = {"11": "gampong", "34": "kalurahan"}
_PAPUA = frozenset({"91", "92", "93", "94", "95", "96"})
_MENTAWAI = "13.09"  # in Sumatera Barat, but without nagari; its two kota with desa have serials of their own below


def local_term(code: str, name: str) -> str:
    """The word for an area of this code: kota, kabupaten · kecamatan, distrik … · kelurahan, desa, nagari, gampong …

    `name` tells a kota from a kabupaten, which codes do only by custom.
    """
    province, is_kota = code[:2], code[3:4] == "7"
    if len(code) == 5:
        return "kota" if name.lower().startswith("kota ") else "kabupaten"
    if len(code) == 8:
        if province == "34":
            return "kemantren" if is_kota else "kapanewon"
        return "distrik" if province in _PAPUA else "kecamatan"
    if code[9:10] == "1":
        return "kelurahan"
    if province == "13":
        return "desa" if is_kota or code.startswith(_MENTAWAI) else "nagari"
    return "kampung" if province in _PAPUA else _DESA.get(province, "desa")


FIND = "SELECT code, name, local_term FROM area WHERE current AND code = ANY($1::text[])"


async def names(codes: Sequence[str]) -> dict[str, AreaName]:
    """The current areas of these codes, of any level; unknown codes are left out."""
    return {row["code"]: AreaName(*row) for row in await engine().fetch(FIND, list(codes))}


async def find(code: str) -> AreaName | None:
    return (await names([code])).get(code)


SEARCH = """
-- names that begin so, "Kota" and "Kabupaten" aside, then names that hold it; the larger area first
SELECT code, name, local_term FROM area
WHERE current AND lower(name) LIKE '%' || $1 || '%'
ORDER BY regexp_replace(lower(name), '^(kota|kabupaten) ', '') LIKE $1 || '%' DESC, length(code), code
LIMIT $2
"""


async def search(text: str, limit: int = 20) -> list[AreaName]:
    """Current areas whose name holds `text`, whatever its case; `%` and `_` mean themselves."""
    pattern = _pattern(text)
    return [AreaName(*row) for row in await engine().fetch(SEARCH, pattern, limit)] if pattern else []


def _pattern(text: str) -> str:
    return text.strip().lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


class FoundArea(msgspec.Struct, frozen=True):
    """An area by its name, with a place inside and the names of what it lies in, the nearer one first."""

    code: str
    name: str
    local_term: str
    within: tuple[str, ...]
    lat: float
    lon: float


FOUND = """
-- names that begin so, then names that hold it; the larger area first; only areas that have a place on the map
SELECT area.code, area.name, area.local_term,
    array(SELECT upper.name FROM area AS upper
          WHERE upper.current AND upper.code = ANY(ARRAY[left(area.code, 8), left(area.code, 5)])
            AND upper.code <> area.code ORDER BY upper.code DESC) AS within,
    ST_Y(place) AS lat, ST_X(place) AS lon
FROM area, ST_PointOnSurface(coalesce(area.shape, area.outline)) AS place
WHERE area.current AND lower(area.name) LIKE '%' || $1 || '%' AND place IS NOT NULL
ORDER BY regexp_replace(lower(area.name), '^(kota|kabupaten) ', '') LIKE $1 || '%' DESC, length(area.code), area.code
LIMIT $2
"""


async def find_on_map(text: str, limit: int = 20) -> list[FoundArea]:
    """As `search`, for who wants to see the area."""
    pattern = _pattern(text)
    rows = await engine().fetch(FOUND, pattern, limit) if pattern else []
    return [FoundArea(**{**row, "within": tuple(row["within"])}) for row in rows]


INNER_POINTS = """
-- a point that is surely inside, however the village is bent
SELECT code, ST_Y(inner_point) AS lat, ST_X(inner_point) AS lon
FROM area, ST_PointOnSurface(shape) AS inner_point
WHERE current AND level = 'village' AND code LIKE $1 || '%' ORDER BY code
"""


async def inner_points(code: str) -> list[tuple[str, float, float]]:
    """(code, lat, lon) for each current village under `code`."""
    return [(row["code"], row["lat"], row["lon"]) for row in await engine().fetch(INNER_POINTS, code)]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where current areas come from: to be shown wherever they are shown, as their licences ask."""

    name: str
    effective: dt.date
    source: str
    licence: str
    quality: Quality


SOURCES = """
SELECT name, effective, source, licence, quality
FROM boundary_version AS version
WHERE EXISTS (SELECT FROM area WHERE area.version = version.id AND area.current)
ORDER BY quality DESC, effective DESC, name
"""


async def sources() -> list[Source]:
    """Of every version with a current area; official ones first."""
    return [Source(**row) for row in await engine().fetch(SOURCES)]
