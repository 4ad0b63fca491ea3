"""Brings a version of areas into the tables and makes it the current one, regency by regency."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np

from geo.areas import local_term
from geo.columns import Geometries, ewkb
from geo.engine import copy, engine
from geo.locate import Quality
from geo.outlines import DISTRICT_CODE, REGENCY_CODE, Progress, draw_outlines


class Version(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    effective: dt.date
    source: str
    licence: str
    quality: Quality


class Villages(msgspec.Struct, frozen=True, kw_only=True):
    """Column by column, the codes all different. `shapes` are multipolygons, None for a village without known land;
    `sites` the points that approximate shapes were drawn around; `uppers` the names of districts and regencies.
    """

    codes: Sequence[str]
    names: Sequence[str]
    terms: Sequence[str]
    shapes: Geometries
    sites: Geometries | None = None
    uppers: dict[str, str]

    @property
    def regencies(self) -> list[str]:
        return sorted({code[:REGENCY_CODE] for code in self.codes})


class VersionExists(Exception):
    def __init__(self, name: str) -> None:
        super().__init__(f"a boundary version named {name!r} is loaded already; give this one another name")
        self.name = name


INSERT_VERSION = """
INSERT INTO boundary_version (name, effective, source, licence, quality, loaded_at, activated_at)
VALUES ($1, $2, $3, $4, $5, $6, $6)
ON CONFLICT (name) DO NOTHING
RETURNING id
"""

SUPERSEDE = """
-- every level of these regencies, whichever version it came from
UPDATE area SET current = false
WHERE current AND left(code, 5) = ANY($1::text[])
"""

AREA_COLUMNS = ["version", "code", "name", "local_term", "level", "current", "site", "shape", "outline"]


async def load(version: Version, villages: Villages, now: dt.datetime, progress: Progress) -> int:
    """Writes the version and supersedes what was current in its regencies, in the caller's transaction.

    Returns the version's id. Raises VersionExists.
    """
    rows = await engine().fetch(
        INSERT_VERSION, version.name, version.effective, version.source, version.licence, version.quality, now
    )
    if not rows:
        raise VersionExists(version.name)
    version_id: int = rows[0]["id"]
    outlines = draw_outlines(villages.codes, villages.shapes, progress)
    progress("writing", 0, 1)
    await engine().fetch(SUPERSEDE, villages.regencies)
    await copy("area", AREA_COLUMNS, _village_rows(version_id, villages))
    await copy("area", AREA_COLUMNS, _upper_rows(version_id, villages, outlines))
    await engine().fetch("ANALYZE area")
    progress("writing", 1, 1)
    return version_id


def _village_rows(version_id: int, villages: Villages) -> Iterable[tuple[Any, ...]]:
    nothing = np.full(len(villages.codes), None, dtype=object)
    sites = ewkb(nothing if villages.sites is None else villages.sites)
    columns = (villages.codes, villages.names, villages.terms, sites, ewkb(villages.shapes))
    for code, name, term, site, shape in zip(*columns, strict=True):
        yield (version_id, code, name, term, "village", True, site, shape, None)


def _upper_rows(version_id: int, villages: Villages, outlines: dict[str, Any]) -> Iterable[tuple[Any, ...]]:
    levels = {DISTRICT_CODE: "district", REGENCY_CODE: "regency"}
    for length, level in levels.items():
        for code in sorted({code[:length] for code in villages.codes}):
            name = villages.uppers.get(code, code)
            yield (version_id, code, name, local_term(code, name), level, True, None, None, outlines.get(code))
