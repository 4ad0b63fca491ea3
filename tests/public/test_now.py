"""The present moment of a city, for its wall."""

from typing import Any

import pytest

from api.piccolo_conf import DB
from api.public.now.reading import BORN, LATEST, LOADS, OVERDUE
from tests.people import NOON, Town
from tests.plans import indexes_of
from tests.reports.steps import dispatched, puts


async def now_of(town: Town, city: str = "32.76") -> dict[str, Any]:
    """As it is after what is remembered has been forgotten."""
    town.clock.passes(seconds=3)
    answer = await town.stranger.get(f"/public/now?city={city}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def resolved(town: Town) -> str:
    report = await dispatched(town)
    await puts(report, "work_done")
    operator = await town.staff("operator")
    answer = await operator.steps(report, "resolved", 2)
    assert answer.status_code == 201, answer.text
    return report


async def test_what_is_new_open_and_resolved_today_is_counted_where_it_belongs(town: Town) -> None:
    await dispatched(town)
    await dispatched(town)
    await resolved(town)
    now = await now_of(town)
    assert now["counts"] == {"new_today": 3, "open": 2, "closed_today": 1, "overdue": 0, "promises_kept": None}
    (agency,), (village,) = now["agencies"], now["villages"]
    assert (agency["key"], agency["open"], agency["closed"]) == ("uptd-jalan-1", 2, 1)
    assert (village["name"], village["open"], village["overdue"], village["closed"]) == ("Depok", 2, 0, 1)
    assert (now["latest"][0]["state"], now["latest"][0]["is_open"]) == ("resolved", False)
    assert len(now["latest"]) == 3


async def test_a_day_ends_at_midnight_in_the_city(town: Town) -> None:
    await dispatched(town)
    await resolved(town)
    town.clock.passes(hours=11, minutes=59)
    assert (await now_of(town))["counts"]["new_today"] == 2
    town.clock.passes(minutes=1)
    now = await now_of(town)
    assert (now["counts"]["new_today"], now["counts"]["closed_today"]) == (0, 0)
    assert now["agencies"][0]["closed"] == 1, "it still belongs to the last seven days"
    assert now["day_began"] == "2026-11-24T00:00:00+07:00"


async def test_a_broken_promise_is_overdue_until_the_report_is_resolved(town: Town) -> None:
    report = await dispatched(town)
    town.clock.passes(days=20)
    now = await now_of(town)
    assert now["counts"]["overdue"] == now["agencies"][0]["overdue"] == now["villages"][0]["overdue"] == 1
    (line,) = now["overdue"]
    assert (line["village"], line["state"]) == ("Depok", "dispatched")
    assert NOON.isoformat() < line["since"] < town.clock().isoformat()

    await puts(report, "resolved")
    assert (await now_of(town))["overdue"] == []


@pytest.mark.parametrize("visibility", ["restricted", "secret"])
async def test_what_is_not_public_is_not_on_the_wall(town: Town, visibility: str) -> None:
    await dispatched(town, visibility=visibility)
    now = await now_of(town)
    assert now["counts"]["new_today"] == now["counts"]["open"] == 0
    assert now["agencies"] == now["villages"] == now["latest"] == []


async def test_it_is_read_at_most_once_in_two_seconds(town: Town) -> None:
    before = await now_of(town)
    await dispatched(town)
    assert (await town.stranger.get("/public/now?city=32.76")).json() == before
    assert (await now_of(town))["counts"]["open"] == 1


async def test_an_unknown_city_is_said(town: Town) -> None:
    assert (await town.stranger.get("/public/now?city=99.99")).status_code == 404
    assert (await town.stranger.get("/public/now?city=depok")).status_code == 422


async def test_the_map_is_told_how_far_the_city_reaches(town: Town) -> None:
    extent = (await town.stranger.get("/public/extent?city=32.76")).json()
    assert extent["south"] < -6.40 < extent["north"]
    assert extent["west"] < 106.79 < extent["east"]


async def test_every_question_is_answered_by_an_index(town: Town, many: int) -> None:
    await DB.fetch("ANALYZE report, report_event, report_clock, map_point")
    loads, overdue = LOADS.sql, OVERDUE.sql
    moment = {"city": town.city.id, "now": NOON, "day_began": NOON, "week_began": NOON, "most": 20}
    assert await indexes_of(loads, *[moment[name] for name in LOADS.names]) >= {"report_open", "report_event_resolved"}
    assert "report_open" in await indexes_of(overdue, *[moment[name] for name in OVERDUE.names])
    assert "map_point_city_newest" in await indexes_of(BORN, town.city.id, NOON)
    assert "report_changed" in await indexes_of(LATEST, town.city.id, 30)
