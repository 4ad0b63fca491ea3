"""GeoRSS feeds, as feedparser reads them."""

import feedparser
import pytest

from api.catalogue import entries
from api.public.dictionary import fields_of
from api.public.open_reports import FIELDS, OpenReport
from tests.people import Town
from tests.public.test_reports import started
from tests.reports.steps import dispatched


async def test_a_feed_is_read_by_feedparser(town: Town):
    await started(town, text="Jalan <b>berlubang</b> & dalam.")
    answer = await town.stranger.get("/public/feeds/32.76.01.1001.rss")
    assert answer.headers["content-type"] == "application/rss+xml; charset=utf-8"
    feed = feedparser.parse(answer.content)
    assert not feed.bozo, feed.bozo_exception
    (entry,) = feed.entries
    assert entry.title.endswith("Depok, Pancoran Mas")
    assert "berlubang" in entry.summary
    assert entry["where"]["coordinates"] == (106.79, -6.4)
    assert entry.published_parsed[:5] == (2026, 11, 23, 5, 0)


@pytest.mark.parametrize(
    ("path", "items"),
    [("32.76.rss", 1), ("32.76.01.rss", 1), ("32.76.02.rss", 0), ("32.76.rss?category=sampah-liar", 0)],
)
async def test_a_feed_is_of_an_area_and_a_category(town: Town, path: str, items: int):
    await dispatched(town)
    assert len(feedparser.parse((await town.stranger.get(f"/public/feeds/{path}")).content).entries) == items


async def test_a_feed_that_has_not_changed_is_not_sent_again(town: Town):
    await dispatched(town)
    first = await town.stranger.get("/public/feeds/32.76.rss")
    etag = {"if-none-match": first.headers["etag"]}
    assert (await town.stranger.get("/public/feeds/32.76.rss", headers=etag)).status_code == 304
    await dispatched(town)
    assert (await town.stranger.get("/public/feeds/32.76.rss", headers=etag)).status_code == 200


@pytest.mark.parametrize("path", ["32.76", "32.76.xml", "99.99.rss", "32.76.99.rss", ".rss"])
async def test_there_is_no_feed_of_what_is_not_served(town: Town, path: str):
    assert (await town.stranger.get(f"/public/feeds/{path}")).status_code == 404


async def test_the_dictionary_explains_every_field(town: Town):
    said = (await town.stranger.get("/data.json?lang=en")).json()
    assert tuple(field["name"] for field in said["reports"]) == FIELDS
    assert said["licences"] == [{"city": "32.76", "name": "Kota Depok", "licence": "CC BY 4.0"}]
    assert {field.kind for field in fields_of(OpenReport, "field", "id")} == {
        *("string", "boolean", "integer", "number", "date-time", "array")
    }
    for way in said["ways"]:
        address = way["address"].replace("{area_code}", "32.76")
        if "{" not in address:
            assert (await town.stranger.get(address)).status_code == 200, address
    assert entries()["field.text"]["en"] in str(said)
