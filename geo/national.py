"""The approximate national edition of the first run: every village of Indonesia, as the land nearest to its point.

Points come from npm `geografis` (its author asks not to trade the data), codes and names from npm
`idn-area-data` (ODbL 1.0), which is newer. Both are dependencies (geo/package.json), installed and never committed.

Where the two disagree on codes, `idn-area-data` decides. In 1.3.2 and 4.0.1, of 83,449 points 77,416 have a
current code; 5,794 moved to a new code (the Papuan provinces above all) and are recognised by their names:
regency, district and village first (5,243), then regency and village (551), each only where it is unique on
both sides. 239 points of villages that are gone are left out, and 552 new villages have a name but no land.
"""

import csv
import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
import shapely

from geo.areas import local_term
from geo.cells import draw_cells, multipolygons
from geo.columns import Geometries
from geo.drawings import redraw
from geo.editions import Version, Villages, load
from geo.engine import engine
from geo.outlines import DISTRICT_CODE, REGENCY_CODE, Progress
from geo.refit import refit

T = TypeVar("T")


class Site(msgspec.Struct, frozen=True):
    """A village as `geografis` knows it."""

    code: str
    village: str
    district: str
    city: str
    latitude: float
    longitude: float


class Names(msgspec.Struct, frozen=True):
    """By current code: the official names of `idn-area-data`."""

    regencies: dict[str, str]
    districts: dict[str, str]
    villages: dict[str, str]


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """`with_land` of the `villages` can be located. `is_new` is false when this very edition was loaded before."""

    version: str
    is_new: bool
    villages: int
    with_land: int


class PackageUnreadable(Exception):
    """The npm packages are missing or not what they were: `npm ci --prefix geo --ignore-scripts`."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


COUNT_VERSION = """
SELECT count(area.id) AS villages, count(area.shape) AS with_land
FROM boundary_version AS version
LEFT JOIN area ON area.version = version.id AND area.level = 'village'
WHERE version.name = $1
GROUP BY version.id
"""

OFFICIAL_REGENCIES = """
SELECT code FROM area
WHERE current AND level = 'regency' AND version IN (SELECT id FROM boundary_version WHERE quality = 'official')
"""


async def load_national(folder: Path, now: dt.datetime, progress: Progress) -> Loaded:
    """Loads the edition from `folder` (a node_modules), in one transaction, unless it is there already.

    Regencies with official polygons keep them. Raises PackageUnreadable.
    """
    version = _version(folder, now)
    rows = await engine().fetch(COUNT_VERSION, version.name)
    if rows:
        return Loaded(version=version.name, is_new=False, **rows[0])
    sites, names = read_sites(folder), read_names(folder)
    progress("cells", 0, 1)
    async with engine().transaction():
        official = {row["code"] for row in await engine().fetch(OFFICIAL_REGENCIES)}
        villages = national_villages(sites, names, without=official)
        await load(version, villages, now, progress)
        await refit(progress)
        await redraw(progress)
        counts = (await engine().fetch(COUNT_VERSION, version.name))[0]
    return Loaded(version=version.name, is_new=True, **counts)


def _version(folder: Path, now: dt.datetime) -> Version:
    sites, names = (_package_version(folder, package) for package in ("geografis", "idn-area-data"))
    return Version(
        name=f"nasional-perkiraan (geografis {sites}, idn-area-data {names})",
        effective=now.date(),
        source=f"npm geografis {sites} (village points), npm idn-area-data {names} (official codes and names)",
        licence="geografis: MIT, its author asks not to trade the data; idn-area-data: ODbL 1.0",
        quality="approximate",
    )


def _package_version(folder: Path, package: str) -> str:
    path = folder / package / "package.json"
    return str(_decoded(path, dict[str, object])["version"])


def read_sites(folder: Path) -> list[Site]:
    return _decoded(folder / "geografis/data/json/data.json", list[Site])


def _decoded(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError) as error:
        raise PackageUnreadable(path, str(error)) from error


def read_names(folder: Path) -> Names:
    return Names(*(_names(folder / "idn-area-data/data" / f"{level}.csv") for level in Names.__struct_fields__))


def _names(path: Path) -> dict[str, str]:
    try:
        with path.open(encoding="utf-8", newline="") as rows:
            return {row["code"]: row["name"] for row in csv.DictReader(rows)}
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise PackageUnreadable(path, repr(error)) from error


def national_villages(sites: Sequence[Site], names: Names, *, without: set[str]) -> Villages:
    """Every village with a current code, in the order of codes; land for those whose own point is known.

    Of villages that share one point, the lowest code gets the land.
    """
    at = {code: site for code, site in current_sites(sites, names).items() if code[:REGENCY_CODE] not in without}
    codes = sorted(code for code in names.villages if code[:REGENCY_CODE] not in without)
    owners = {(at[code].longitude, at[code].latitude): code for code in reversed(codes) if code in at}
    points, shapes = _land(owners, {code: index for index, code in enumerate(codes)})
    return Villages(
        codes=codes,
        names=[names.villages[code] for code in codes],
        terms=[local_term(code, names.villages[code]) for code in codes],
        sites=points,
        shapes=shapes,
        uppers={**names.districts, **names.regencies},
    )


def _land(owners: dict[tuple[float, float], str], row_of: dict[str, int]) -> tuple[Geometries, Geometries]:
    """Points and cells, each in its owner's row."""
    sites, shapes = (np.full(len(row_of), None, dtype=object) for _ in range(2))
    if owners:
        rows = np.array([row_of[code] for code in owners.values()])
        sites[rows] = shapely.points(np.array(list(owners)))
        shapes[rows] = multipolygons(draw_cells(sites[rows]))
    return sites, shapes


def current_sites(sites: Sequence[Site], names: Names) -> dict[str, Site]:
    """By current code. Sites whose code is gone are recognised by name, as the module says."""
    found = {site.code: site for site in sites if site.code in names.villages}
    lost = {site.code: site for site in sites if site.code not in names.villages}
    for parts in (3, 2):
        old_codes = {code: _plain(site.village, site.city, site.district)[:parts] for code, site in lost.items()}
        vacant = {code: _plain(*_names_of(code, names))[:parts] for code in names.villages if code not in found}
        for old, new in _pairs(old_codes, vacant):
            found[new] = lost.pop(old)
    return found


def _names_of(code: str, names: Names) -> tuple[str, str, str]:
    regency, district = code[:REGENCY_CODE], code[:DISTRICT_CODE]
    return names.villages[code], names.regencies.get(regency, regency), names.districts.get(district, district)


def _plain(*words: str) -> tuple[str, ...]:
    """Letters and digits only, without "Kabupaten" or "Kota Administrasi" before: "Batu-Batu " is "batubatu"."""
    return tuple(_NOT_PLAIN.sub("", word.lower()) for word in words)


_NOT_PLAIN = re.compile(r"^(kabupaten|kota)( administrasi)? |[^a-z0-9]")


def _pairs(left: dict[str, tuple[str, ...]], right: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """Keys whose value occurs once on each side."""
    once_left, once_right = ({value: key for key, value in _once(side)} for side in (left, right))
    return [(key, once_right[value]) for value, key in once_left.items() if value in once_right]


def _once(side: dict[str, tuple[str, ...]]) -> list[tuple[str, tuple[str, ...]]]:
    count = Counter(side.values())
    return [(key, value) for key, value in side.items() if count[value] == 1]
