"""Who may give rights to whom: told by the people who try."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from api.accounts.granting import check_whole
from api.accounts.speaker import Grant, Role
from api.accounts.tables import Account, RoleGrant
from api.errors import FieldRefused
from api.piccolo_conf import DB
from tests.accounts.test_enrolment import enrols
from tests.cities.factories import a_small_city
from tests.people import Person, Town

OFFICER = {"role": "officer", "city": "32.76", "agency": "dpupr"}
OPERATOR = {"role": "operator", "city": "32.76"}
COORDINATOR = {"role": "coordinator", "city": "32.76", "agency": "dpupr"}
LURAH = {"role": "area_head", "city": "32.76", "area": "32.76.01.1001"}
ADMIN = {"role": "admin", "city": "32.76"}


async def hires(by: Person, *grants: dict[str, Any], login: str = "petugas") -> httpx.Response:
    return await by.post("/v1/accounts/staff", {"login": login, "grants": list(grants)})


async def gives(by: Person, to: Person, grant: dict[str, Any]) -> httpx.Response:
    return await by.post("/v1/grants", {"account_id": to.uid, **grant})


async def roles_of(person: Person) -> list[str]:
    return [grant["role"] for grant in (await person.get("/v1/me")).json()["grants"]]


async def grant_ids(person: Person) -> list[int]:
    return [grant["id"] for grant in (await person.get("/v1/me")).json()["grants"]]


@pytest.fixture
async def admin(town: Town) -> Person:
    return await town.staff("admin")


@pytest.fixture
async def coordinator(town: Town) -> Person:
    return await town.staff("coordinator", agency="dpupr")


@pytest.fixture
async def neighbour(town: Town) -> Person:
    """The admin of the city next door."""
    city = await a_small_city("32.77")
    person = await town.staff("admin")
    await RoleGrant.update({RoleGrant.city: city}).where(RoleGrant.account == await account_of(person))
    return person


@pytest.fixture
async def everywhere(town: Town) -> Person:
    """The admin of all cities."""
    person = await town.staff("admin")
    await RoleGrant.update({RoleGrant.city: None}).where(RoleGrant.account == await account_of(person))
    return person


async def account_of(person: Person) -> int:
    account = await Account.objects().get(Account.uid == UUID(person.uid))
    assert account is not None
    return int(account.id)


async def test_an_admin_hires_an_officer_who_enrols_with_the_code(town: Town, admin: Person):
    answer = await hires(admin, OFFICER, LURAH)
    assert answer.status_code == 201, answer.text
    enrolled = await enrols(town, answer.json()["enrolment_code"])
    officer = Person(town.http, enrolled.json()["access_token"], enrolled.json()["account_id"])
    assert (await officer.get("/v1/me")).json()["second_factor"] == "required"
    listed = (await admin.get("/v1/accounts/staff")).json()["staff"]
    petugas = next(one for one in listed if one["login"] == "petugas")
    assert petugas["is_enrolled"]
    assert [(grant["role"], grant["agency_key"], grant["area_code"]) for grant in petugas["grants"]] == [
        ("officer", "dpupr", None),
        ("area_head", None, "32.76.01.1001"),
    ]


@pytest.mark.parametrize("role", ["officer", "area_head", "operator", "auditor"])
async def test_who_answers_reports_hires_nobody(town: Town, role: Role):
    somebody, other = await town.staff(role, agency="dpupr", area="32.76"), await town.staff("officer", agency="dpupr")
    assert (await hires(somebody, OFFICER)).status_code == 403
    assert (await gives(somebody, other, OFFICER | {"agency": "dishub"})).status_code == 403
    assert (await somebody.ask("DELETE", f"/v1/grants/{(await grant_ids(other))[0]}")).status_code in (403, 404)
    assert (await somebody.post(f"/v1/accounts/staff/{other.uid}/enrolment", {})).status_code == 403


async def test_a_resident_and_a_stranger_see_no_list(town: Town):
    resident = await town.resident()
    for path in ("/v1/accounts/staff", "/v1/grants"):
        assert (await resident.get(path)).status_code == 403
        assert (await town.stranger.get(path)).status_code == 401
    assert (await hires(resident, OFFICER)).status_code == 403


async def test_an_admin_of_one_city_gives_nothing_in_another(town: Town, neighbour: Person):
    officer = await town.staff("officer", agency="dpupr")
    for grant in (OFFICER, OPERATOR, ADMIN, LURAH, {"role": "admin"}):
        assert (await gives(neighbour, officer, grant)).status_code == 403
        assert (await hires(neighbour, grant, login="orang-lain")).status_code == 403
    assert (await neighbour.ask("DELETE", f"/v1/grants/{(await grant_ids(officer))[0]}")).status_code == 404
    assert (await neighbour.get("/v1/grants")).json()["grants"] == [
        {"account_id": neighbour.uid, "login": (await neighbour.get("/v1/me")).json()["login"]}
        | {"grant": (await neighbour.get("/v1/me")).json()["grants"][0]}
    ]


async def test_the_admin_of_a_city_makes_no_admin_of_all_cities(town: Town, admin: Person, everywhere: Person):
    officer = await town.staff("officer", agency="dpupr")
    assert (await gives(admin, officer, {"role": "admin"})).status_code == 403
    assert (await gives(everywhere, officer, {"role": "admin"})).status_code == 201


async def test_a_coordinator_gives_grants_of_the_own_agency_only(town: Town, coordinator: Person):
    officer = await town.staff("officer", agency="dishub")
    given = await gives(coordinator, officer, OFFICER)
    assert given.status_code == 201
    assert given.json()["agency_name"]
    assert (await gives(coordinator, officer, COORDINATOR)).status_code == 201
    for grant in (OPERATOR, ADMIN, LURAH, OFFICER | {"agency": "dishub"}, {"role": "auditor", "city": "32.76"}):
        assert (await gives(coordinator, officer, grant)).status_code == 403
    foreign = (await grant_ids(officer))[0]
    assert (await coordinator.ask("DELETE", f"/v1/grants/{foreign}")).status_code == 404
    seen = (await coordinator.get("/v1/grants")).json()["grants"]
    assert {one["grant"]["agency_key"] for one in seen} == {"dpupr"}


async def test_a_coordinator_does_not_take_over_an_account_that_may_more(
    town: Town, coordinator: Person, admin: Person
):
    officer = await town.staff("officer", agency="dpupr")
    assert (await gives(admin, officer, OPERATOR)).status_code == 201
    assert (await coordinator.post(f"/v1/accounts/staff/{officer.uid}/enrolment", {})).status_code == 403
    closing = {"disabled": True}
    assert (await coordinator.ask("PATCH", f"/v1/accounts/staff/{officer.uid}", json=closing)).status_code == 403
    assert (await admin.post(f"/v1/accounts/staff/{officer.uid}/enrolment", {})).status_code == 201
    assert (await officer.get("/v1/me")).status_code == 401


@pytest.mark.parametrize("grant", [OPERATOR, OFFICER, ADMIN, {"role": "admin"}])
async def test_nobody_raises_their_own_rights(
    town: Town, admin: Person, coordinator: Person, everywhere: Person, grant: dict[str, Any]
):
    for person in (admin, coordinator, everywhere):
        before = await roles_of(person)
        assert (await gives(person, person, grant)).status_code == 403
        assert (await person.post(f"/v1/accounts/staff/{person.uid}/enrolment", {})).status_code == 403
        own = (await grant_ids(person))[0]
        assert (await person.ask("DELETE", f"/v1/grants/{own}")).status_code == 403
        assert await roles_of(person) == before


async def test_a_grant_that_is_taken_away_ends_at_once(town: Town, admin: Person):
    officer = await town.staff("officer", agency="dpupr")
    assert (await admin.ask("DELETE", f"/v1/grants/{(await grant_ids(officer))[0]}")).status_code == 204
    assert await roles_of(officer) == []


async def test_the_same_grant_twice_is_one(town: Town, admin: Person):
    officer = await town.staff("officer", agency="dpupr")
    answers = await asyncio.gather(*(gives(admin, officer, LURAH) for _ in range(3)))
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await roles_of(officer) == ["officer", "area_head"]


@pytest.mark.parametrize(
    ("grant", "field"),
    [
        ({"role": "operator"}, "city"),
        ({"role": "operator", "city": "99.99"}, "city"),
        ({"role": "officer", "city": "32.76"}, "agency"),
        ({"role": "officer", "city": "32.76", "agency": "tidak-ada"}, "agency"),
        ({"role": "operator", "city": "32.76", "agency": "dpupr"}, "agency"),
        ({"role": "area_head", "city": "32.76"}, "area"),
        ({"role": "area_head", "city": "32.76", "area": "32.77.01"}, "area"),
        ({"role": "operator", "city": "32.76", "area": "32.76.01"}, "area"),
    ],
)
async def test_a_grant_that_covers_nothing_is_a_slip_of_the_pen(admin: Person, grant: dict[str, str], field: str):
    answer = await hires(admin, grant)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_closed_account_is_opened_again_with_its_grants(town: Town, admin: Person):
    officer = await town.staff("officer", agency="dpupr")
    path = f"/v1/accounts/staff/{officer.uid}"
    closed = await admin.ask("PATCH", path, json={"disabled": True})
    assert (closed.status_code, closed.json()["disabled"]) == (200, True)
    assert (await officer.get("/v1/me")).status_code == 401
    opened = await admin.ask("PATCH", path, json={"disabled": False})
    assert (opened.json()["disabled"], len(opened.json()["grants"])) == (False, 1)


async def test_a_resident_is_no_staff(town: Town, admin: Person):
    resident = await town.resident()
    assert (await gives(admin, resident, OPERATOR)).status_code == 404
    assert (await admin.post(f"/v1/accounts/staff/{resident.uid}/enrolment", {})).status_code == 404
    assert (await admin.ask("DELETE", "/v1/grants/999999")).status_code == 404


async def test_an_auditor_reads_who_gave_what(town: Town, admin: Person):
    auditor, officer = await town.staff("auditor"), await town.staff("officer", agency="dpupr")
    given = (await gives(admin, officer, LURAH)).json()["id"]
    await admin.ask("DELETE", f"/v1/grants/{given}")
    events = (await auditor.get(f"/v1/accounts/staff/{officer.uid}/events")).json()
    assert [event["kind"] for event in events] == ["grant-taken", "grant-given"]
    assert events[0]["actor"] == (await admin.get("/v1/me")).json()["login"]
    assert events[1]["details"]["area_code"] == "32.76.01.1001"
    assert (await officer.get(f"/v1/accounts/staff/{officer.uid}/events")).status_code == 403


async def test_a_login_that_is_taken_or_unreadable(admin: Person):
    assert (await hires(admin, OFFICER)).status_code == 201
    assert (await hires(admin, OFFICER, login="PETUGAS")).status_code == 409
    assert (await hires(admin, OFFICER, login="ada spasi")).status_code == 422
    assert (await hires(admin, login="tanpa")).status_code == 422


async def test_a_new_grant_starts_the_worklist_anew(town: Town, admin: Person):
    resident, officer = await town.resident(), await town.staff("officer", agency="dishub")
    report = await resident.submits()
    first = (await officer.get("/v1/worklist")).json()
    assert (first["reports"], first["restart"]) == ([], False)
    await gives(admin, officer, OFFICER)
    again = (await officer.get(f"/v1/worklist?since={first['next']}")).json()
    assert ([one["id"] for one in again["reports"]], again["restart"]) == ([report["id"]], True)
    later = (await officer.get(f"/v1/worklist?since={again['next']}")).json()
    assert later["restart"] is False
    await admin.ask("DELETE", f"/v1/grants/{(await grant_ids(officer))[1]}")
    gone = (await officer.get(f"/v1/worklist?since={later['next']}")).json()
    assert (gone["reports"], gone["restart"]) == ([], True)


def test_a_grant_without_a_city_is_of_all_cities_only_for_an_admin():
    with pytest.raises(FieldRefused):
        check_whole(Grant(0, "auditor", None, None, None), {})
    check_whole(Grant(0, "admin", None, None, None), {})


async def test_an_administrator_says_where_a_colleague_s_notices_are_mailed(
    town: Town, admin: Person, coordinator: Person, neighbour: Person
):
    path = f"/v1/accounts/staff/{coordinator.uid}/email"
    mailbox = "SELECT a.address FROM address AS a WHERE a.kind = 'email'"
    assert (await neighbour.put(path, {"email": "dpupr@kota.example"})).status_code == 403
    refused = await admin.put(path, {"email": "dpupr@kota.example, lain@kota.example"})
    assert [fault["field"] for fault in refused.json()["errors"]] == ["email"]
    assert (await admin.put(path, {"email": "dpupr@kota.example"})).status_code == 204
    assert [row["address"] for row in await DB.fetch(mailbox)] == ["dpupr@kota.example"]
    assert "kota.example" not in (await admin.get(f"/v1/accounts/staff/{coordinator.uid}/events")).text
    assert (await admin.put(path, {"email": ""})).status_code == 204
    assert await DB.fetch(mailbox) == []
