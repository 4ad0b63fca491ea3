"""The map's tiles, over HTTP; what stands in them is tested in tests/geo."""

import asyncio
import subprocess
import sys
from typing import Any

import mapbox_vector_tile
import pytest

from api.piccolo_conf import DB
from geo.pyramid import fold
from tests.people import Town
from tests.reports.steps import dispatched, puts

# (-6.40, 106.79) at zoom 16
TILE = "16/52208/33935"


async def points(town: Town, query: str = "") -> list[dict[str, Any]]:
    answer = await town.stranger.get(f"/tiles/reports/{TILE}{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    if not answer.content:
        return []
    layers = mapbox_vector_tile.decode(answer.content)
    return [feature["properties"] for feature in layers.get("reports", {}).get("features", [])]


def tile_of(lat: float, lon: float, z: int) -> tuple[int, int]:
    import math

    n = 2**z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * n), int(y * n)


def test_the_tile_of_these_tests_holds_the_place():
    assert "/".join(map(str, (16, *tile_of(-6.40, 106.79, 16)))) == TILE


async def test_the_map_shows_public_reports_only(town: Town):
    resident = await town.resident()
    shown = await resident.submits()
    for visibility in ("restricted", "secret"):
        await resident.submits(visibility=visibility)
    found = await points(town)
    assert [point["label"].replace("-", "") for point in found] == [shown["tracking_id"].replace("-", "")]


async def test_a_withdrawn_report_leaves_the_map(town: Town):
    resident = await town.resident()
    receipt = await resident.submits()
    await puts(receipt["id"], "verified")
    assert len(await points(town)) == 1
    assert (await resident.says(receipt["id"], "withdraw", 2)).status_code == 201
    assert await points(town) == []


@pytest.mark.parametrize("query", ["", "?city=32.76", "?category=jalan-rusak", "?days=7"])
async def test_a_report_that_is_not_public_changes_no_count_and_no_version(town: Town, query: str):
    await dispatched(town)
    await fold(town.clock())
    before = [await town.stranger.get(f"/tiles/reports/{tile}{query}") for tile in ("5/25/16", "12/3262/2120", TILE)]
    for visibility in ("restricted", "secret"):
        await (await town.resident()).submits(visibility=visibility)
    await fold(town.clock())
    after = [await town.stranger.get(f"/tiles/reports/{tile}{query}") for tile in ("5/25/16", "12/3262/2120", TILE)]
    assert [(one.headers["etag"], one.content) for one in after] == [
        (one.headers["etag"], one.content) for one in before
    ]
    assert (await DB.fetch("SELECT count(*) FROM map_point"))[0]["count"] == 1


async def test_filters_choose_by_city_category_state_and_age(town: Town):
    report = await dispatched(town)
    assert len(await points(town, "?city=32.76&category=jalan-rusak&state=open&days=1")) == 1
    assert len(await points(town, "?city=32.76&group=jalan&days=365")) == 1
    for query in ("?category=sampah-liar", "?category=tidak-ada", "?group=tidak-ada", "?state=closed"):
        assert await points(town, query) == [], query
    town.clock.passes(days=2)
    assert await points(town, "?days=1") == []
    await puts(report, "work_done")
    await (await town.staff("operator")).steps(report, "resolved", 2)
    assert len(await points(town, "?state=closed")) == 1


@pytest.mark.parametrize("path", [f"reports/{TILE}", "areas/10/815/530"])
async def test_a_tile_that_has_not_changed_is_not_sent_again(town: Town, path: str):
    await dispatched(town)
    first = await town.stranger.get(f"/tiles/{path}")
    etag = first.headers["etag"]
    assert first.status_code == 200
    assert "max-age" in first.headers["cache-control"]
    for known in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        again = await town.stranger.get(f"/tiles/{path}", headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert (await town.stranger.get(f"/tiles/{path}", headers={"if-none-match": '"x"'})).status_code == 200


async def test_a_new_report_makes_another_tile(town: Town):
    before = await town.stranger.get(f"/tiles/reports/{TILE}")
    await dispatched(town)
    await fold(town.clock())
    after = await town.stranger.get(f"/tiles/reports/{TILE}", headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("reports/23/0/0", 422),
        ("areas/99/0/0", 422),
        ("areas/-1/0/0", 422),
        ("reports/x/0/0", 404),
        (f"reports/{TILE}?days=0", 422),
        (f"reports/{TILE}?days=91", 422),
        (f"reports/{TILE}?days=x", 422),
        (f"reports/{TILE}?days=999999999", 422),
        (f"reports/{TILE}?state=maybe", 422),
        (f"reports/{TILE}?city=99.99", 404),
    ],
)
async def test_a_tile_that_cannot_be_is_a_problem(town: Town, path: str, status: int):
    answer = await town.stranger.get(f"/tiles/{path}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["reports/3/8/0", "areas/3/0/-1", f"areas/22/{2**70}/0"])
async def test_outside_the_world_there_is_nothing(town: Town, path: str):
    answer = await town.stranger.get(f"/tiles/{path}")
    assert answer.status_code in (200, 404)
    assert not answer.content or answer.status_code == 404


async def test_the_counts_are_checked_and_rebuilt_from_the_command_line(town: Town):
    await dispatched(town)
    assert await command("check") == (0, "0 counts, 0 of them wrong\n")  # not folded yet, and nothing is forgotten
    assert await command("rebuild") == (0, "18 counts righted\n")
    assert await command("check") == (0, "18 counts, 0 of them wrong\n")
    await DB.fetch("UPDATE map_cell SET open = 5 WHERE level = 8")
    assert await command("check") == (1, "18 counts, 3 of them wrong\n")


async def command(*words: str) -> tuple[int, str]:
    ended = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "api", "map", *words], capture_output=True, text=True
    )
    return ended.returncode, ended.stdout
