"""At the desk: what was held back, and who is not listened to for a while."""

from playwright.async_api import Browser, expect

from api.piccolo_conf import DB
from tests.peers.line import Line
from tests.people import Town
from tests.reports.steps import is_at
from tests.rights.test_holding import SPAM
from tests.web.axe import is_open_to_all
from tests.web.test_meja import a_desk, pane


async def test_what_was_held_back_is_shown_to_the_city_or_refused(town: Town, phones: Browser, line: Line) -> None:
    held = await (await town.resident()).submits(text=SPAM)
    await (await town.resident()).submits(category="lainnya")
    async with a_desk(phones, line, await town.staff("operator"), bypass_csp=True) as page:
        await page.goto("/meja#/antrean/tertahan")
        await expect(page.locator(".rows > li")).to_have_count(1)
        await page.locator(".rows a").first.click()
        await expect(pane(page).get_by_text("mirip iklan")).to_be_visible()
        await is_open_to_all(page)
        await pane(page).get_by_text("Langkah lain").click()
        await page.get_by_role("button", name="Tampilkan lagi").click()
        form = page.get_by_role("form", name="Tampilkan lagi")
        await form.get_by_label("Alasan", exact=True).fill("Penjual yang sungguh terganggu")
        await form.get_by_role("button", name="Tampilkan lagi").click()
        await expect(pane(page).get_by_text("Didisposisikan").first).to_be_visible()
        await expect(page.get_by_text("Tidak ada yang menunggu")).to_be_visible()
    assert (await is_at(held["id"]))["state"] == "dispatched"


async def test_a_reporter_is_blocked_objects_and_is_heard(town: Town, phones: Browser, line: Line) -> None:
    warga, operator = await town.resident(), await town.staff("operator")
    report = (await warga.submits())["id"]
    async with a_desk(phones, line, operator, bypass_csp=True) as page:
        await page.goto(f"/meja#/cari/q%3D/{report}")
        await pane(page).get_by_text("Langkah lain").click()
        await page.get_by_role("button", name="Blokir pelapor").click()
        form = page.get_by_role("form", name="Blokir pelapor")
        await expect(form.get_by_label("Alasan untuk yang diblokir")).to_be_focused()
        await is_open_to_all(page)
        await form.get_by_label("Alasan untuk yang diblokir").fill("Kata kasar")
        await form.get_by_label("Lamanya").select_option("30")
        await form.get_by_role("button", name="Blokir pelapor").click()
        await expect(form).to_be_hidden()
        [block] = (await warga.get("/v1/me/blocks")).json()
        objected = await warga.post(f"/v1/me/blocks/{block['id']}/appeal", {"text": "Anak saya yang menulis"})
        assert objected.status_code == 201

        await page.goto("/meja#/atur/blokir")
        await expect(page.get_by_text("Anak saya yang menulis")).to_be_visible()
        await is_open_to_all(page)
        await page.set_viewport_size({"width": 320, "height": 740})
        await is_open_to_all(page)
        await page.get_by_role("button", name="Cabut").click()
        await expect(page.get_by_text("Tidak ada yang diblokir")).to_be_visible()
    assert [row["lifted_at"] is None for row in await DB.fetch("SELECT lifted_at FROM block")] == [False]
