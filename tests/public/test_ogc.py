"""OGC API – Features, as the standard asks, and as OWSLib and GDAL read it from a served process."""

import asyncio
import json
import subprocess
from typing import Any

import geojson
import pyogrio
import pytest
from owslib.ogcapi.features import Features

from tests.people import Town
from tests.public.serving import served
from tests.reports.steps import dispatched

REPORTS = "/ogc/collections/reports/items"
AREAS = "/ogc/collections/areas/items"


async def page(town: Town, address: str) -> dict[str, Any]:
    answer = await town.stranger.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    found = geojson.loads(answer.text)
    assert found.is_valid
    assert found["numberReturned"] == len(found["features"])
    return dict(found)


def link(document: dict[str, Any], rel: str) -> str | None:
    return next((each["href"] for each in document["links"] if each["rel"] == rel), None)


async def test_the_landing_page_leads_everywhere(town: Town):
    landing = (await town.stranger.get("/ogc")).json()
    assert {each["rel"] for each in landing["links"]} == {"self", "service-desc", "service-doc", "conformance", "data"}
    for each in landing["links"]:
        if each["rel"] == "service-doc":
            continue
        answer = await town.stranger.get(each["href"].split("8000", 1)[1])
        assert answer.status_code == 200, each
        assert answer.headers["content-type"].replace(" ", "") == each["type"]


async def test_it_says_what_it_conforms_to(town: Town):
    said = (await town.stranger.get("/ogc/conformance")).json()["conformsTo"]
    assert [name.rpartition("/")[2] for name in said] == ["core", "oas30", "geojson"]


async def test_items_are_paged_by_next_and_counted(town: Town, many: int):
    first = await page(town, f"{REPORTS}?limit=1000")
    numbers = [feature["id"] for feature in first["features"]]
    assert first["numberMatched"] == many
    following = link(first, "next")
    while following:
        again = await page(town, following)
        numbers += [feature["id"] for feature in again["features"]]
        following = link(again, "next")
    assert len(numbers) == len(set(numbers)) == many


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("bbox=106.78,-6.41,106.80,-6.39", 1),
        ("bbox=100,-6.41,101,-6.39", 0),
        ("datetime=2026-11-23T05:00:00Z", 1),
        ("datetime=2026-11-23", 1),
        ("datetime=../2026-11-22T00:00:00Z", 0),
        ("datetime=2026-11-01T00:00:00Z/..", 1),
        ("datetime=2026-11-23/2026-11-23", 1),
        ("city=99.99", 0),
        ("category=jalan-rusak&state=dispatched&is_open=true&area=32.76", 1),
    ],
)
async def test_items_are_chosen(town: Town, query: str, expected: int):
    await dispatched(town)
    assert (await page(town, f"{REPORTS}?{query}"))["numberReturned"] == expected


@pytest.mark.parametrize(
    "query",
    [
        *("unknown=1", "limit=0", "limit=x", "bbox=1,2", "datetime=soon", "datetime=2026-02-02/2026-01-01", "f=xml"),
        *("datetime=a/b", "state=lost", "is_open=maybe", "area=%25", "cursor=%25"),
    ],
)
async def test_a_bad_parameter_is_400(town: Town, query: str):
    answer = await town.stranger.get(f"{REPORTS}?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_feature_is_found_by_its_id(town: Town):
    await dispatched(town)
    (feature,) = (await page(town, REPORTS))["features"]
    one = (await town.stranger.get(f"{REPORTS}/{feature['id']}")).json()
    assert one["properties"] == feature["properties"]
    assert {each["rel"] for each in one["links"]} == {"self", "collection"}
    assert (await town.stranger.get(f"{AREAS}/32.76.01.1001")).json()["properties"]["name"] == "Depok"


@pytest.mark.parametrize("path", [f"{REPORTS}/0000-0000", f"{AREAS}/99", "/ogc/collections/people"])
async def test_what_is_not_there_is_404(town: Town, path: str):
    assert (await town.stranger.get(path)).status_code == 404


@pytest.mark.parametrize("visibility", ["restricted", "secret"])
async def test_a_report_that_is_not_public_is_no_feature(town: Town, visibility: str):
    receipt = await (await town.resident()).submits(visibility=visibility)
    assert (await page(town, REPORTS))["numberMatched"] == 0
    assert (await town.stranger.get(f"{REPORTS}/{receipt['tracking_id']}")).status_code == 404


async def test_areas_are_chosen_by_level_box_and_code(town: Town):
    assert (await page(town, f"{AREAS}?level=village"))["numberMatched"] == 4
    assert (await page(town, f"{AREAS}?within=32.76.02&level=village"))["numberMatched"] == 2
    assert (await page(town, f"{AREAS}?bbox=106.785,-6.405,106.79,-6.40"))["numberReturned"] == 1
    first = await page(town, f"{AREAS}?limit=3")
    second = await page(town, link(first, "next") or "")
    assert [each["id"] for each in second["features"]] == sorted(each["id"] for each in second["features"])
    assert len(first["features"]) + len(second["features"]) >= 6


def read_by_owslib(address: str) -> tuple[list[str], int]:
    client = Features(f"{address}/ogc")
    items = client.collection_items("reports", limit=1000)
    return client.feature_collections(), items["numberMatched"]


async def test_owslib_and_gdal_read_everything(town: Town, many: int):
    with served() as address:
        names, matched = await asyncio.to_thread(read_by_owslib, address)
        assert (sorted(names), matched) == (["areas", "reports"], many)
        told = await asyncio.to_thread(
            subprocess.run,
            ["ogrinfo", "-ro", "-so", f"OAPIF:{address}/ogc", "reports", "-oo", "PAGE_SIZE=1000"],
            capture_output=True,
            text=True,
        )
        assert f"Feature Count: {many}" in told.stdout, told.stdout + told.stderr
        written = await asyncio.to_thread(
            subprocess.run,
            ["ogr2ogr", "-f", "GeoJSON", "/vsistdout/", f"OAPIF:{address}/ogc", "reports", "-oo", "PAGE_SIZE=1000"],
            capture_output=True,
            text=True,
        )
        assert len(json.loads(written.stdout)["features"]) == many, written.stderr
        frame = await asyncio.to_thread(
            pyogrio.raw.read, f"OAPIF:{address}/ogc", layer="areas", where="level = 'village'"
        )
        assert len(frame[2]) == 4
