"""Those who work on a report, and what they may do when it goes wrong twice."""

import hashlib
from typing import Any

from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from api.reports.audit import verify
from tests.people import Person, Town
from tests.reports.steps import PHOTO, dispatched, evidence, fields, puts


async def seen_by(person: Person, report: str) -> dict[str, Any]:
    body: dict[str, Any] = (await person.get(f"/v1/reports/{report}")).json()
    return body


async def test_a_helping_agency_reads_comments_and_notes_and_answers_for_nothing(town: Town):
    resident = await town.resident()
    report = (await resident.submits())["id"]
    coordinator, helper = await town.staff("coordinator", agency="dpupr"), await town.staff("officer", agency="dlh")
    assert (await helper.get(f"/v1/reports/{report}")).status_code == 404
    asked = await coordinator.says(report, "coordination", 2, agency="dlh", note="Mohon angkut sampahnya.")
    assert asked.status_code == 201
    assert (await helper.get("/v1/worklist")).json()["reports"][0]["id"] == report
    assert (await helper.get("/v1/reports")).json()["reports"][0]["id"] == report
    said = [{"kind": "comment", "note": "Truk datang besok."}, {"kind": "note", "internal_note": "Truk B 17"}]
    for each in said:
        answer = await helper.post(f"/v1/reports/{report}/events", {"id": str(uuid7()), **each})
        assert answer.status_code == 201, answer.text
    assert (await helper.steps(report, "in_progress", 3)).status_code == 403
    for_the_reporter = await seen_by(resident, report)
    assert [agency["key"] for agency in for_the_reporter["coordinating"]] == ["dlh"]
    assert [event["coordination"]["key"] for event in for_the_reporter["events"] if event["coordination"]] == ["dlh"]
    assert [comment["text"] for comment in for_the_reporter["comments"]] == ["Truk datang besok."]
    assert "Truk B 17" not in str(for_the_reporter)
    assert "Truk B 17" in str(await seen_by(coordinator, report))
    assert (await coordinator.says(report, "coordination_end", 5, agency="dlh")).status_code == 201
    assert (await helper.get(f"/v1/reports/{report}")).status_code == 404
    assert (await verify()).broken == []


async def test_an_officers_phone_forgets_a_report_when_the_help_has_ended(town: Town):
    from tests.reports.test_worklist import OfficerPhone

    report, coordinator = await dispatched(town), await town.staff("coordinator", agency="dpupr")
    phone = OfficerPhone(await town.staff("officer", agency="dlh"))
    await coordinator.says(report, "coordination", 2, agency="dlh")
    assert report in await phone.syncs()
    await coordinator.says(report, "coordination_end", 3, agency="dlh")
    assert await phone.syncs() == {}


async def test_help_for_a_restricted_report_is_for_the_helping_coordinator(town: Town):
    report = await dispatched(town, visibility="restricted")
    await (await town.staff("operator")).says(report, "coordination", 2, agency="dlh")
    assert (await (await town.staff("coordinator", agency="dlh")).get(f"/v1/reports/{report}")).status_code == 200
    assert (await (await town.staff("officer", agency="dlh")).get(f"/v1/reports/{report}")).status_code == 404


async def test_who_asks_for_help(town: Town):
    report, officer = await dispatched(town), await town.staff("officer", agency="dpupr")
    coordinator = await town.staff("coordinator", agency="dpupr")
    assert (await officer.says(report, "coordination", 2, agency="dlh")).status_code == 403
    assert fields(await coordinator.says(report, "coordination", 2)) == ["agency"]
    assert fields(await coordinator.says(report, "coordination", 2, agency="tidak-ada")) == ["agency"]
    await puts(report, "closed")
    assert (await coordinator.says(report, "coordination", 2, agency="dlh")).status_code == 409


async def test_the_second_bounce_goes_to_the_operator(town: Town):
    report, lurah = await dispatched(town), await town.staff("area_head", area="32.76")
    coordinator, operator = await town.staff("coordinator", agency="dpupr"), await town.staff("operator")
    why = {"reason": "Bukan kewenangan kami"}
    assert (await coordinator.steps(report, "verified", 2, **why)).status_code == 201
    assert (await lurah.steps(report, "dispatched", 3, agency="dpupr")).status_code == 201
    assert (await coordinator.steps(report, "verified", 4, **why)).status_code == 201
    assert (await seen_by(operator, report))["bounces"] == 2
    assert (await lurah.steps(report, "dispatched", 5, agency="dpupr")).status_code == 403
    queue = (await operator.get("/v1/reports?attention=1")).json()["reports"]
    assert [each["id"] for each in queue] == [report]
    assert (await operator.steps(report, "dispatched", 5, agency="dlh")).status_code == 201
    assert (await operator.get("/v1/reports?attention=1")).json()["reports"] == []


async def test_what_the_operator_takes_back_is_no_bounce(town: Town):
    report, operator = await dispatched(town), await town.staff("operator")
    await operator.steps(report, "verified", 2, reason="Salah alamat")
    assert (await seen_by(operator, report))["bounces"] == 0


async def test_an_officer_proposes_and_those_above_propose_more(town: Town):
    resident = await town.resident()
    report = (await resident.submits())["id"]
    officer, lurah = await town.staff("officer", agency="dpupr"), await town.staff("area_head", area="32.76")
    proposal = {"internal_note": "Ini kabel listrik."}

    async def proposes(person: Person, **more: Any) -> Any:
        return await person.post(f"/v1/reports/{report}/events", {"id": str(uuid7()), "kind": "propose", **more})

    assert (await proposes(officer, category="jalan-rusak", **proposal)).status_code == 201
    assert fields(await proposes(officer, to="duplicate", **proposal)) == ["to"]
    assert fields(await proposes(lurah, to="closed", **proposal)) == ["to"]
    assert fields(await proposes(lurah, to="dispatched", agency="dlh")) == ["internal_note"]
    assert (await proposes(lurah, to="dispatched", agency="dlh", **proposal)).status_code == 201
    assert (await proposes(resident, category="jalan-rusak", **proposal)).status_code == 403
    assert "kabel listrik" not in (await resident.get(f"/v1/reports/{report}")).text
    assert "kabel listrik" in (await lurah.get(f"/v1/reports/{report}")).text
    assert (await officer.steps(report, "in_progress", 2)).status_code == 201


async def test_the_second_dispute_takes_the_approval_from_the_coordinator(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    coordinator, officer = await town.staff("coordinator", agency="dpupr"), await town.staff("officer", agency="dpupr")
    report = (await resident.submits())["id"]
    await officer.steps(report, "in_progress", 2)
    photo = await evidence(officer, report)
    for version in (3, 6):
        assert (await officer.steps(report, "work_done", version, evidence=[photo])).status_code == 201
        assert (await coordinator.steps(report, "resolved", version + 1)).status_code == 201
        assert (await resident.says(report, "dispute", version + 2, reason="Masih berlubang")).status_code == 201
    assert (await seen_by(operator, report))["is_escalated"]
    assert [e["escalated"] for e in (await seen_by(resident, report))["events"] if e["kind"] == "dispute"] == [
        False,
        True,
    ]
    assert [each["id"] for each in (await operator.get("/v1/reports?attention=1")).json()["reports"]] == [report]
    await officer.steps(report, "work_done", 9, evidence=[photo])
    assert (await coordinator.steps(report, "resolved", 10)).status_code == 403
    assert (await (await town.staff("area_head", area="32.76")).steps(report, "resolved", 10)).status_code == 201
    assert (await verify()).broken == []


async def test_a_dispute_may_bring_a_photo_in_place_of_a_reason(town: Town):
    resident = await town.resident()
    report, photo = (await resident.submits())["id"], str(uuid7())
    said = {"report": report, "size": len(PHOTO), "type": "image/jpeg", "sha256": hashlib.sha256(PHOTO).hexdigest()}
    assert (await resident.put(f"/v1/photos/{photo}", said)).status_code == 403
    await puts(report, "resolved")
    assert fields(await resident.says(report, "dispute", 2)) == ["reason"]
    assert fields(await resident.says(report, "dispute", 2, evidence=[photo])) == ["evidence"]
    assert (await resident.put(f"/v1/photos/{photo}", said)).status_code == 201
    assert (await resident.ask("PUT", f"/v1/uploads/{photo}", content=PHOTO)).status_code == 204
    assert (await resident.says(report, "dispute", 2, evidence=[photo])).status_code == 201


async def test_nothing_is_extended_before_it_was_accepted_nor_the_answer_to_an_objection(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    waiting = (await resident.submits(report_type="information_request", category="lainnya"))["id"]
    assert (await operator.says(waiting, "extend", 1, reason="Berkas di arsip provinsi")).status_code == 409
    assert (await operator.steps(waiting, "rejected", 1, reason="Dikecualikan")).status_code == 201
    assert (await resident.says(waiting, "appeal", 2, reason="Itu informasi publik")).status_code == 201
    assert (await operator.steps(waiting, "verified", 3)).status_code == 201
    assert (await operator.says(waiting, "extend", 4, reason="Berkas di arsip provinsi")).status_code == 409


async def test_an_information_request_is_extended_once(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    report = (await resident.submits(report_type="information_request"))["id"]
    plain = await dispatched(town)
    before = {c["clock"]: c["due_at"] for c in (await seen_by(operator, report))["clocks"]}
    assert (await operator.says(plain, "extend", 2, reason="x")).status_code == 409
    assert fields(await operator.says(report, "extend", 2)) == ["reason"]
    assert (await operator.says(report, "extend", 2, reason="Berkas di arsip provinsi")).status_code == 201
    after = {c["clock"]: c["due_at"] for c in (await seen_by(operator, report))["clocks"]}
    assert after["information_request"] > before["information_request"]
    assert (await operator.says(report, "extend", 3, reason="Lagi")).status_code == 409
    assert (await DB.fetch("SELECT count(*) FROM report_event WHERE kind = 'extend'"))[0][0] == 1
