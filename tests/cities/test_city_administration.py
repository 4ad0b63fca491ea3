"""A city's own facts, its days off and the versions of its promises."""

from datetime import datetime, timedelta
from typing import Any

from api.cities.promises import Clock
from api.piccolo_conf import DB
from tests.cities.test_administration import changes
from tests.journeys.conftest import town
from tests.people import Person, Town
from tests.reports.steps import dispatched, fields

__all__ = ["town"]
CITY = "/v1/cities/32.76"


async def test_an_admin_changes_name_call_centre_and_office_hours(town: Town):
    admin, auditor = await town.staff("admin"), await town.staff("auditor")
    changed = await changes(admin, CITY, call_centre="1500-123", office_opens="08:00", days_off=[7])
    assert changed.status_code == 200, changed.text
    shown = (await auditor.get(CITY)).json()
    assert (shown["call_centre"], shown["office_opens"], shown["days_off"]) == ("1500-123", "08:00", [7])
    assert [city["call_centre"] for city in (await auditor.get("/v1/config")).json()["cities"]] == ["1500-123"]
    (told,) = (await auditor.get(f"{CITY}/changes")).json()["changes"]
    assert (told["before"]["call_centre"], told["after"]["call_centre"]) == ("112", "1500-123")
    assert fields(await changes(admin, CITY, office_closes="07:00")) == ["office_closes"]
    assert (await changes(auditor, CITY, name="Lain")).status_code == 403
    assert (await admin.ask("PATCH", CITY, json={"name": "Lain"})).status_code == 428


async def test_the_calendar_names_every_day_and_its_source(town: Town):
    admin, resident = await town.staff("admin"), await town.resident()
    year = f"{CITY}/calendar?year=2026"
    before = (await resident.get(year)).json()
    assert before["is_decreed"] is True
    days = {day["date"]: day for day in before["days"]}
    assert days["2026-08-17"]["decided_by"] == "national"
    decided = await admin.put(f"{CITY}/holidays/2026-04-27", {"name": "Hari Jadi Kota Depok", "source": "SK 1/2026"})
    assert decided.status_code == 200, decided.text
    await admin.put(
        f"{CITY}/holidays/2026-12-24", {"name": "Masuk kerja", "is_working_day": True, "source": "SE 2/2026"}
    )
    after = (await resident.get(year)).json()
    days = {day["date"]: day for day in after["days"]}
    assert (days["2026-04-27"]["decided_by"], days["2026-04-27"]["source"]) == ("city", "SK 1/2026")
    assert days["2026-12-24"]["is_working_day"] is True
    assert after["working_days"] == before["working_days"]
    assert (await admin.ask("DELETE", f"{CITY}/holidays/2026-04-27")).status_code == 204
    assert (await admin.ask("DELETE", f"{CITY}/holidays/2026-04-27")).status_code == 404
    assert (await resident.put(f"{CITY}/holidays/2026-04-27", {"name": "Libur"})).status_code == 403
    assert (await resident.get(year)).json()["working_days"] == before["working_days"] + 1


async def due(person: Person, report: str, clock: Clock) -> tuple[str, int]:
    clocks = (await person.get(f"/v1/reports/{report}")).json()["clocks"]
    (found,) = [one for one in clocks if one["clock"] == clock]
    return found["due_at"], found["policy"]


def a_version(**more: Any) -> dict[str, Any]:
    promises = [{"clock": "verify", "days": 1}, {"clock": "resolve", "days": 6, "category": "jalan-rusak"}]
    return {"city": "32.76", "name": "Perwal 9/2026", "source": "Perwal 9/2026", "promises": promises, **more}


async def test_a_new_version_counts_for_clocks_that_start_later(town: Town):
    admin, operator = await town.staff("admin"), await town.staff("operator")
    old = await dispatched(town)
    made = await admin.post("/v1/policies", a_version())
    assert (made.status_code, made.json()["version"], made.json()["in_force"]) == (201, 1, False)
    early = await dispatched(town)
    await town.passes(admin, operator, minutes=2)
    new = await dispatched(town)
    assert await due(operator, old, "resolve") == await due(operator, early, "resolve")
    assert [(await due(operator, report, "resolve"))[1] for report in (old, new)] == [0, 1]
    assert await due(operator, new, "resolve") < await due(operator, old, "resolve")
    (listed,) = (await operator.get("/v1/policies", params={"city": "32.76"})).json()
    assert (listed["in_force"], listed["promises"][1]["category"]) == (True, "jalan-rusak")
    shown = (await town.stranger.get("/v1/categories?city=32.76")).json()["categories"]
    assert "6 hari kerja" in next(one["promise"] for one in shown if one["key"] == "jalan-rusak")


async def test_a_version_is_shown_before_it_is_made(town: Town):
    auditor = await town.staff("auditor")
    effects = (await auditor.post("/v1/policies/preview", a_version())).json()
    resolve = [one for one in effects if one["clock"] == "resolve"]
    assert [(one["category"], one["days"], one["days_then"]) for one in resolve] == [("jalan-rusak", 14, 6)]
    assert {one["days_then"] for one in effects if one["clock"] == "verify"} == {1}
    assert await DB.fetch("SELECT FROM sla_policy") == []
    assert (await auditor.post("/v1/policies", a_version())).status_code == 403


async def test_a_version_that_cannot_be_says_which_field(town: Town):
    admin = await town.staff("admin")

    async def refused(**more: Any) -> list[str]:
        return fields(await admin.post("/v1/policies", a_version(**more)))

    verify = {"clock": "verify", "days": 3}
    assert await refused(effective_from=town.clock().isoformat()) == ["effective_from"]
    assert await refused(escalate_at=[100, 75, 200]) == ["escalate_at"]
    assert await refused(promises=[verify, verify]) == ["promises"]
    assert await refused(promises=[{**verify, "category": "tidak-ada"}]) == ["promises.0.category"]
    assert await refused(promises=[{**verify, "resolve_class": "minor"}]) == ["promises.0.resolve_class"]
    later = (town.clock() + timedelta(days=3)).isoformat()
    assert (await admin.post("/v1/policies", a_version(effective_from=later))).status_code == 201
    assert await refused(effective_from=later) == ["effective_from"]
    assert datetime.fromisoformat(later) > town.clock()
