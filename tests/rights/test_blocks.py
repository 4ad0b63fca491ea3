"""Somebody is not listened to for a while, reads why, and objects."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

import geo.areas
from api.accounts.tables import Account, RoleGrant
from api.cities.book import City
from api.cities.onboarding import add_city
from tests.geo.factories import a_city_of_squares
from tests.people import Person, Town, a_report


def a_block(town: Town, days: int = 7) -> dict[str, Any]:
    return {"reason": "Kata-kata kasar kepada petugas", "until": (town.clock() + timedelta(days=days)).isoformat()}


async def test_who_is_blocked_is_told_why_and_may_still_answer_for_their_reports(town: Town):
    warga, operator = await town.resident(), await town.staff("operator")
    report = (await warga.submits())["id"]
    given = await operator.post(f"/v1/reports/{report}/block-reporter", a_block(town))
    assert given.status_code == 201, given.text
    assert warga.uid not in given.text

    refused = await warga.put(f"/v1/reports/{uuid7()}", a_report())
    assert refused.status_code == 403
    assert refused.json()["reason"] == "Kata-kata kasar kepada petugas"
    assert (await warga.says(report, "comment", 2, note="Hei")).status_code == 403
    own = (await warga.get("/v1/me/blocks")).json()
    assert [(one["city"], one["reason"]) for one in own] == [("32.76", "Kata-kata kasar kepada petugas")]
    inbox = (await warga.get("/v1/inbox")).text
    assert "diblokir" in inbox
    assert (await warga.get(f"/v1/reports/{report}")).status_code == 200
    assert (await warga.says(report, "withdraw", 2)).status_code in (201, 409)


async def test_an_emergency_is_sent_to_112_all_the_same(town: Town):
    warga, operator = await town.resident(), await town.staff("operator")
    report = (await warga.submits())["id"]
    await operator.post(f"/v1/reports/{report}/block-reporter", a_block(town))
    answer = await warga.put(f"/v1/reports/{uuid7()}", a_report(report_type="emergency_redirect"))
    assert answer.status_code == 422
    assert "112" in answer.text


async def test_an_objection_is_read_and_the_block_lifted(town: Town):
    warga, operator = await town.resident(), await town.staff("operator")
    report = (await warga.submits())["id"]
    given = (await operator.post(f"/v1/reports/{report}/block-reporter", a_block(town))).json()
    appeal = f"/v1/me/blocks/{given['id']}/appeal"
    objection = {"text": "Itu bukan saya, anak saya memakai HP ini."}
    assert (await (await town.resident()).post(appeal, objection)).status_code == 404
    assert (await warga.post(appeal, objection)).status_code == 201
    assert (await warga.post(appeal, objection)).status_code == 422

    waiting = (await operator.get("/v1/blocks")).json()
    assert [one["appeal"] for one in waiting] == [objection["text"]]
    assert (await operator.post(f"/v1/blocks/{waiting[0]['id']}/lift", {})).status_code == 204
    assert (await warga.get("/v1/me/blocks")).json() == []
    await warga.submits()


async def test_a_block_ends_by_itself(town: Town):
    warga, operator = await town.resident(), await town.staff("operator")
    report = (await warga.submits())["id"]
    await operator.post(f"/v1/reports/{report}/block-reporter", a_block(town, days=1))
    await town.passes(warga, days=1, minutes=1)
    await warga.submits()


async def test_only_operators_and_admins_block_and_nobody_for_ever(town: Town):
    warga, operator, auditor = await town.resident(), await town.staff("operator"), await town.staff("auditor")
    report = (await warga.submits())["id"]
    path = f"/v1/reports/{report}/block-reporter"
    assert (await auditor.post(path, a_block(town))).status_code == 403
    assert (await warga.post(path, a_block(town))).status_code == 403
    assert (await (await town.resident()).post(path, a_block(town))).status_code == 404
    assert (await operator.post(path, a_block(town, days=91))).status_code == 422
    assert (await operator.post(f"/v1/accounts/{warga.uid}/block", a_block(town))).status_code == 403
    admin = await town.staff("admin")
    assert (await admin.post(f"/v1/accounts/{warga.uid}/block", a_block(town))).status_code == 201
    assert (await admin.post(f"/v1/accounts/{operator.uid}/block", a_block(town))).status_code == 404
    await operator.submits()
    assert (await admin.post(f"/v1/accounts/{operator.uid}/block", a_block(town))).status_code == 403


BOGOR = "32.71"


@pytest.fixture
async def bogor(town: Town) -> City:
    """The next city, east of ours."""
    await a_city_of_squares(BOGOR, name="Kota Bogor", lon=107.79)
    await add_city(BOGOR, town.clock(), areas=geo.areas)
    town.app.state.cities.invalidate()
    city = await town.app.state.cities.city_of(BOGOR)
    assert city is not None
    return city


async def of(city: City, person: Person) -> Person:
    """Staff of that city and of no other."""
    account = await Account.objects().get(Account.uid == UUID(person.uid))
    assert account is not None
    await RoleGrant.update({RoleGrant.city: city.id}).where(RoleGrant.account == account.id)
    return person


async def test_a_block_holds_in_its_city_and_leaves_another_s_alone(town: Town, bogor: City):
    warga, operator, other = await town.resident(), await town.staff("operator"), await town.staff("operator")
    await of(bogor, other)
    here, there = await warga.submits(), await warga.submits(lon=107.79)
    given = {}
    for who, report in ((operator, here), (other, there)):
        answer = await who.post(f"/v1/reports/{report['id']}/block-reporter", a_block(town))
        assert answer.status_code == 201, answer.text
        given[who] = answer.json()
    assert {one["city"] for one in (await warga.get("/v1/me/blocks")).json()} == {"32.76", BOGOR}
    assert [one["id"] for one in (await operator.get("/v1/blocks")).json()] == [given[operator]["id"]]
    assert (await operator.post(f"/v1/blocks/{given[other]['id']}/lift", {})).status_code == 404

    assert (await operator.post(f"/v1/blocks/{given[operator]['id']}/lift", {})).status_code == 204

    await warga.submits()
    assert (await warga.put(f"/v1/reports/{uuid7()}", a_report(lon=107.79))).status_code == 403


async def test_an_administrator_blocks_only_whom_the_own_city_has_heard(town: Town, bogor: City):
    warga, admin = await town.resident(), await of(bogor, await town.staff("admin"))
    await warga.submits()
    path = f"/v1/accounts/{warga.uid}/block"
    assert (await admin.post(path, a_block(town))).status_code == 404
    await warga.submits(lon=107.79)
    assert (await admin.post(path, a_block(town))).json()["city"] == BOGOR
    await warga.submits()
