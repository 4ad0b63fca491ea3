"""Who holds the officer's phone: signing in for the first time, again, and after somebody else."""

import pyotp
from playwright.async_api import Browser, expect

from api.piccolo_conf import DB
from tests.peers.line import Line
from tests.people import Town
from tests.reports.steps import dispatched
from tests.web.axe import is_open_to_all
from tests.web.officer import OfficerPhone, activation_code, add_officer, an_officers_phone, phone
from tests.web.test_petugas import story_of

__all__ = ["phone"]


async def test_a_session_that_was_ended_keeps_what_waits_for_the_same_officer(town: Town, phone: OfficerPhone) -> None:
    page = phone.page
    report = await dispatched(town, text="Lubang.")
    await phone.signs_in("budi")
    await phone.opens_report("Lubang.")
    await phone.has_it_all(1)
    await phone.loses_the_network()
    await phone.starts()
    await DB.fetch("UPDATE session SET revoked_at = now() RETURNING id")

    await phone.finds_the_network()
    await expect(page.get_by_text("1 tindakan tersimpan aman")).to_be_visible()
    await page.get_by_role("button", name="Masuk lagi").click()
    await expect(page.get_by_label("Nama akun")).to_have_value("budi")
    await page.get_by_label("Kata sandi").fill("salah sama sekali")
    await page.get_by_role("button", name="Masuk", exact=True).click()
    await expect(page.get_by_role("alert")).to_be_visible()
    assert await story_of(report) == []
    await phone.signs_in("budi")

    await phone.has_sent_all()
    assert await story_of(report) == [("in_progress", "")]


async def test_another_officer_on_the_same_phone_sees_and_sends_nothing_of_the_first(
    town: Town, phone: OfficerPhone
) -> None:
    page = phone.page
    report = await dispatched(town, text="Lubang.")
    await add_officer(town, "sari")
    await phone.signs_in("budi")
    await phone.opens_report("Lubang.")
    await phone.has_it_all(1)
    await phone.loses_the_network()
    await phone.starts()
    await DB.fetch("UPDATE session SET revoked_at = now() RETURNING id")
    await DB.fetch("UPDATE report SET officer = NULL, visibility = 'secret' RETURNING id")

    await phone.finds_the_network()
    await page.get_by_role("button", name="Masuk lagi").click()
    await phone.signs_in("sari")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await page.goto("/petugas#/antrean")

    await expect(page.get_by_text("1 tindakan milik akun lain")).to_be_visible()
    await page.goto("/petugas#/")
    await expect(page.get_by_text("Tidak ada tugas")).to_be_visible()
    assert await story_of(report) == []


async def test_the_first_time_is_a_code_a_password_and_a_second_factor(town: Town, phones: Browser, line: Line) -> None:
    code = await activation_code(await add_officer(town, "baru", None))
    await dispatched(town, text="Lubang.")
    async with an_officers_phone(phones, line) as phone:
        page = phone.page
        await page.get_by_role("link", name="Pakai kode aktivasi").click()
        await is_open_to_all(phone.page)
        await page.get_by_label("Nama akun").fill("baru")
        await page.get_by_label("Kode aktivasi").fill(code)
        await page.get_by_label("Kata sandi baru").fill("empat kata yang mudah")
        await page.get_by_role("button", name="Aktifkan").click()
        await expect(page.get_by_role("heading", name="Pasang kode pengaman")).to_be_visible()
        await page.get_by_label("Kata sandi").fill("empat kata yang mudah")
        await page.get_by_role("button", name="Lanjut").click()
        await page.get_by_text("Autentikator di HP lain").click()
        await expect(page.get_by_role("img", name="Kode QR")).to_have_js_property("complete", True)
        assert await page.get_by_role("img", name="Kode QR").evaluate("(image) => image.naturalWidth") > 0
        await is_open_to_all(phone.page)
        secret = (await page.locator(".factor .number").inner_text()).replace(" ", "")
        await page.get_by_label("6 angka").fill(pyotp.TOTP(secret).now())
        await page.get_by_role("button", name="Periksa kode").click()
        await expect(page.get_by_role("heading", name="Kode pemulihan")).to_be_visible()
        recovery = await page.locator(".codes li").all_inner_texts()
        await is_open_to_all(phone.page)
        await page.get_by_role("button", name="Sudah saya catat").click()
        await phone.has_work(1)

        await page.get_by_role("link", name="Saya").click()
        await page.get_by_role("button", name="Keluar dari HP ini").click()
        await page.get_by_role("dialog").get_by_role("button", name="Keluar dari HP ini").click()
        await expect(page.get_by_role("heading", name="Masuk sebagai petugas")).to_be_visible()
        assert await page.evaluate("import('/static/app/db.js').then(({ all }) => all('worklist'))") == []
        await phone.signs_in("baru")
        await expect(page.get_by_role("alert")).to_be_visible()
        await phone.signs_in("baru", recovery[0])
        await phone.has_work(1)
