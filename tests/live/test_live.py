from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.live.conftest import listening
from tests.people import Person, Town
from tests.public.crowd import multiply
from tests.public.serving import served
from tests.reports.steps import dispatched


async def test_everybody_hears_of_a_public_report_and_of_its_change(site: str, town: Town) -> None:
    async with listening(site, "/public/live?city=32.76") as screen:
        assert (await screen.hears())["event"] == "hello"
        report = await dispatched(town)
        new = (await screen.hears())["data"]
        officer = await town.staff("officer", agency="uptd-jalan-1")
        assert (await officer.steps(report, "in_progress", 2)).status_code == 201
        changed = (await screen.hears())["data"]
    assert (new["state"], new["is_open"], new["category"], new["village"]) == (
        "dispatched",
        True,
        "jalan-rusak",
        "Depok",
    )
    assert (changed["tracking_id"], changed["state"]) == (new["tracking_id"], "in_progress")
    assert set(new) == {
        *("tracking_id", "city", "state", "is_open", "is_new", "category", "agency"),
        *("village_code", "village", "lat", "lon", "at"),
    }


async def test_a_stranger_hears_nothing_of_a_report_that_is_not_public(site: str, town: Town) -> None:
    async with listening(site, "/public/live") as screen:
        await screen.hears()
        for visibility in ("restricted", "secret"):
            await (await town.resident()).submits(visibility=visibility)
        await dispatched(town, text="Lampu jalan juga mati.")
        heard = await screen.hears()
    assert heard["data"]["state"] == "dispatched"
    assert heard["data"]["lat"] is not None


async def test_a_withdrawn_report_leaves_the_screen_without_its_place(site: str, town: Town) -> None:
    resident = await town.resident()
    async with listening(site, "/public/live") as screen:
        await screen.hears()
        receipt = await resident.submits(category="lainnya")
        await screen.hears()
        answer = await resident.says(receipt["id"], "withdraw", receipt["version"])
        assert answer.status_code == 201, answer.text
        gone = (await screen.hears())["data"]
    assert (gone["state"], gone["is_open"], gone["lat"], gone["village_code"]) == ("withdrawn", False, None, None)


async def test_who_comes_back_with_the_cursor_is_told_what_was_missed(site: str, town: Town) -> None:
    async with listening(site, "/public/live") as screen:
        cursor = (await screen.hears())["id"]
    receipts = [await (await town.resident()).submits() for _ in range(3)]
    async with listening(site, "/public/live", cursor) as screen:
        assert (await screen.hears())["event"] == "hello"
        missed = [(await screen.hears())["data"]["tracking_id"] for _ in receipts]
    assert missed == [receipt["tracking_id"] for receipt in receipts]


async def test_a_cursor_too_old_to_replay_is_answered_with_a_reset(site: str, town: Town) -> None:
    await dispatched(town)
    await multiply(1_100)
    async with listening(site, "/public/live", "1") as screen:
        assert (await screen.hears())["event"] == "reset"


@pytest.fixture
def own_site(town: Town) -> Iterator[str]:
    """A process that has seen no other test's city: it keeps its book of cities for seconds."""
    with served() as address:
        yield address


async def test_an_officer_hears_of_the_own_agency_and_of_what_leaves_it(own_site: str, town: Town) -> None:
    officer, other = await _staff(town, "uptd-jalan-1"), await _staff(town, "dlh")
    async with (
        listening(own_site, "/v1/live", token=officer.token) as phone,
        listening(own_site, "/v1/live", token=other.token) as others,
    ):
        await phone.hears()
        await others.hears()
        report = await dispatched(town)
        assert (await phone.hears())["data"]["is_mine"] is True
        operator = await town.staff("operator")
        moved = await operator.steps(report, "dispatched", 2, agency="dlh", note="Sampah, bukan jalan.")
        assert moved.status_code == 201, moved.text
        assert (await phone.hears())["data"]["is_mine"] is False
        theirs = (await others.hears())["data"]
    assert (theirs["id"], theirs["is_mine"], theirs["version"]) == (report, True, 3)


async def test_a_stranger_is_not_let_into_the_staffs_stream(town: Town) -> None:
    assert (await town.stranger.get("/v1/live")).status_code == 401


async def test_an_unknown_city_has_no_stream(town: Town) -> None:
    assert (await town.stranger.get("/public/live?city=99.99")).status_code == 404


async def _staff(town: Town, agency: str) -> Person:
    """At the served process the wall clock runs, so the session must be of today."""
    town.clock.now, before = datetime.now(UTC), town.clock.now
    try:
        return await town.staff("coordinator", agency=agency)
    finally:
        town.clock.now = before
