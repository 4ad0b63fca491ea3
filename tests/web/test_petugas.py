"""The officer's app in a real Chromium, on a line that can be cut: whole stories."""

import re
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from api.piccolo_conf import DB
from tests.peers.line import Line
from tests.people import Person, Town
from tests.reports.steps import dispatched, is_at
from tests.web.axe import is_open_to_all
from tests.web.officer import OfficerPhone, add_officer, an_officers_phone, phone

__all__ = ["phone"]


@pytest.fixture
async def coordinator(town: Town) -> Person:
    return await town.staff("coordinator", agency="dpupr")


async def story_of(report: str) -> list[tuple[str, str]]:
    rows = await DB.fetch(
        "SELECT e.to_state, e.note FROM report_event AS e JOIN report AS r ON r.id = e.report "
        "WHERE r.client_id = $1 AND e.role = 'officer' ORDER BY e.version",
        report,
    )
    return [(row["to_state"], row["note"]) for row in rows]


async def evidence_of(report: str) -> list[Any]:
    """States of the after-photos that the story names."""
    return [
        row["state"]
        for row in await DB.fetch(
            "SELECT photo.state FROM report_event AS e JOIN report AS r ON r.id = e.report "
            "JOIN photo ON photo.id = ANY (e.evidence) WHERE r.client_id = $1",
            report,
        )
    ]


async def test_a_day_without_a_network_is_reconciled_and_a_conflict_is_the_officer_s_to_answer(
    town: Town, phone: OfficerPhone, coordinator: Person
) -> None:
    page = phone.page
    holes, lamp, drain = [await dispatched(town, text=text) for text in ("Lubang.", "Lampu mati.", "Got mampet.")]
    await phone.signs_in("budi")
    await phone.has_work(3)
    await phone.opens_report("Got mampet.")
    await phone.starts()
    await expect(page.get_by_text("Tugas saya")).to_be_visible()
    await phone.has_it_all(3)

    await works_without_a_network(phone)
    version = (await is_at(drain))["version"]
    assert (
        await coordinator.steps(drain, "scheduled", version, date="2030-01-01T00:00:00Z", reason="Alat dipinjam")
    ).status_code == 201
    assert (await coordinator.steps(drain, "in_progress", version + 1, note="Alat kembali.")).status_code == 201

    await phone.finds_the_network()
    conflict = page.locator(".conflict")
    await expect(conflict.get_by_role("group", name="Punya saya")).to_contain_text("Got sudah dikuras.")
    await expect(conflict.get_by_role("group", name="Di server")).to_contain_text("Alat kembali.")
    await is_open_to_all(phone.page)
    await conflict.get_by_role("button", name="Tetap kirim punya saya").click()
    await expect(page.get_by_text("Semua sudah terkirim")).to_be_visible()

    assert await story_of(holes) == [("in_progress", ""), ("work_done", "Sudah ditambal.")]
    assert await story_of(lamp) == [("in_progress", "")]
    assert await story_of(drain) == [("in_progress", ""), ("work_done", "Got sudah dikuras.")]
    assert await evidence_of(holes) + await evidence_of(drain) == ["uploaded", "uploaded"]
    await page.goto("/petugas#/")
    await phone.has_work(1)


async def works_without_a_network(phone: OfficerPhone) -> None:
    await phone.loses_the_network()
    await phone.page.reload()
    await expect(phone.page.get_by_role("button", name="Pekerjaan selesai")).to_be_visible()
    await phone.finishes("Got sudah dikuras.")
    await phone.opens_report("Lubang.")
    await phone.starts()
    await phone.finishes("Sudah ditambal.")
    await phone.opens_report("Lampu mati.")
    await phone.starts()
    await phone.page.goto("/petugas#/antrean")
    await expect(phone.page.get_by_text("Menunggu jaringan.")).to_have_count(4)


async def test_what_can_no_longer_be_done_holds_the_rest_up_until_it_is_dropped(
    town: Town, phone: OfficerPhone, coordinator: Person
) -> None:
    page = phone.page
    report = await dispatched(town, text="Lubang.")
    await phone.signs_in("budi")
    await phone.opens_report("Lubang.")
    await phone.has_it_all(1)
    await phone.loses_the_network()
    await phone.starts()
    await phone.finishes("Sudah ditambal.")
    assert (await coordinator.steps(report, "in_progress", 2)).status_code == 201

    await phone.finds_the_network()
    await expect(page.get_by_role("heading", name="Mulai kerjakan: perlu jawaban Anda")).to_be_visible()
    await expect(page.get_by_role("button", name="Tetap kirim punya saya")).to_be_hidden()
    assert await story_of(report) == []
    await page.get_by_role("button", name="Buang punya saya").click()
    await expect(page.get_by_role("heading", name="Pekerjaan selesai: perlu jawaban Anda")).to_be_visible()
    await page.get_by_role("button", name="Tetap kirim punya saya").click()

    await phone.has_sent_all()
    assert await story_of(report) == [("work_done", "Sudah ditambal.")]
    assert await evidence_of(report) == ["uploaded"]


async def test_photos_that_the_server_let_go_meanwhile_are_sent_again(
    town: Town, phone: OfficerPhone, coordinator: Person
) -> None:
    page = phone.page
    report = await dispatched(town, text="Lubang.")
    await phone.signs_in("budi")
    await phone.opens_report("Lubang.")
    await phone.starts()
    await phone.has_it_all(1)
    await phone.has_sent_all()
    version = (await is_at(report))["version"]
    await phone.loses_the_network()
    await phone.finishes("Sudah ditambal.")
    moves = {"scheduled": {"date": "2030-01-01T00:00:00Z", "reason": "Hujan"}, "in_progress": {}}
    for number, (to, more) in enumerate(moves.items()):
        assert (await coordinator.steps(report, to, version + number, **more)).status_code == 201
    await phone.finds_the_network()
    await expect(page.get_by_role("button", name="Tetap kirim punya saya")).to_be_visible()
    await DB.fetch("UPDATE photo SET state = 'swept' RETURNING id")

    await page.get_by_role("button", name="Tetap kirim punya saya").click()
    await page.get_by_role("button", name="Kirim ulang dengan fotonya").click()

    await phone.has_sent_all()
    assert await story_of(report) == [("in_progress", ""), ("work_done", "Sudah ditambal.")]
    assert await evidence_of(report) == ["uploaded"]


async def test_a_coordinator_schedules_from_the_phone(town: Town, phones: Browser, line: Line) -> None:
    await add_officer(town, "kepala", role="coordinator")
    report = await dispatched(town, text="Lubang.")
    async with an_officers_phone(phones, line) as phone:
        page = phone.page
        await phone.signs_in("kepala")
        await phone.opens_report("Lubang.")
        await phone.starts()
        await page.get_by_role("button", name="Lainnya").click()
        await page.get_by_role("button", name="Jadwalkan").click()
        await page.get_by_label("Tanggal dikerjakan").fill("2032-03-04")
        await page.get_by_role("dialog").get_by_role("button", name="Jadwalkan").click()
        await expect(page.get_by_text("Isi dulu bagian ini.")).to_be_visible()
        await page.get_by_label("Alasan").fill("Menunggu aspal.")
        await page.get_by_role("dialog").get_by_role("button", name="Jadwalkan").click()

        await expect(page.get_by_role("button", name="Lanjutkan pekerjaan")).to_be_visible()
        await phone.has_sent_all()
    assert (await is_at(report))["state"] == "scheduled"


async def test_what_is_new_comes_by_itself_and_what_went_to_others_goes(town: Town, phone: OfficerPhone) -> None:
    goes = await dispatched(town, text="Lubang.")
    await phone.signs_in("budi")
    await phone.has_work(1)
    await phone.is_heard()
    operator = await town.staff("operator")

    assert (await operator.steps(goes, "dispatched", 2, agency="dlh")).status_code == 201
    await dispatched(town, text="Lampu mati.")

    await expect(phone.row("Lampu mati.")).to_be_visible()
    await phone.has_work(1)


async def test_every_screen_can_be_used_by_everybody_by_day_and_by_night(town: Town, phone: OfficerPhone) -> None:
    page = phone.page
    await dispatched(town, text="Lubang.")
    await page.set_viewport_size({"width": 320, "height": 640})
    await is_seen_day_and_night(phone)
    await phone.signs_in("budi")
    await phone.has_work(1)
    await page.get_by_role("button", name="Terdekat").click()
    await expect(page.get_by_text(re.compile(r"^\d+ m$"))).to_be_visible()
    await is_seen_day_and_night(phone)
    await page.get_by_role("button", name="Saring").click()
    await is_seen_day_and_night(phone)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Peta").click()
    await expect(page.locator(".work-mark")).to_be_visible()
    await is_seen_day_and_night(phone)
    await page.get_by_role("button", name="Daftar").click()
    await phone.row("Lubang.").get_by_role("link").click()
    await expect(page.get_by_role("heading", name="Perjalanan laporan")).to_be_visible()
    assert "(" in (await page.get_by_role("link", name="Buka navigasi").get_attribute("href") or "")
    await is_seen_day_and_night(phone)
    await phone.starts()
    await page.get_by_role("button", name="Pekerjaan selesai").click()
    await page.get_by_role("dialog").get_by_role("button", name="Pekerjaan selesai").click()
    await expect(page.get_by_text("Ambil sedikitnya satu foto")).to_be_visible()
    await is_seen_day_and_night(phone)
    for tab in ("antrean", "saya"):
        await page.goto(f"/petugas#/{tab}")
        await expect(page.locator("main[aria-busy=true]")).to_have_count(0)
        await is_seen_day_and_night(phone)


async def is_seen_day_and_night(phone: OfficerPhone) -> None:
    for scheme in ("light", "dark"):
        await phone.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # playwright's Literal
        await is_open_to_all(phone.page)


async def test_on_site_the_distance_is_noted_and_no_position(town: Town, phone: OfficerPhone) -> None:
    page = phone.page
    await dispatched(town, text="Lubang.", lat=-6.4009)
    await phone.signs_in("budi")
    await phone.opens_report("Lubang.")

    await page.get_by_role("button", name="Lainnya").click()
    await page.get_by_role("button", name="Saya di lokasi").click()
    await page.get_by_role("button", name="Catat kedatangan").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await phone.has_sent_all()

    rows = await DB.fetch("SELECT internal_note, note FROM report_event WHERE kind = 'note'")
    noted = "Petugas di lokasi: 100 m dari titik laporan, ketelitian 12 m."
    assert [tuple(row) for row in rows] == [(noted, "")]


async def test_the_keyboard_alone_starts_a_report(town: Town, phone: OfficerPhone) -> None:
    page = phone.page
    report = await dispatched(town, text="Lubang.")
    await phone.signs_in("budi")
    await phone.has_work(1)

    await phone.row("Lubang.").get_by_role("link").press("Enter")
    await page.get_by_role("button", name="Mulai kerjakan").press("Enter")
    await expect(page.get_by_role("dialog", name="Mulai kerjakan")).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.type("Berangkat.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("button", name="Pekerjaan selesai")).to_be_visible()
    await phone.has_sent_all()
    assert await story_of(report) == [("in_progress", "Berangkat.")]
