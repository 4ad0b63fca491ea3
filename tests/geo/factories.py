"""Small editions of areas for any test that needs a village to stand in."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import shapely
from piccolo.engine import engine_finder

from geo.areas import local_term

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)

INSERT_EDITION = """
-- a version with its areas, current at once: the codes in it are free
WITH version AS (
    INSERT INTO boundary_version (name, effective, source, licence, quality, loaded_at, activated_at)
    VALUES ($1, $2::timestamptz::date, 'made by a test', 'CC0-1.0', $3, $2, $2) RETURNING id
)
INSERT INTO area (version, code, name, local_term, level, current, shape)
SELECT version.id, area.code, area.name, area.local_term,
       (ARRAY['regency', 'district', 'village'])[array_length(string_to_array(area.code, '.'), 1) - 1],
       true, ST_Multi(area.shape)
FROM version, unnest($4::text[], $5::text[], $6::text[], $7::geometry[]) AS area (code, name, local_term, shape)
RETURNING version
"""


async def an_edition(
    areas: Sequence[tuple[str, str, Any]], *, name: str = "uji 2026", quality: str = "official"
) -> int:
    """A current version of (code, name, shape or None); returns its id. Local terms follow from code and name."""
    codes, names, shapes = (list(column) for column in zip(*areas, strict=True))
    terms = [local_term(code, name) for code, name in zip(codes, names, strict=True)]
    rows = await engine_finder().fetch(INSERT_EDITION, name, NOW, quality, codes, names, terms, shapes)
    return rows[0]["version"]


def square(west: float, south: float, size: float = 0.02) -> shapely.Polygon:
    """Rounded as files are: neighbours share their corners."""
    return shapely.box(*(round(degrees, 6) for degrees in (west, south, west + size, south + size)))


async def a_city_of_squares(
    code_prefix: str = "32.76",
    *,
    name: str = "Kota Depok",
    lat: float = -6.40,
    lon: float = 106.79,
    edition: str = "",
    quality: str = "official",
) -> int:
    """Four square villages of 0.02° (2.2 km) in two districts; (lat, lon) is the middle of the first one.

        -6.37 ┌───────────────┬───────────────┐
              │ 32.76.02.1001 │ 32.76.02.1002 │   02 Cimanggis: 1001 Harjamukti, 1002 Curug
        -6.39 ├───────────────┼───────────────┤
              │ 32.76.01.1001 │ 32.76.01.1002 │   01 Pancoran Mas: 1001 Depok, 1002 Depok Jaya
        -6.41 └───────────────┴───────────────┘
            106.78          106.80          106.82

    (-6.40, 106.79) → .01.1001 · (-6.40, 106.81) → .01.1002 · (-6.38, 106.79) → .02.1001 · (-6.38, 106.81) → .02.1002.
    (-6.40, 106.7999) is 11 m from the border: candidates .01.1001, .01.1002. (-6.40, 106.70) is outside coverage.
    Returns the boundary version's id; its name is `edition`, by default "<code_prefix> 2026".
    """
    west, south = lon - 0.01, lat - 0.01
    return await an_edition(
        [
            (code_prefix, name, None),
            (f"{code_prefix}.01", "Pancoran Mas", None),
            (f"{code_prefix}.02", "Cimanggis", None),
            (f"{code_prefix}.01.1001", "Depok", square(west, south)),
            (f"{code_prefix}.01.1002", "Depok Jaya", square(west + 0.02, south)),
            (f"{code_prefix}.02.1001", "Harjamukti", square(west, south + 0.02)),
            (f"{code_prefix}.02.1002", "Curug", square(west + 0.02, south + 0.02)),
        ],
        name=edition or f"{code_prefix} 2026",
        quality=quality,
    )
