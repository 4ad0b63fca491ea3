"""What phones with bad lines rely on, and what is kept of every step."""

import asyncio
from typing import Any

import msgspec
from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from api.reports.audit import verify
from api.reports.chain import BEGINNING, Link, Seal, chained
from api.reports.clockwork import Terms, clocks_after, clocks_at_birth
from api.reports.queries import read_row
from tests.people import Town, a_report
from tests.reports.steps import dispatched, evidence, rejected


async def test_the_same_event_again_after_the_step_took_the_report_away(town: Town):
    report, coordinator = await dispatched(town), await town.staff("coordinator", agency="dpupr")
    path = f"/v1/reports/{report}/events"
    event = {"id": str(uuid7()), "kind": "change", "to": "verified", "expected_version": 2, "reason": "Bukan kami"}
    first, again = await coordinator.post(path, event), await coordinator.post(path, event)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (await coordinator.post(path, event | {"id": str(uuid7())})).status_code == 404


async def test_the_id_of_an_event_is_taken_for_other_people_and_other_reports(town: Town):
    report, other = await dispatched(town), await dispatched(town)
    operator, colleague = await town.staff("operator"), await town.staff("operator")
    event = {"id": str(uuid7()), "kind": "change", "to": "in_progress", "expected_version": 2}
    assert (await operator.post(f"/v1/reports/{report}/events", event)).status_code == 201
    for answer in (
        await colleague.post(f"/v1/reports/{report}/events", event),
        await operator.post(f"/v1/reports/{other}/events", event),
        await operator.post(f"/v1/reports/{other}/events", event | {"id": report}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/event-differs")


async def test_one_event_id_on_two_reports_at_once_counts_once(town: Town):
    reports = [await dispatched(town), await dispatched(town)]
    operator = await town.staff("operator")
    event = {"id": str(uuid7()), "kind": "change", "to": "in_progress", "expected_version": 2}
    answers = await asyncio.gather(*(operator.post(f"/v1/reports/{report}/events", event) for report in reports))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_a_stale_phone_is_told_state_and_version_and_can_go_on(town: Town):
    report = await dispatched(town)
    coordinator, operator = await town.staff("coordinator", agency="dpupr"), await town.staff("operator")
    await operator.steps(report, "in_progress", 2)
    late = await coordinator.steps(report, "in_progress", 2)
    assert late.status_code == 409
    assert (late.json()["state"], late.json()["version"]) == ("in_progress", 3)
    assert (await coordinator.steps(report, "needs_info", late.json()["version"], note="?")).status_code == 201


async def test_five_changes_at_once_are_one(town: Town):
    report, operator = await dispatched(town), await town.staff("operator")
    answers = await asyncio.gather(*(operator.steps(report, "in_progress", 2) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


async def test_internal_notes_are_for_staff(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    receipt = await resident.submits()
    await operator.steps(receipt["id"], "in_progress", 2, note="Tim berangkat", internal_note="kontraktor X")
    assert "kontraktor X" in (await operator.get(f"/v1/reports/{receipt['id']}")).text
    for seen in (
        await resident.get(f"/v1/reports/{receipt['id']}"),
        await resident.get("/v1/inbox"),
        await town.stranger.get(f"/v1/track/{receipt['tracking_id']}"),
    ):
        assert seen.status_code == 200
        assert "kontraktor X" not in seen.text


async def test_the_chain_of_events_can_be_proven_from_the_rows(town: Town):
    await walked(town)
    previous = BEGINNING
    for row in await DB.fetch("SELECT *, details::text AS written FROM report_event ORDER BY version"):
        link = Link(
            **{name: row[name] for name in set(Link.__struct_fields__) - {"evidence", "details", "seals"}},
            evidence=tuple(row["evidence"]),
            details=compact(row["written"]),
            seals=msgspec.json.decode(row["seals"], type=dict[str, Seal]),
        )
        assert row["hash"] == chained(previous, link), row["version"]
        previous = row["hash"]
    assert (await DB.fetch("SELECT last_hash FROM report"))[0]["last_hash"] == previous


async def test_the_stored_clocks_are_those_of_a_replay(town: Town):
    report = await walked(town)
    row = await read_row(report)
    category = town.city.every_category[row.category]
    terms = Terms(category.resolve_class, False, town.city.calendar)
    events = await DB.fetch("SELECT from_state, to_state, at FROM report_event ORDER BY version")
    clocks = clocks_at_birth(terms, events[0]["at"])
    for event in events[1:]:
        clocks = clocks_after(clocks, (event["from_state"], event["to_state"]), terms, event["at"])
    assert sorted(row.running_clocks, key=str) == sorted(clocks, key=str)


async def walked(town: Town) -> Any:
    """Through pauses, refused evidence, approval, dispute: the id of the report."""
    resident, operator = await town.resident(), await town.staff("operator")
    colleague = await town.staff("operator")
    report = (await resident.submits())["id"]
    await operator.steps(
        report, "in_progress", 2, note="Mulai", internal_note="x", device_time="2026-11-23T11:59:58+07:00"
    )
    photo = await evidence(operator, report)
    steps: list[tuple[str, dict[str, Any]]] = [
        ("scheduled", {"date": "2026-12-01T09:00:00+07:00", "reason": "Alat", "reference": "B/7"}),
        ("in_progress", {}),
        ("work_done", {"evidence": [photo]}),
        ("in_progress", {"reason": "Foto gelap"}),
        ("work_done", {"evidence": [photo]}),
        ("resolved", {}),
    ]
    for version, (to, given) in enumerate(steps, 3):
        town.clock.passes(minutes=7)
        person = colleague if to == "resolved" else operator
        answer = await person.steps(report, to, version, **given)
        assert answer.status_code == 201, answer.text
    assert (await resident.says(report, "dispute", 9, reason="Belum")).status_code == 201
    return report


def compact(jsonb: str) -> str:
    """JSON as it was hashed: jsonb is written out with blanks."""
    return msgspec.json.encode(msgspec.json.decode(jsonb), order="sorted").decode()


async def test_the_chain_proves_by_which_grant_and_upon_which_version_a_step_was_taken(town: Town):
    report, operator = await dispatched(town), await town.staff("operator")
    await operator.says(report, "comment", 2, note="Kami lihat besok.")
    assert (await operator.steps(report, "in_progress", 2)).status_code == 201  # the comment made nobody late
    told = (
        "SELECT version, grant_used, details->>'grant' AS grant, details->>'expected_version' AS upon FROM report_event"
    )
    [row] = await DB.fetch(f"{told} WHERE to_state = 'in_progress'")
    assert (row["version"], row["upon"]) == (4, "2")
    assert row["grant"] == str(row["grant_used"])
    assert (await verify()).broken == []
    await DB.fetch("UPDATE report_event SET details = details || '{\"grant\": 1}' WHERE to_state = 'in_progress'")
    assert len((await verify()).broken) == 1


async def test_a_step_says_how_its_photos_are(town: Town):
    report, operator = await dispatched(town), await town.staff("operator")
    await operator.steps(report, "in_progress", 2)
    photo = await evidence(operator, report)
    await operator.steps(report, "work_done", 3, evidence=[photo])
    events = (await operator.get(f"/v1/reports/{report}")).json()["events"]
    assert events[-1]["evidence_states"] == {photo: "uploaded"}
    assert events[0]["evidence_states"] == {}


async def test_evidence_refused_in_the_instant_it_was_filed_starts_no_second_clock(town: Town):
    report, operator = await dispatched(town), await town.staff("operator")
    await operator.steps(report, "in_progress", 2)
    photo = await evidence(operator, report)
    await operator.steps(report, "work_done", 3, evidence=[photo])
    assert (await operator.steps(report, "in_progress", 4, reason="Gelap")).status_code == 201


async def test_the_map_forgets_what_is_rejected_and_remembers_an_appeal(town: Town):
    resident, report = await rejected(town)
    assert (await DB.fetch("SELECT count(*) FROM map_point"))[0][0] == 0
    await resident.says(report, "appeal", 3, reason="Ini jalan kota")
    assert (await DB.fetch("SELECT is_open FROM map_point"))[0]["is_open"]


async def test_words_in_the_body_of_a_report_under_an_events_id_are_refused(town: Town):
    report, operator = await dispatched(town), await town.staff("operator")
    event = {"id": str(uuid7()), "kind": "change", "to": "in_progress", "expected_version": 2}
    await operator.post(f"/v1/reports/{report}/events", event)
    answer = await (await town.resident()).put(f"/v1/reports/{event['id']}", a_report())
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/report-differs")
