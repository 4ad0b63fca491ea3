"""What somebody wishes to be told, over HTTP."""

from typing import Any

import pytest

from tests.journeys.conftest import town
from tests.people import Person, Town

__all__ = ["town"]
NIGHT = {"begins": "21:00:00", "ends": "06:00:00", "zone": "Asia/Makassar"}


async def wishes(person: Person, **wished: Any) -> dict[str, Any]:
    answer = await person.put("/v1/me/notifications", wished)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_at_first_everything_rings_at_every_hour(town: Town):
    shown = (await (await town.resident()).get("/v1/me/notifications")).json()
    assert {"report.changed", "report.followed", "escalation.overdue"} <= set(shown["kinds"])
    assert set(shown["kinds"].values()) == {"push"}
    assert (shown["quiet"], shown["language"]) == (None, "id")


async def test_wishes_are_kept_as_they_were_said(town: Town):
    resident = await town.resident()
    chosen = {"report.followed": "digest", "report.commented": "inbox", "report.changed": "push"}
    said = await wishes(resident, kinds=chosen, quiet=NIGHT, zone="Asia/Makassar")
    assert said == (await resident.get("/v1/me/notifications")).json()
    assert said["quiet"] == NIGHT
    assert {kind: said["kinds"][kind] for kind in chosen} == chosen


async def test_the_last_wishes_count(town: Town):
    resident = await town.resident()
    await wishes(resident, kinds={"report.followed": "digest"}, quiet=NIGHT)
    said = await wishes(resident)
    assert set(said["kinds"].values()) == {"push"}
    assert said["quiet"] is None


async def test_wishes_are_ones_own(town: Town):
    await wishes(await town.resident(), quiet=NIGHT)
    assert (await (await town.resident()).get("/v1/me/notifications")).json()["quiet"] is None
    assert (await town.stranger.get("/v1/me/notifications")).status_code == 401


async def test_the_language_is_the_accounts_from_then_on(town: Town):
    resident = await town.resident()
    await wishes(resident, language="en")
    await resident.submits()
    [message] = (await resident.get("/v1/inbox")).json()["messages"]
    assert message["title"].startswith("Report ")


@pytest.mark.parametrize(
    ("wished", "field"),
    [
        ({"kinds": {"report.unknown": "push"}}, "kinds"),
        ({"quiet": NIGHT | {"zone": "Asia/Depok"}}, "zone"),
        ({"zone": "../etc"}, "zone"),
        ({"quiet": NIGHT | {"ends": "21:00:00"}}, "quiet"),
        ({"language": "jv"}, "language"),
    ],
)
async def test_a_wish_that_means_nothing_is_refused_with_its_field(town: Town, wished: dict[str, Any], field: str):
    answer = await (await town.resident()).put("/v1/me/notifications", wished)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]
    assert "{" not in answer.json()["errors"][0]["message"]
