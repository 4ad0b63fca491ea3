"""At the desk: what a category asks, and who hears of a late report when."""

from playwright.async_api import Browser, expect

from api.piccolo_conf import DB
from tests.peers.line import Line
from tests.people import Town
from tests.web.axe import is_open_to_all
from tests.web.test_meja import a_desk

ASKS = "SELECT jsonb_path_query_array(questions, '$[*].key')::text AS keys FROM category WHERE key = 'trotoar-rusak'"


async def test_a_category_gets_a_question_with_choices(town: Town, phones: Browser, line: Line) -> None:
    async with a_desk(phones, line, await town.staff("admin"), bypass_csp=True) as page:
        await page.goto("/meja#/atur/kategori")
        await page.get_by_label("Saring daftar").fill("trotoar-rusak")
        await page.get_by_role("button", name="Ubah Trotoar rusak").click()
        await page.get_by_role("button", name="Tambah pertanyaan").click()
        question = page.get_by_role("group", name="Pertanyaan 1")
        await question.get_by_label("Kunci").fill("lebar")
        await question.get_by_label("Dalam bahasa Indonesia").fill("Selebar apa?")
        await question.get_by_label("Dalam bahasa Inggris").fill("How wide?")
        await question.get_by_label("Jawaban").select_option("choice")
        await question.get_by_label("Pilihan").fill("kecil: Sempit / Narrow\nbesar: Lebar / Wide")
        await is_open_to_all(page)
        await page.get_by_role("button", name="Simpan").click()
        await expect(page.get_by_text("Tersimpan.")).to_be_visible()
    assert [row["keys"] for row in await DB.fetch(ASKS)] == ['["lebar"]']
    [asked] = await DB.fetch("SELECT questions::text AS q FROM category WHERE key = 'trotoar-rusak'")
    assert "Narrow" in asked["q"]


async def test_a_version_of_the_promises_says_when_it_escalates(town: Town, phones: Browser, line: Line) -> None:
    async with a_desk(phones, line, await town.staff("admin")) as page:
        await page.goto("/meja#/atur/standar")
        form = page.get_by_role("form", name="Versi baru")
        await form.get_by_label("Nama").fill("Perwal 7/2026")
        await form.get_by_label("Dasar hukum").fill("Perwal 7/2026")
        await form.get_by_label("Pejabat penghubung").fill("50")
        await form.get_by_role("button", name="Lihat akibatnya").click()
        await form.get_by_role("button", name="Berlakukan versi ini").click()
        await expect(page.get_by_text("Eskalasi pada 50%, 100%, 200%")).to_be_visible()
