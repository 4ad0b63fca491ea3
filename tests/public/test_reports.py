"""The list of open reports and its exports: what they hold, what never leaves, and how they are walked."""

import csv
import io
import json
from typing import Any

import geojson
import httpx
import msgspec
import pytest

from api.piccolo_conf import DB
from api.public.open_reports import FIELDS, OpenReport
from api.public.selection import Key, Wanted, choose_statement, find
from tests.people import Town
from tests.plans import indexes_of
from tests.reports.steps import dispatched, puts

TEXT = "Jalan berlubang di depan pasar, sudah dua minggu."


async def listed(town: Town, query: str = "") -> list[dict[str, Any]]:
    answer = await town.stranger.get(f"/public/reports{query}")
    assert answer.status_code == 200, answer.text
    reports: list[dict[str, Any]] = answer.json()["reports"]
    return reports


async def started(town: Town, **fields: Any) -> str:
    """Somebody of the city has acted on it."""
    report = await dispatched(town, **fields)
    officer = await town.staff("officer", agency="uptd-jalan-1")
    assert (await officer.steps(report, "in_progress", 2)).status_code == 201
    return report


async def rows(town: Town, form: str, query: str = "") -> httpx.Response:
    answer = await town.stranger.get(f"/public/reports.{form}{query}")
    assert answer.status_code == 200, answer.text
    return answer


async def test_a_public_report_is_listed_with_every_field(town: Town):
    await started(town)
    (report,) = await listed(town)
    assert tuple(report) == FIELDS
    assert (report["lat"], report["lon"]) == (-6.4, 106.79)
    assert (report["state"], report["category"], report["agency"]) == ("in_progress", "jalan-rusak", "uptd-jalan-1")
    assert (report["village"], report["district"], report["city"]) == ("Depok", "Pancoran Mas", "32.76")
    assert report["text"] == TEXT
    assert report["responded_at"] == report["created_at"] == "2026-11-23T05:00:00Z"


async def test_words_of_a_resident_wait_until_the_city_has_acted(town: Town):
    await dispatched(town)
    (report,) = await listed(town)
    assert (report["text"], report["photos"]) == (None, [])


@pytest.mark.parametrize("visibility", ["restricted", "secret"])
async def test_what_is_not_public_is_in_no_list_and_no_export(town: Town, visibility: str):
    report = await started(town)
    await DB.fetch("UPDATE report SET visibility = $2 WHERE client_id = $1", report, visibility)
    assert await listed(town) == []
    assert geojson.loads((await rows(town, "geojson")).text)["features"] == []
    assert len((await rows(town, "csv")).text.strip().splitlines()) == 1
    assert (await rows(town, "ndjson")).text.strip() == ""


async def test_a_private_place_is_shown_coarsely_everywhere(town: Town):
    await DB.fetch("UPDATE category SET private_place = true WHERE key = 'jalan-rusak'")
    town.app.state.cities.invalidate()
    await dispatched(town, lat=-6.40123, lon=106.79123)
    (report,) = await listed(town)
    assert (report["lat"], report["lon"]) == (-6.401, 106.791)
    assert "6.40123" not in (await rows(town, "geojson")).text


async def test_pages_follow_each_other_without_gap_or_repetition(town: Town):
    resident = await town.resident()
    for _ in range(7):
        town.clock.passes(minutes=1)
        await resident.submits()
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await town.stranger.get(f"/public/reports?limit=3{cursor}")).json()
        seen += [report["tracking_id"] for report in page["reports"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len(set(seen)) == 7
    assert seen == [report["tracking_id"] for report in await listed(town)]


FIRST, LATER = "2026-11-23T05:00:00Z", "2026-11-23T06:00:00Z"
CHOSEN = {
    "city=32.76": 2,
    "city=32.76.01.1001": 2,
    "category=jalan-rusak": 2,
    "category=tidak-ada": 0,
    "state=in_progress": 1,
    "is_open=false": 0,
    "area=32.76.01.1001": 1,
    "area=32.76.02": 1,
    "area=32.76": 2,
    "agency=dpupr": 2,
    "agency=dlhk": 0,
    "bbox=106.78,-6.41,106.80,-6.39": 1,
    "bbox=106.78,-6.41,0,106.82,-6.37,9": 2,
    "bbox=170,-10,-170,10": 0,
    "bbox=100,-10,-170,10": 2,
    f"since={LATER}": 1,
    f"until={LATER}": 1,
    f"since={FIRST}&until={FIRST}": 0,
    f"updated_since={LATER}": 1,
    f"city=32.76&category=jalan-rusak&state=in_progress&area=32.76.01&since={FIRST}": 1,
}


async def test_filters_choose(town: Town):
    await started(town)
    town.clock.passes(hours=2)
    await (await town.resident()).submits(lat=-6.38, lon=106.81)
    found = {query: len(await listed(town, f"?{query}")) for query in CHOSEN}
    assert found == CHOSEN


async def test_what_is_done_is_closed(town: Town):
    report = await started(town)
    await puts(report, "work_done")
    assert (await (await town.staff("operator")).steps(report, "resolved", 3)).status_code == 201
    (shown,) = await listed(town, "?is_open=false")
    assert (shown["state"], shown["resolved_at"]) == ("resolved", FIRST)


@pytest.mark.parametrize(
    "query",
    [
        *("bbox=1,2,3", "bbox=a,b,c,d", "bbox=0,9,1,-9", "bbox=nan,0,1,1", "cursor=x", "cursor=-99999999999999999-1"),
        *("limit=0", "limit=501", "state=lost", "since=yesterday", "since=2026-01-01T00:00:00", "city=x"),
    ],
)
async def test_what_cannot_be_meant_is_refused(town: Town, query: str):
    answer = await town.stranger.get(f"/public/reports?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_exports_hold_the_same_reports_as_the_list(town: Town):
    await started(town, text='=1+1 "kutip", koma\nbaris')
    town.clock.passes(hours=2)
    await (await town.resident()).submits(lat=-6.38, lon=106.81)
    reports = await listed(town)
    collection = geojson.loads((await rows(town, "geojson")).text)
    assert collection.is_valid, collection.errors()
    assert collection["licence"] == ["CC BY 4.0"]
    assert [feature["properties"] for feature in collection["features"]] == reports
    assert collection["features"][0]["geometry"]["coordinates"] == [reports[0]["lon"], reports[0]["lat"]]
    assert [json.loads(line) for line in (await rows(town, "ndjson")).text.splitlines()] == reports
    table = list(csv.DictReader(io.StringIO((await rows(town, "csv")).text)))
    assert [line["tracking_id"] for line in table] == [report["tracking_id"] for report in reports]
    assert table[1]["text"] == '\'=1+1 "kutip", koma\nbaris'
    assert float(table[0]["lat"]) == reports[0]["lat"]


async def test_an_export_of_many_batches_is_whole_and_is_named_as_a_file(town: Town, many: int):
    answer = await rows(town, "csv")
    assert 'filename="reports.csv"' in answer.headers["content-disposition"]
    numbers = [line["tracking_id"] for line in csv.DictReader(io.StringIO(answer.text))]
    assert len(numbers) == len(set(numbers)) == many
    packed = await town.stranger.get("/public/reports.ndjson", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.text.splitlines()) == many


async def test_the_database_writes_what_the_schema_says(town: Town):
    await started(town)
    line = (await rows(town, "ndjson")).text
    assert tuple(msgspec.json.decode(line)) == FIELDS
    msgspec.json.decode(line, type=OpenReport)


async def test_a_rare_wish_comes_to_the_end_by_pages_of_the_window(town: Town, many: int):
    found, after, pages = 0, None, 0
    while True:
        page = await find(Wanted(state="rejected"), after, 50, window=1_000)
        pages += 1
        found += len(page.ids)
        if page.after is None:
            break
        after = page.after
    assert (found, pages) == (0, many // 1_000 + 1)


@pytest.mark.parametrize(
    ("walk", "index"),
    [
        ("everywhere", "map_point_newest"),
        ("city", "map_point_city_newest"),
        ("village", "report_village"),
    ],
)
async def test_each_walk_has_its_index(town: Town, many: int, walk: str, index: str):
    await DB.fetch("ANALYZE map_point, report")
    statement = choose_statement(walk, frozenset())
    values = {"city": 1, "village": "32.76.01.1001", "at": town.clock(), "since": town.clock(), "id": 1}
    values |= {"window": 100, "limit": 10}
    assert index in await indexes_of(statement.sql, *[values[name] for name in statement.names])


async def test_a_small_box_is_found_by_the_keys_of_its_tiles(town: Town, many: int):
    await DB.fetch("ANALYZE map_point")
    statement = choose_statement("box", frozenset({"box"}))
    values: dict[str, Any] = {"lows": [1], "highs": [2], "at": town.clock(), "since": town.clock(), "id": 1}
    values |= {"left": 1, "right": 2, "top": 1, "bottom": 2, "window": 100, "limit": 10}
    assert "map_point_qk" in await indexes_of(statement.sql, *[values[name] for name in statement.names])


def test_a_key_is_read_as_it_was_written():
    from api.public.selection import read_key
    from tests.people import NOON

    key = Key(NOON, 7)
    assert read_key(str(key)) == key
