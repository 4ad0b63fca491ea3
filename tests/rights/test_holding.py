"""A report with the marks of spam waits for a person; a resident's plain words never do."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from api.reports.arrivals import tell_arrivals
from api.reports.holding import mark_of, text_digest
from tests.people import Person, Town, a_report

SPAM = "Slot gacor hari ini, daftar di menang-terus.xyz"


async def told(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.get("/v1/inbox")).json()["notifications"]
    return found


async def test_a_held_report_reaches_nobody_until_it_is_released(town: Town):
    warga = await town.resident()
    coordinator, lurah = await town.staff("coordinator", agency="dpupr"), await town.staff("area_head", area="32.76")
    operator = await town.staff("operator")
    await tell_arrivals(town.app.state.cities, town.clock())

    held = await warga.submits(text=SPAM)

    assert (held["state"], held["agency"]) == ("submitted", None)
    assert held["routing_reason"] == "menunggu verifikasi petugas: mirip iklan"
    await tell_arrivals(town.app.state.cities, town.clock())
    assert (await town.stranger.get("/public/reports")).json()["reports"] == []
    assert "gacor" not in (await town.stranger.get(f"/v1/track/{held['tracking_id']}")).text
    assert await DB.fetch("SELECT FROM map_point") == []
    assert (await (await town.resident()).get(f"/v1/reports/{held['id']}")).status_code == 404
    assert (await coordinator.get(f"/v1/reports/{held['id']}")).status_code == 404
    assert [await DB.fetch("SELECT FROM notification WHERE kind LIKE 'report.arrived%'")] == [[]]

    waiting = [report["id"] for report in (await operator.get("/v1/reports?held=1")).json()["reports"]]
    assert waiting == [held["id"]]
    assert (await operator.says(held["id"], "unhide", 1)).status_code == 201
    assert (await operator.get("/v1/reports?held=1")).json()["reports"] == []
    shown = (await warga.get(f"/v1/reports/{held['id']}")).json()
    assert (shown["state"], shown["visibility"]) == ("dispatched", "public")
    assert (await lurah.get(f"/v1/reports/{held['id']}")).status_code == 200


async def test_its_reporter_cannot_send_it_on_by_a_correction(town: Town):
    warga = await town.resident()
    held = await warga.submits(text=SPAM, category="lainnya")
    answer = await warga.says(held["id"], "recategorize", 1, category="jalan-rusak")
    assert answer.status_code == 201, answer.text
    assert (answer.json()["state"], answer.json()["agency"]) == ("submitted", None)


async def test_the_operator_rejects_it_as_spam_and_the_reporter_appeals(town: Town):
    warga, operator = await town.resident(), await town.staff("operator")
    held = await warga.submits(text=SPAM)
    assert (await operator.steps(held["id"], "rejected", 1, reason="spam")).status_code == 201
    assert (await warga.says(held["id"], "appeal", 2, reason="Ini bukan iklan")).status_code == 201


async def test_who_has_been_right_before_is_not_held(town: Town):
    warga = await town.resident()
    await DB.fetch("UPDATE account SET trust = 1")
    assert (await warga.submits(text=SPAM))["state"] == "dispatched"


async def test_a_secret_report_stays_secret_while_it_waits(town: Town):
    warga, lurah = await town.resident(), await town.staff("area_head", area="32.76")
    held = await warga.submits(text=SPAM, visibility="secret")
    assert (held["state"], held["agency"]) == ("submitted", None)
    assert (await lurah.get(f"/v1/reports/{held['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("written", "mark"),
    [
        ("Jalan berlubang di depan pasar, sudah dua minggu.", None),
        ("Ada anjing liar di taman", None),
        ("Anjingnya menggonggong tiap malam", None),
        ("Lihat https://contoh.id/foto", "held.link"),
        ("GACOR malam ini", "held.advertising"),
        ("Kepala dinasnya goblok!", "held.insult"),
        ("Jl. Margonda No. 7, RT.03/RW.05", None),
    ],
)
def test_marks_are_whole_words(written: str, mark: str | None):
    assert mark_of(written) == mark


COPIED = "Warga resah, tolong segera tindak pedagang di trotoar ini"


async def test_the_third_account_with_the_same_words_waits_for_a_person(town: Town):
    first, second, third = [await town.resident() for _ in range(3)]
    operator = await town.staff("operator")
    for warga in (first, second):
        assert (await warga.submits(text=COPIED))["state"] == "dispatched"

    held = await third.submits(text=f"  {COPIED.upper()}!!! ")

    assert (held["state"], held["agency"]) == ("submitted", None)
    assert held["routing_reason"].startswith("menunggu verifikasi petugas: beberapa akun")
    assert (await town.stranger.get(f"/v1/track/{held['tracking_id']}")).json().get("text") in (None, "")
    assert (await operator.says(held["id"], "unhide", 1)).status_code == 201
    assert (await third.get(f"/v1/reports/{held['id']}")).json()["state"] == "dispatched"


async def test_the_same_report_sent_again_is_still_the_same(town: Town):
    for _ in range(2):
        await (await town.resident()).submits(text=COPIED)
    third, report = await town.resident(), str(uuid7())
    answers = [await third.put(f"/v1/reports/{report}", a_report(text=COPIED)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()


async def test_one_account_may_repeat_itself(town: Town):
    warga = await town.resident()
    assert {(await warga.submits(text=COPIED))["state"] for _ in range(3)} == {"dispatched"}


async def test_words_of_an_hour_ago_or_of_another_village_do_not_count(town: Town):
    earlier, neighbour, third = [await town.resident() for _ in range(3)]
    await earlier.submits(text=COPIED)
    await neighbour.submits(text=COPIED, lat=-6.40, lon=106.81)
    await (await town.resident()).submits(text=COPIED, lat=-6.40, lon=106.81)
    assert (await third.submits(text=COPIED))["state"] == "dispatched"

    await town.passes(third, hours=1)
    assert (await third.submits(text=COPIED))["state"] == "dispatched"


async def test_who_is_trusted_and_who_is_in_danger_never_waits_for_repeated_words(town: Town):
    for _ in range(2):
        await (await town.resident()).submits(text=COPIED)
    trusted = await town.resident()
    answer = await trusted.put(f"/v1/reports/{uuid7()}", a_report(text=COPIED, report_type="emergency_redirect"))
    assert "112" in answer.text
    await DB.fetch("UPDATE account SET trust = 1")
    assert (await trusted.submits(text=COPIED))["state"] == "dispatched"


async def test_what_was_redacted_leaves_no_digest(town: Town):
    warga = await town.resident()
    report = await warga.submits(text=COPIED)
    assert (await DB.fetch("SELECT text_digest FROM report"))[0]["text_digest"] == text_digest(COPIED)
    answer = await warga.says(report["id"], "redact", report["version"], redact={"text": True})
    assert answer.status_code == 201, answer.text
    assert (await DB.fetch("SELECT text_digest FROM report"))[0]["text_digest"] is None


def test_few_words_are_anybodys():
    assert text_digest("Lampu jalan mati di sini") is None
    assert text_digest(COPIED) == text_digest(COPIED.replace(" ", "\n").casefold())
    assert text_digest(COPIED) != text_digest(COPIED.replace("ini", "itu"))
