"""The admin of a city keeps its lists; operators and auditors look on; everybody else is refused."""

import asyncio
from typing import Any

import pytest

from api.piccolo_conf import DB
from tests.cities.factories import a_small_city
from tests.journeys.conftest import town
from tests.people import Person, Town
from tests.reports.steps import dispatched, fields

__all__ = ["town"]


async def listed(person: Person, path: str) -> dict[str, dict[str, Any]]:
    answer = await person.get(f"/v1/{path}", params={"city": "32.76"})
    assert answer.status_code == 200, answer.text
    return {entry.get("key", str(entry["id"])): entry for entry in answer.json()}


async def tag(person: Person, path: str) -> dict[str, str]:
    return {"if-match": (await person.get(path)).headers["etag"]}


async def changes(admin: Person, path: str, **body: Any) -> Any:
    return await admin.ask("PATCH", path, json=body, headers=await tag(admin, path))


async def removes(admin: Person, path: str) -> Any:
    return await admin.ask("DELETE", path, headers=await tag(admin, path))


@pytest.mark.parametrize("path", ["agencies", "category-groups", "categories/all", "routing-rules", "policies"])
async def test_who_may_look_and_who_may_not(town: Town, path: str):
    for role in ("admin", "operator", "auditor"):
        assert await listed(await town.staff(role), path) or path == "policies"
    refused = [await town.staff("officer", agency="dpupr"), await town.staff("area_head", area="32.76.01")]
    for person in [*refused, await town.resident()]:
        assert (await person.get(f"/v1/{path}", params={"city": "32.76"})).status_code == 403
    assert (await town.stranger.get(f"/v1/{path}", params={"city": "32.76"})).status_code == 401


async def test_only_an_admin_changes(town: Town):
    for role in ("operator", "auditor"):
        person = await town.staff(role)
        agency = (await listed(person, "agencies"))["dpupr"]
        path = f"/v1/agencies/{agency['id']}"
        assert (await changes(person, path, name="Lain")).status_code == 403
        assert (await removes(person, path)).status_code == 403
        assert (await person.post("/v1/agencies", {"city": "32.76", "key": "x", "name": "X"})).status_code == 403


async def test_an_agency_is_added_changed_and_told_in_the_ledger(town: Town):
    admin, auditor = await town.staff("admin"), await town.staff("auditor")
    body = {"city": "32.76", "key": "uptd-baru", "name": "UPTD Baru", "kind": "unit", "parent": "dpupr"}
    made = await admin.post("/v1/agencies", body)
    assert (made.status_code, made.json()["parent"]) == (201, "dpupr")
    path = f"/v1/agencies/{made.json()['id']}"
    changed = await changes(admin, path, name="UPTD Baru Sekali", parent=None)
    assert (changed.json()["name"], changed.json()["parent"]) == ("UPTD Baru Sekali", None)
    assert (await removes(admin, path)).status_code == 204
    told = (await auditor.get("/v1/cities/32.76/changes")).json()["changes"]
    assert [(one["what"], one["key"], bool(one["before"]), bool(one["after"])) for one in told] == [
        ("agency", "uptd-baru", True, False),
        ("agency", "uptd-baru", True, True),
        ("agency", "uptd-baru", False, True),
    ]
    assert told[1]["before"]["name"] == "UPTD Baru"
    assert told[0]["by"].startswith("admin-")


async def test_two_admins_at_once_do_not_overwrite_each_other(town: Town):
    admin = await town.staff("admin")
    path = f"/v1/agencies/{(await listed(admin, 'agencies'))['dpupr']['id']}"
    match = await tag(admin, path)
    both = await asyncio.gather(
        *(admin.ask("PATCH", path, json={"name": name}, headers=match) for name in ("PU Satu", "PU Dua"))
    )
    assert sorted(answer.status_code for answer in both) == [200, 412]
    assert (await admin.ask("PATCH", path, json={"name": "PU"})).status_code == 428
    late = next(answer for answer in both if answer.status_code == 412)
    assert late.json()["current"] == (await tag(admin, path))["if-match"]


async def test_the_tree_of_agencies_has_no_loop(town: Town):
    admin = await town.staff("admin")
    path = f"/v1/agencies/{(await listed(admin, 'agencies'))['dpupr']['id']}"
    for parent in ("uptd-jalan-1", "dpupr", "tidak-ada"):
        assert fields(await changes(admin, path, parent=parent)) == ["parent"]
    taken = await admin.post("/v1/agencies", {"city": "32.76", "key": "dpupr", "name": "Lagi"})
    assert fields(taken) == ["key"]


async def test_what_a_report_names_is_closed_and_not_removed(town: Town):
    admin = await town.staff("admin")
    await dispatched(town)
    agency = (await listed(admin, "agencies"))["uptd-jalan-1"]
    closed = await removes(admin, f"/v1/agencies/{agency['id']}")
    assert (closed.status_code, closed.json()["active"]) == (200, False)
    category = (await listed(admin, "categories/all"))["jalan-rusak"]
    assert (await removes(admin, f"/v1/categories/{category['id']}")).json()["active"] is False
    known = (await admin.get("/v1/categories", params={"city": "32.76"})).json()["categories"]
    assert "jalan-rusak" not in [one["key"] for one in known]


async def test_a_group_with_categories_stays(town: Town):
    admin = await town.staff("admin")
    path = f"/v1/category-groups/{(await listed(admin, 'category-groups'))['jalan']['id']}"
    assert (await removes(admin, path)).status_code == 409
    assert (await changes(admin, path, name_en="Streets")).json()["name_en"] == "Streets"
    made = await admin.post(
        "/v1/category-groups", {"city": "32.76", "key": "baru", "name_id": "Baru", "name_en": "New"}
    )
    assert (await removes(admin, f"/v1/category-groups/{made.json()['id']}")).status_code == 204


async def test_a_new_category_is_offered_at_once_with_its_questions(town: Town):
    admin = await town.staff("admin")
    question = {"key": "dalam", "id": "Seberapa dalam?", "en": "How deep?", "kind": "text"}
    body = {"city": "32.76", "key": "lubang", "group": "jalan", "name_id": "Lubang", "name_en": "Hole"}
    made = await admin.post("/v1/categories", {**body, "resolve_class": "minor", "questions": [question]})
    assert made.status_code == 201, made.text
    shown = (await town.stranger.get("/v1/categories", params={"city": "32.76"})).json()["categories"]
    hole = next(one for one in shown if one["key"] == "lubang")
    assert (hole["questions"][0]["text"], "2 hari kerja" in hole["promise"]) == ("Seberapa dalam?", True)
    path = f"/v1/categories/{made.json()['id']}"
    changed = await changes(admin, path, private_place=True, needs_evidence=False, default_visibility="restricted")
    assert (changed.json()["private_place"], changed.json()["default_visibility"]) == (True, "restricted")
    assert fields(await admin.post("/v1/categories", {**body, "key": "lain", "group": "tidak-ada"})) == ["group"]
    assert (await removes(admin, path)).status_code == 204


async def test_what_would_happen_to_a_point_is_what_happens(town: Town):
    admin = await town.staff("admin")
    asked = {"lat": -6.40, "lon": 106.79, "category": "jalan-rusak"}
    before = (await admin.get("/v1/routing-rules/preview", params=asked)).json()
    assert (before["agency"], before["village"]["code"]) == ("uptd-jalan-1", "32.76.01.1001")
    assert [rule["agency"] for rule in before["losing"]] == ["uptd-jalan", "dpupr"]
    assert before["losing"][0]["why"].startswith("Kalah: wilayahnya lebih luas")
    rule = {"city": "32.76", "agency": "dlh", "category": "jalan-rusak", "area": "32.76.01.1001"}
    made = await admin.post("/v1/routing-rules", rule)
    assert made.status_code == 201, made.text
    after = (await admin.get("/v1/routing-rules/preview", params=asked)).json()
    assert (after["agency"], after["chosen"]["id"]) == ("dlh", made.json()["id"])
    receipt = await (await town.resident()).submits()
    assert (receipt["agency"]["key"], receipt["routing_reason"]) == ("dlh", after["reason"])
    assert fields(await admin.post("/v1/routing-rules", rule)) == ["category"]
    assert fields(await admin.post("/v1/routing-rules", {**rule, "area": "32.77.01"})) == ["area"]
    assert (await town.resident()).token
    refused = await (await town.resident()).get("/v1/routing-rules/preview", params=asked)
    assert refused.status_code == 403
    assert (await removes(admin, f"/v1/routing-rules/{made.json()['id']}")).status_code == 204


async def test_an_admin_of_another_city_is_nobody_here(town: Town):
    elsewhere = await town.staff("admin")
    other = await a_small_city("32.77")
    await DB.fetch("UPDATE role_grant SET city = $1", other)
    town.app.state.cities.invalidate()
    assert (await elsewhere.get("/v1/agencies", params={"city": "32.76"})).status_code == 403
    mine = (await elsewhere.get("/v1/agencies", params={"city": "32.77"})).json()
    assert [agency["key"] for agency in mine] == ["dpupr"]
    assert [city["code"] for city in (await elsewhere.get("/v1/cities")).json()] == ["32.77"]
