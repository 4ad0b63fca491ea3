import numpy as np
import pytest

from api.piccolo_conf import DB
from geo.columns import ewkb
from geo.mercator import BITS, position
from geo.outlines import draw_outlines
from geo.tiles import areas_tile
from tests.geo.factories import a_city_of_squares
from tests.geo.mvt import layers


async def draw_all_outlines():
    rows = await DB.fetch("SELECT code, shape FROM area WHERE shape IS NOT NULL")
    outlines = draw_outlines(
        [row["code"] for row in rows], np.array([row["shape"] for row in rows], dtype=object), lambda *_: None
    )
    for code, outline in outlines.items():
        await DB.fetch("UPDATE area SET outline = $2 WHERE code = $1", code, ewkb(np.array([outline]))[0])


async def areas_at(z, *, lat=-6.40, lon=106.79):
    x, y = position(lat=lat, lon=lon)
    content = await areas_tile(z, x >> (BITS - z), y >> (BITS - z))
    return {properties["code"]: (properties, shape) for properties, shape in layers(content).get("areas", [])}


@pytest.mark.parametrize(
    ("z", "codes"),
    [
        (4, {"32.76"}),
        (7, {"32.76"}),
        (8, {"32.76.01", "32.76.02"}),
        (10, {"32.76.01", "32.76.02"}),
        (11, {"32.76.01.1001", "32.76.01.1002", "32.76.02.1001", "32.76.02.1002"}),
    ],
)
async def test_the_nearer_the_smaller_the_areas(z, codes):
    await a_city_of_squares()
    await draw_all_outlines()
    assert set(await areas_at(z)) == codes


async def test_an_area_has_its_name_level_and_quality():
    await a_city_of_squares(quality="approximate")
    properties, shape = (await areas_at(16))["32.76.01.1001"]
    assert properties == {
        "code": "32.76.01.1001",
        "name": "Depok",
        "level": "village",
        "quality": "approximate",
    }
    assert shape.geom_type == "Polygon"


async def test_a_tile_has_only_what_lies_in_it():
    await a_city_of_squares()
    assert set(await areas_at(16, lat=-6.40, lon=106.79)) == {"32.76.01.1001"}
    assert await areas_at(16, lat=-6.40, lon=106.70) == {}


async def test_superseded_areas_are_not_drawn():
    await a_city_of_squares()
    await DB.fetch("UPDATE area SET current = false")
    assert await areas_at(12) == {}


@pytest.mark.parametrize("tile", [(-1, 0, 0), (30, 0, 0), (3, 0, 9)])
async def test_outside_the_world_a_tile_is_empty(tile):
    await a_city_of_squares()
    assert await areas_tile(*tile) == b""
