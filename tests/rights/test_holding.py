"""A report with the marks of spam waits for a person; a resident's plain words never do."""

from typing import Any

import pytest

from api.piccolo_conf import DB
from api.reports.arrivals import tell_arrivals
from api.reports.holding import mark_of
from tests.people import Person, Town

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
