"""Words that were taken back are gone, and the proof still holds."""

import asyncio
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from api.reports.audit import check, export, verify
from tests.people import NOON, Person, Town
from tests.reports.steps import dispatched, fields, puts

SECRET = "Pak Darmo RT 04 yang membuang"
EVERYTHING = """
SELECT string_agg(t.written, ' ') FROM (
    SELECT to_jsonb(r)::text AS written FROM report AS r UNION ALL SELECT to_jsonb(e)::text FROM report_event AS e
    UNION ALL SELECT to_jsonb(n)::text FROM notification AS n) AS t
"""


async def kept() -> str:
    """All that the database has of reports, events and notifications."""
    written: str = (await DB.fetch(EVERYTHING))[0][0]
    return written


async def exported() -> list[bytes]:
    return [line async for line in export(Ed25519PrivateKey.generate(), "https://lapor.example", NOON)]


async def redacts(person: Person, report: str, version: int, **what: Any) -> Any:
    return await person.says(report, "redact", version, redact=what)


async def test_the_reporter_takes_part_of_the_text_back(town: Town):
    resident = await town.resident()
    words = f"Sampah di kali. {SECRET} tiap malam."
    body = {"text": words}
    report = (await resident.submits(**body))["id"]
    start = words.index(SECRET)
    assert (await redacts(resident, report, 2, ranges=[[start, start + len(SECRET)]])).status_code == 201
    seen = (await resident.get(f"/v1/reports/{report}")).json()
    assert seen["text"] == "Sampah di kali. [disunting pelapor] tiap malam."
    assert SECRET not in await kept()
    assert (await verify()).broken == []


async def test_what_was_said_in_events_vanishes_from_rows_and_exports(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    report = (await resident.submits(text=SECRET, address=SECRET, answers={"siapa": SECRET}))["id"]
    comment = {"id": str(uuid7()), "kind": "comment", "note": SECRET}
    await resident.post(f"/v1/reports/{report}/events", comment)
    note = {"id": str(uuid7()), "kind": "change", "to": "in_progress", "expected_version": 2, "note": f"Kami: {SECRET}"}
    await operator.post(f"/v1/reports/{report}/events", note)
    before = b"".join(await exported())
    assert SECRET.encode() in before
    everything = {"text": True, "address": True, "answers": True, "events": [comment["id"]]}
    assert (await redacts(resident, report, 4, **everything)).status_code == 201
    assert fields(await redacts(resident, report, 5, events=[note["id"]])) == ["redact.events"]
    assert (await redacts(operator, report, 5, events=[note["id"]])).status_code == 201
    assert SECRET not in await kept()
    lines = await exported()
    assert SECRET.encode() not in b"".join(lines)
    assert (await verify()).broken == []
    assert check(lines)[1].broken == []


async def test_no_salt_is_left_to_try_words_with(town: Town):
    resident = await town.resident()
    report = (await resident.submits(text=SECRET))["id"]
    await resident.says(report, "edit", 2, text=f"{SECRET}.")
    await redacts(resident, report, 3, text=True)
    salts = await DB.fetch(
        "SELECT s.key, s.value->>0 AS salt FROM report_event AS e, jsonb_each(e.seals) AS s"
        " WHERE e.kind IN ('create', 'edit')"
    )
    assert sorted((row["key"], row["salt"]) for row in salts) == [("body_sha256", None), ("text", None)]
    assert bytes((await DB.fetch("SELECT body_sha256 FROM report"))[0][0]) == b""


async def test_words_put_back_or_others_put_in_their_place_are_found(town: Town):
    resident = await town.resident()
    report = (await resident.submits())["id"]
    comment = {"id": str(uuid7()), "kind": "comment", "note": "Benar begitu."}
    await resident.post(f"/v1/reports/{report}/events", comment)
    await redacts(resident, report, 3, events=[comment["id"]])
    assert (await verify()).broken == []
    await DB.fetch("UPDATE report_event SET note = 'Bukan begitu.' WHERE kind = 'comment'")
    assert [(fault.version, fault.fault) for fault in (await verify()).broken] == [(3, "event")]


async def test_a_report_sent_again_after_a_redaction_is_the_same_report(town: Town):
    resident, report = await town.resident(), uuid7()
    await resident.submits(report, text=SECRET)
    await redacts(resident, str(report), 2, text=True)
    from tests.people import a_report

    again = await resident.put(f"/v1/reports/{report}", a_report(text=SECRET))
    assert again.status_code == 200
    assert SECRET not in await kept()


@pytest.mark.parametrize("ranges", [[[3, 3]], [[5, 2]], [[0, 9999]], [[0, 5], [4, 8]], [[-2, 3]]])
async def test_ranges_that_make_no_sense_are_refused(town: Town, ranges: list[list[int]]):
    resident = await town.resident()
    report = (await resident.submits())["id"]
    assert fields(await redacts(resident, report, 2, ranges=ranges)) == ["redact.ranges"]


async def test_strangers_redact_nothing_but_their_own_comment(town: Town):
    report, neighbour, officer = await dispatched(town), await town.resident(), await town.staff("officer")
    comment = {"id": str(uuid7()), "kind": "comment", "note": SECRET}
    await neighbour.post(f"/v1/reports/{report}/events", comment)
    assert (await redacts(neighbour, report, 3, text=True)).status_code == 403
    assert (await redacts(officer, report, 3, events=[comment["id"]])).status_code == 422
    await puts(report, "rejected")
    event = {"id": str(uuid7()), "kind": "redact", "redact": {"events": [comment["id"]]}}
    assert (await neighbour.post(f"/v1/reports/{report}/events", event)).status_code == 201
    assert SECRET not in await kept()
    assert (await town.stranger.post(f"/v1/reports/{report}/events", event)).status_code == 401


async def test_nothing_to_redact_is_said_so(town: Town):
    resident = await town.resident()
    report = (await resident.submits())["id"]
    assert fields(await redacts(resident, report, 2)) == ["redact"]
    assert fields(await resident.says(report, "redact", 2)) == ["redact"]
    assert fields(await redacts(resident, report, 2, photos=[str(uuid7())])) == ["redact.photos"]


async def test_two_redactions_at_once_leave_a_sound_chain(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    report = (await resident.submits(text=SECRET))["id"]
    answers = await asyncio.gather(
        redacts(resident, report, 2, text=True),
        redacts(operator, report, 2, address=True),
        redacts(resident, report, 2, answers=True),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert (await verify()).broken == []
