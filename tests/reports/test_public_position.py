"""Where the public sees a report: decided once, the same in everything that shows it."""

from typing import Any

import pytest

from api.piccolo_conf import DB
from api.reports.publicity import mark_values
from tests.cities.factories import a_category
from tests.people import Person, Town
from tests.reports.steps import dispatched

HOME = {"lat": -6.40123, "lon": 106.79123}
STREET = (-6.401, 106.791)


async def categories(town: Town, **values: Any) -> None:
    for name, value in values.items():
        await DB.fetch(f"UPDATE category SET {name} = $1 WHERE key = 'jalan-rusak'", value)
    town.app.state.cities.invalidate()


async def everywhere(town: Town, number: str, follower: Person) -> set[tuple[float, float]]:
    """As each of the ways to see it says."""
    stranger = town.stranger
    listed = (await stranger.get("/public/reports")).json()["reports"]
    tracked = (await stranger.get(f"/v1/track/{number}")).json()
    feature = (await stranger.get("/public/reports.geojson")).json()["features"][0]["geometry"]["coordinates"]
    (similar,) = (await follower.get("/v1/reports/similar?lat=-6.401&lon=106.791")).json()
    (followed,) = (await follower.get("/v1/reports?following=1")).json()["reports"]
    (point,) = await DB.fetch("SELECT mercator_lat(y) AS lat, mercator_lon(x) AS lon FROM map_point")
    plain = [*listed, tracked, similar["position"], followed["position"], point]
    return {(one["lat"], one["lon"]) for one in plain} | {(feature[1], feature[0])}


async def test_a_home_is_at_the_same_street_wherever_it_is_shown(town: Town):
    await categories(town, private_place=True)
    reporter, neighbour = await town.resident(), await town.resident()
    report = await reporter.submits(**HOME)
    assert (await neighbour.says(report["id"], "support", 2)).status_code == 201
    assert await everywhere(town, report["tracking_id"], neighbour) == {STREET}


async def test_reports_from_one_home_have_one_mark(town: Town):
    """Nothing is left to be averaged."""
    await categories(town, private_place=True)
    resident = await town.resident()
    for shift in (0, 0.0001, -0.0001, 0.0002):
        await resident.submits(lat=HOME["lat"] + shift, lon=HOME["lon"] - shift)
    listed = (await town.stranger.get("/public/reports")).json()["reports"]
    assert {(one["lat"], one["lon"]) for one in listed} == {STREET}


async def test_steps_leave_the_mark_where_it_is_also_when_the_category_has_changed(town: Town):
    await categories(town, private_place=True)
    report = await dispatched(town, **HOME)
    await categories(town, private_place=False)
    officer = await town.staff("officer", agency="uptd-jalan-1")
    assert (await officer.steps(report, "in_progress", 2)).status_code == 201
    (one,) = (await town.stranger.get("/public/reports")).json()["reports"]
    assert (one["lat"], one["lon"]) == STREET


async def test_a_moved_pin_moves_the_mark(town: Town):
    await categories(town, private_place=True)
    operator, report = await town.staff("operator"), await dispatched(town, **HOME)
    position = {"lat": -6.39512, "lon": 106.80612, "accuracy_m": 5}
    assert (await operator.says(report, "relocate", 2, position=position)).status_code == 201
    (one,) = (await town.stranger.get("/public/reports")).json()["reports"]
    assert (one["lat"], one["lon"]) == (-6.395, 106.806)


async def test_another_category_brings_its_own_precision(town: Town):
    operator, report = await town.staff("operator"), await dispatched(town, **HOME)
    assert (await operator.says(report, "recategorize", 2, category="air-keruh")).status_code == 201
    (one,) = (await town.stranger.get("/public/reports")).json()["reports"]
    assert (one["lat"], one["lon"]) == STREET


async def test_a_city_says_how_exactly_a_category_is_shown(town: Town):
    await categories(town, precision_m=1000)
    await dispatched(town, **HOME)
    (one,) = (await town.stranger.get("/public/reports")).json()["reports"]
    assert (one["lat"], one["lon"]) == (-6.399, 106.794)


async def test_an_admin_sets_the_precision_and_takes_it_back(town: Town):
    admin = await town.staff("admin")
    group = {"city": "32.76", "key": "lubang", "group": "jalan", "name_id": "Lubang", "name_en": "Hole"}
    made = await admin.post("/v1/categories", {**group, "precision_m": 330})
    assert (made.status_code, made.json()["precision_m"]) == (201, 330)
    path, match = f"/v1/categories/{made.json()['id']}", {"if-match": made.headers["etag"]}
    taken = await admin.ask("PATCH", path, json={"precision_m": None}, headers=match)
    assert (taken.status_code, taken.json()["precision_m"]) == (200, None)
    refused = await admin.post("/v1/categories", {**group, "key": "lain", "precision_m": 250})
    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("private", "code", "values"),
    [
        (False, "32.76.01.1001", (1, 1 / 10_000)),
        (False, "13.05.01.2001", (1, 1 / 2_500)),
        (True, "32.76.01.1001", (110, 20 / 10_000)),
        (True, "13.05.01.2001", (110, 20 / 2_500)),
    ],
)
def test_around_a_home_live_more_people_and_a_desa_has_fewer(private: bool, code: str, values: tuple[int, float]):
    assert tuple(mark_values(a_category(private_place=private), code).values()) == values


def test_a_category_that_is_not_known_may_be_a_home():
    assert mark_values(None, "32.76.01.1001")["finest_m"] == 110
