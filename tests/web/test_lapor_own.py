"""What residents do with what is theirs, in a real Chromium: their words, their areas, their number, their data."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, expect
from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from tests.peers.line import Line
from tests.people import Town
from tests.web.axe import is_open_to_all
from tests.web.conftest import a_served_api
from tests.web.resident import Phone, a_phone, a_photo

SMS = {
    "SMS_NUMBER": "+6285700001111",
    "SMS_INBOUND_SECRET": "rahasia-gerbang",
    "SMS_URL": "http://kota:rahasia@127.0.0.1:9/send",
}


@pytest.fixture
async def phone(phones: Browser, line: Line) -> AsyncIterator[Phone]:
    async with a_phone(phones, line) as phone:
        await phone.opens()
        yield phone


async def is_open_to_all_day_and_night(phone: Phone) -> None:
    for scheme in ("light", "dark"):
        await phone.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of playwright's literals
        await is_open_to_all(phone.page)
    await phone.page.emulate_media(color_scheme="light")


async def the_report() -> dict[str, Any]:
    return dict((await DB.fetch("SELECT client_id, tracking_id, text, address, state FROM report"))[0])


async def test_words_are_put_right_and_a_name_is_covered_by_the_keyboard_alone(town: Town, phone: Phone) -> None:
    page = phone.page
    await phone.writes("Lubang di depan rumah Pak Joko di 😀 sejak Senin.", photo=a_photo(400))
    await phone.sends()
    await phone.is_promised()
    await page.get_by_role("link", name="Lihat laporan").click()

    await page.get_by_role("button", name="Ubah isi").press("Enter")
    await expect(page.get_by_label("Ceritakan singkat")).to_be_focused()
    await is_open_to_all_day_and_night(phone)
    await page.get_by_label("Ceritakan singkat").press("End")
    await page.keyboard.type(" Makin dalam.")
    await page.get_by_role("button", name="Simpan perubahan").press("Enter")
    await expect(page.get_by_text("Laporan diubah")).to_be_visible()
    assert (await the_report())["text"] == "Lubang di depan rumah Pak Joko di 😀 sejak Senin. Makin dalam."

    await page.get_by_role("button", name="Tutup sebagian isi").press("Enter")
    dialog = page.get_by_role("dialog", name="Apa yang ditutup?")
    await dialog.get_by_role("button", name="Pak", exact=True).press("Space")
    await dialog.get_by_role("button", name="Joko", exact=True).press("Space")
    await dialog.get_by_role("button", name="Senin.", exact=True).press("Space")
    await is_open_to_all_day_and_night(phone)
    await dialog.get_by_role("button", name="Tutup yang dipilih").press("Enter")

    await expect(page.get_by_text("Pak Joko")).to_be_hidden()
    await expect(page.get_by_text("Sebagian isi ditutup")).to_be_visible()
    kept = (await the_report())["text"]
    assert kept == "Lubang di depan rumah [disunting pelapor] di 😀 sejak [disunting pelapor] Makin dalam."


async def an_announcement(town: Town, area: str, title: str, *, is_urgent: bool = False) -> None:
    said = {"id": str(uuid7()), "area": area, "title": title, "body": "Sampai pagi.", "urgent": is_urgent}
    until = (town.clock() + timedelta(days=1)).isoformat()
    operator, other = await town.staff("operator"), await town.staff("operator")
    assert (await operator.post("/v1/announcements", {**said, "valid_until": until})).status_code == 201
    if is_urgent:
        assert (await other.post(f"/v1/announcements/{said['id']}/approve", {})).status_code == 200


async def test_my_areas_decide_what_is_announced_to_me(town: Town, phone: Phone) -> None:
    page = phone.page
    villages = await DB.fetch("SELECT code, name FROM area WHERE current AND length(code) = 13 AND code LIKE '32.76.%'")
    mine, other = villages[0], villages[1]
    await an_announcement(town, mine["code"], "Air mati malam ini")
    await an_announcement(town, other["code"], "Pasar pindah")
    await an_announcement(town, "32.76", "Banjir kiriman", is_urgent=True)
    await page.goto("/lapor#/pengumuman")
    await expect(page.get_by_text("Pasar pindah")).to_be_visible()

    await page.get_by_label("Tambah wilayah").fill(mine["name"])
    await page.get_by_label("Tambah wilayah").press("Enter")
    found = page.get_by_role("button", name=mine["name"]).first
    await expect(found).to_be_visible()
    await is_open_to_all_day_and_night(phone)
    await found.press("Enter")

    await expect(page.get_by_role("button", name="Hapus Kelurahan " + mine["name"])).to_be_visible()
    await expect(page.get_by_text("Pasar pindah")).to_be_hidden()
    await expect(page.get_by_text("Air mati malam ini")).to_be_visible()
    await page.goto("/lapor#/")
    await expect(page.get_by_text("Banjir kiriman")).to_be_visible()
    await expect(page.get_by_text("Air mati malam ini")).to_be_visible()
    await is_open_to_all_day_and_night(phone)
    await phone.is_ready_offline()
    await phone.loses_the_network()
    await page.reload()
    await expect(page.get_by_text("Banjir kiriman")).to_be_visible()


async def test_a_followed_report_is_left_again(town: Town, phone: Phone) -> None:
    page = phone.page
    receipt = await (await town.resident()).submits(text="Lampu mati.")
    await phone.writes("Lubang.")
    await phone.sends()
    await phone.is_promised()
    await DB.fetch(
        "INSERT INTO report_follower (report, account, reason, since) SELECT r.id, mine.account, 'support', now() "
        "FROM report AS r, report AS mine WHERE r.client_id = $1 AND mine.text = 'Lubang.' RETURNING report",
        receipt["id"],
    )
    await page.goto("/lapor#/laporan")
    followed = page.get_by_role("region", name="Yang saya dukung atau ikuti")
    await is_open_to_all_day_and_night(phone)

    await followed.get_by_role("button", name="Berhenti mengikuti").click()

    await expect(followed).to_be_hidden()
    assert await DB.fetch("SELECT FROM report_follower") == []


async def test_anybody_tracks_a_report_by_its_number(town: Town, phone: Phone) -> None:
    receipt = await (await town.resident()).submits(text="Lampu mati.")

    await phone.page.get_by_label("Lacak").fill(receipt["tracking_id"])
    await phone.page.keyboard.press("Enter")

    await expect(phone.page.get_by_text("Lampu mati.")).to_be_visible()
    await is_open_to_all_day_and_night(phone)


async def test_a_number_is_linked_by_a_message_from_it(town: Town, phones: Browser) -> None:
    async with a_served_api(**SMS) as line, a_phone(phones, line) as phone:
        page = phone.page
        await phone.opens("/lapor#/saya")
        await page.get_by_role("button", name="Hubungkan nomor HP").click()
        dialog = page.get_by_role("dialog", name="Hubungkan nomor HP")
        await expect(dialog.get_by_label("Nomor HP")).to_be_visible()
        await is_open_to_all_day_and_night(phone)
        await dialog.get_by_role("button", name="Kirim SMS dari HP ini").click()
        message = await dialog.get_by_role("link", name="Tulis SMS").get_attribute("href") or ""
        await is_open_to_all_day_and_night(phone)

        code = message.removeprefix(f"sms:{SMS['SMS_NUMBER']}?body=")
        asked = {"secret": SMS["SMS_INBOUND_SECRET"], "from": "+6281234567890", "text": code}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{line.port}") as gateway:
            assert (await gateway.get("/v1/channels/sms/in", params=asked)).status_code == 200

        await expect(page.get_by_text("Nomor HP terhubung").first).to_be_visible()
        await expect(dialog).to_be_hidden()


async def test_my_data_comes_as_a_file_and_goes_for_good(town: Town, phone: Phone, tmp_path: Path) -> None:
    page = phone.page
    await phone.writes("Lubang besar.")
    await phone.sends()
    await phone.is_promised()
    await page.goto("/lapor#/saya")

    async with page.expect_download() as download:
        await page.get_by_role("button", name="Unduh data saya").click()
    await (await download.value).save_as(tmp_path / "mine.json")
    assert "Lubang besar." in json.dumps(json.loads((tmp_path / "mine.json").read_text()), ensure_ascii=False)

    await page.get_by_role("button", name="Hapus akun").click()
    dialog = page.get_by_role("dialog", name="Hapus akun")
    await expect(dialog.get_by_role("button", name="Hapus untuk selamanya")).to_be_disabled()
    await is_open_to_all_day_and_night(phone)
    await dialog.get_by_label("Hapus juga isi laporan publik saya").press("Space")
    await dialog.get_by_label("Ya, hapus akun saya").press("Space")
    await dialog.get_by_role("button", name="Hapus untuk selamanya").press("Enter")

    await expect(page.get_by_role("heading", name="Ada yang perlu dibenahi?")).to_be_visible()
    assert "Lubang" not in (await the_report())["text"]
    await page.goto("/lapor#/laporan")
    await expect(page.get_by_text("Belum ada laporan")).to_be_visible()


async def test_who_is_blocked_reads_why_and_objects(town: Town, phone: Phone) -> None:
    page = phone.page
    await phone.writes("Lubang besar.")
    await phone.sends()
    await phone.is_promised()
    a_block = {"reason": "Kata kasar", "until": (town.clock() + timedelta(days=3)).isoformat()}
    report = (await the_report())["client_id"]
    given = await (await town.staff("operator")).post(f"/v1/reports/{report}/block-reporter", a_block)
    assert given.status_code == 201, given.text
    await page.goto("/lapor#/saya")
    await expect(page.get_by_text("Alasannya: Kata kasar")).to_be_visible()
    await expect(page.get_by_text("Kota Depok tidak menerima laporan Anda")).to_be_visible()

    await page.get_by_role("button", name="Kirim keberatan").click()
    await expect(page.get_by_label("Keberatan Anda (satu kali)")).to_have_attribute("aria-invalid", "true")
    await is_open_to_all_day_and_night(phone)
    await page.get_by_label("Keberatan Anda (satu kali)").fill("Itu kutipan.")
    await page.get_by_role("button", name="Kirim keberatan").click()

    await expect(page.get_by_text("Keberatan Anda sudah dikirim.")).to_be_visible()
    assert [row["appeal"] for row in await DB.fetch("SELECT appeal FROM block")] == ["Itu kutipan."]
