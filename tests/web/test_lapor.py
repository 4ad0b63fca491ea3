"""The resident's app in a real Chromium, on a line that can be cut: whole stories."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from api.piccolo_conf import DB
from tests.peers.line import Line
from tests.people import Town
from tests.web.axe import is_open_to_all
from tests.web.resident import Phone, a_phone, a_photo

TEXT = "Lubang besar di depan pasar."


@pytest.fixture
async def phone(phones: Browser, line: Line) -> AsyncIterator[Phone]:
    async with a_phone(phones, line) as phone:
        await phone.opens()
        await phone.is_ready_offline()
        yield phone


async def reports() -> list[str]:
    return [row["text"] for row in await DB.fetch("SELECT text FROM report ORDER BY id")]


async def photo_states() -> list[str]:
    return [row["state"] for row in await DB.fetch("SELECT state FROM photo")]


async def sizes_of_photos() -> int:
    size: int = (await DB.fetch("SELECT sum(size)::bigint AS size FROM photo"))[0]["size"]
    return size


async def test_a_report_written_without_a_network_is_sent_once_by_itself(town: Town, phone: Phone) -> None:
    await phone.loses_the_network()
    await phone.page.reload()
    await phone.writes(TEXT, photo=a_photo())
    await phone.sends()
    await expect(phone.page.get_by_role("heading", name="Laporan tersimpan di HP")).to_be_visible()
    assert await reports() == []

    await phone.finds_the_network()
    number = await phone.is_promised()

    assert await reports() == [TEXT]
    assert await photo_states() == ["uploaded"]
    await phone.page.get_by_role("link", name="Lihat laporan").click()
    await expect(phone.page.get_by_text(number)).to_be_visible()
    await expect(phone.page.get_by_text("Didisposisikan").first).to_be_visible()


async def test_two_tabs_and_the_service_worker_send_a_photo_once(town: Town, phone: Phone) -> None:
    other = await phone.context.new_page()
    await other.goto("/lapor")
    await phone.loses_the_network()
    await phone.writes(TEXT, photo=a_photo())
    await phone.sends()
    before = phone.line.up.passed

    await phone.finds_the_network()
    await phone.is_promised()

    assert await reports() == [TEXT]
    assert phone.line.up.passed - before < 1.2 * await sizes_of_photos()


async def test_an_app_that_was_killed_in_the_middle_of_a_photo_goes_on_where_it_stopped(
    town: Town, phone: Phone
) -> None:
    await phone.writes(TEXT, photo=a_photo())
    before = phone.line.up.passed
    phone.line.cut_at_up = before + 150_000
    await phone.sends()
    await expect(phone.page.get_by_role("heading", name="Laporan diterima")).to_be_visible()
    while not phone.line.is_cut:
        await phone.page.wait_for_timeout(20)
    await phone.page.close()

    phone.line.is_cut = False
    phone.page = await phone.context.new_page()
    await phone.opens()
    await phone.has_sent_all()

    assert await reports() == [TEXT]
    assert await photo_states() == ["uploaded"]
    assert phone.line.up.passed - before < 1.35 * await sizes_of_photos(), "what had arrived was not sent again"


async def test_without_a_position_the_pin_on_the_map_says_where(town: Town, phones: Browser, line: Line) -> None:
    async with a_phone(phones, line, may_locate=False) as phone:
        page = phone.page
        await phone.opens("/lapor#/baru")
        await page.get_by_role("button", name="Lanjut tanpa foto").click()
        await page.get_by_role("button", name="Pakai lokasi HP saya").click()
        await expect(page.get_by_text("Lokasi HP tidak diizinkan")).to_be_visible()
        await page.get_by_role("button", name="Lanjut").click()
        await expect(page.get_by_text("Tentukan lokasinya dulu")).to_be_visible()

        await page.get_by_role("button", name="Taruh pin di peta").click()
        await page.get_by_role("application", name="Peta lokasi laporan").click()

        await expect(page.locator(".pin")).to_be_visible()


async def test_a_full_phone_says_so_and_keeps_nothing_half(town: Town, phones: Browser, line: Line) -> None:
    async with a_phone(phones, line) as phone:
        devtools = await phone.context.new_cdp_session(phone.page)
        room = {"origin": f"http://127.0.0.1:{line.port}", "quotaSize": 450_000}
        await devtools.send("Storage.overrideQuotaForOrigin", room)
        await phone.opens("/lapor#/baru")

        file = {"name": "jalan.jpg", "mimeType": "image/jpeg", "buffer": a_photo(2000)}
        await phone.page.get_by_label("Pilih dari galeri").set_input_files(file)

        await expect(phone.page.get_by_text("Penyimpanan HP penuh").first).to_be_visible()
        await expect(phone.page.get_by_role("img", name="Foto 1 dari 1")).to_be_hidden()


async def test_a_session_that_ended_loses_nothing_that_waits(town: Town, phone: Phone) -> None:
    await phone.writes("Yang pertama.")
    await phone.sends()
    await phone.is_promised()
    await phone.loses_the_network()
    await phone.page.get_by_role("link", name="Laporan lain").click()
    await phone.page.goto("/lapor#/")
    await phone.writes("Yang kedua.")
    await phone.sends()
    await DB.fetch("UPDATE session SET revoked_at = now() RETURNING id")

    await phone.finds_the_network()
    await expect(phone.page.get_by_text("Sesi HP ini sudah berakhir")).to_be_visible()
    assert await reports() == ["Yang pertama."]
    await phone.page.get_by_role("button", name="Lanjutkan dan kirim").click()
    await phone.is_promised()

    assert await reports() == ["Yang pertama.", "Yang kedua."]
    await expect(phone.page.get_by_text("Sesi HP ini sudah berakhir")).to_be_hidden()


async def test_what_cannot_wait_is_a_call_and_no_report(town: Town, phone: Phone) -> None:
    page = phone.page
    await page.goto("/lapor#/baru")
    await page.get_by_role("button", name="Lanjut tanpa foto").click()
    await expect(page.get_by_text("Ketelitian sekitar")).to_be_visible()
    await page.get_by_role("button", name="Lanjut").click()

    await page.get_by_label("Cari jenis masalah").fill("kebakaran")
    await page.get_by_role("button", name="Kebakaran", exact=True).click()

    await expect(page.get_by_role("alert")).to_contain_text("Ini keadaan darurat")
    await expect(page.get_by_role("link", name="Telepon")).to_have_attribute("href", "tel:112")
    await expect(page.get_by_role("button", name="Lanjut")).to_be_hidden()


async def test_every_screen_can_be_used_by_everybody(town: Town, phones: Browser, line: Line) -> None:
    async with a_phone(phones, line) as phone:
        await phone.page.set_viewport_size({"width": 320, "height": 640})
        await phone.opens()
        await is_open_to_all(phone.page)
        await phone.page.get_by_role("link", name="Buat laporan").click()
        await is_open_to_all(phone.page)
        await phone.page.get_by_role("button", name="Lanjut tanpa foto").click()
        await phone.page.get_by_role("button", name="Geser pin").click()
        await expect(phone.page.locator(".pin")).to_be_visible()
        await is_open_to_all(phone.page)
        await phone.page.get_by_role("button", name="Lanjut").click()
        await expect(phone.page.get_by_label("Cari jenis masalah")).to_be_visible()
        await is_open_to_all(phone.page)
        await phone.names_the_problem(TEXT)
        await is_open_to_all(phone.page)
        await phone.sends()
        await phone.is_promised()
        await is_open_to_all(phone.page)
        await phone.page.get_by_role("link", name="Lihat laporan").click()
        await expect(phone.page.get_by_role("heading", name="Perjalanan laporan")).to_be_visible()
        await phone.page.get_by_role("button", name="Tanggapi").click()
        await expect(phone.page.get_by_role("dialog", name="Tanggapan")).to_be_visible()
        await is_open_to_all(phone.page)
        for tab in ("laporan", "kabar", "saya"):
            await phone.page.goto(f"/lapor#/{tab}")
            await expect(phone.page.locator("main[aria-busy=true]")).to_have_count(0)
            await is_open_to_all(phone.page)


async def test_the_keyboard_alone_answers_a_question(town: Town, phone: Phone) -> None:
    await phone.writes(TEXT)
    await phone.sends()
    await phone.is_promised()
    report = (await DB.fetch("SELECT client_id, version FROM report"))[0]
    coordinator = await town.staff("coordinator", agency="dpupr")
    await coordinator.steps(str(report["client_id"]), "in_progress", report["version"])
    await coordinator.steps(str(report["client_id"]), "needs_info", report["version"] + 1, note="Sebelah mana?")

    await phone.page.get_by_role("link", name="Lihat laporan").press("Enter")
    await phone.page.get_by_role("button", name="Jawab").press("Enter")
    await expect(phone.page.get_by_label("Tulisan Anda")).to_be_focused()
    await phone.page.keyboard.type("Sebelah timur.")
    await phone.page.keyboard.press("Tab")
    await phone.page.keyboard.press("Enter")

    await expect(phone.page.get_by_text("Sebelah timur.")).to_be_visible()
    await expect(phone.page.get_by_text("Anda menjawab")).to_be_visible()
    await expect(phone.page.get_by_role("dialog")).to_be_hidden()


async def test_a_dispute_goes_out_with_its_photo_after_a_network_was_found(town: Town, phone: Phone) -> None:
    await phone.writes(TEXT)
    await phone.sends()
    await phone.is_promised()
    report = (await DB.fetch("SELECT client_id, version FROM report"))[0]
    await is_said_to_be_fixed(town, str(report["client_id"]), report["version"])
    page = phone.page
    await page.get_by_role("link", name="Lihat laporan").click()
    await page.get_by_role("button", name="Belum beres").click()
    dialog = page.get_by_role("dialog", name="Apa yang belum beres?")
    await phone.loses_the_network()
    await dialog.get_by_label("Tulisan Anda").fill("Lubangnya masih ada.")
    file = {"name": "jalan.jpg", "mimeType": "image/jpeg", "buffer": a_photo(400)}
    await dialog.get_by_label("Pilih dari galeri").set_input_files(file)
    await expect(dialog.get_by_role("img", name="Foto 1 dari 1")).to_be_visible()
    await dialog.get_by_role("button", name="Belum beres").click()
    await expect(page.get_by_text("Menunggu jaringan")).to_be_visible()

    await phone.finds_the_network()

    await expect(page.get_by_text("Anda menyanggah")).to_be_visible()
    assert await photo_states() == ["uploaded"]
    assert (await DB.fetch("SELECT state FROM report"))[0]["state"] == "in_progress"


async def is_said_to_be_fixed(town: Town, report: str, version: int) -> None:
    """By the road's own agency, in a category that needs no photo as proof."""
    await DB.fetch("UPDATE category SET needs_evidence = false RETURNING id")
    town.app.state.cities.invalidate()
    officer = await town.staff("officer", agency="dpupr")
    coordinator = await town.staff("coordinator", agency="dpupr")
    for who, state in ((officer, "in_progress"), (officer, "work_done"), (coordinator, "resolved")):
        answer = await who.steps(report, state, version, note="Sudah ditambal.")
        assert answer.status_code == 201, answer.text
        version = answer.json()["version"]
