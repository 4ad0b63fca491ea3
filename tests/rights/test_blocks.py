"""Somebody is not listened to for a while, reads why, and objects."""

from datetime import timedelta
from typing import Any

from uuid_utils.compat import uuid7

from tests.people import Town, a_report


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
    assert (await warga.get("/v1/me/block")).json()["reason"] == "Kata-kata kasar kepada petugas"
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
    await operator.post(f"/v1/reports/{report}/block-reporter", a_block(town))
    objection = {"text": "Itu bukan saya, anak saya memakai HP ini."}
    assert (await warga.post("/v1/me/block/appeal", objection)).status_code == 201
    assert (await warga.post("/v1/me/block/appeal", objection)).status_code == 422

    waiting = (await operator.get("/v1/blocks")).json()
    assert [one["appeal"] for one in waiting] == [objection["text"]]
    assert (await operator.post(f"/v1/blocks/{waiting[0]['id']}/lift", {})).status_code == 204
    assert (await warga.get("/v1/me/block")).status_code == 404
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
    assert (await admin.post(f"/v1/accounts/{operator.uid}/block", a_block(town))).status_code == 403
