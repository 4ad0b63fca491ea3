"""The operator's desk in a real Chromium, pressed as people press it: by keyboard alone where that is promised."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pyotp
from playwright.async_api import Browser, Page, expect
from uuid_utils.compat import uuid7

from api.accounts.tables import RoleGrant
from api.piccolo_conf import DB
from tests.peers.line import Line
from tests.people import Person, Town, a_report
from tests.reports.steps import evidence, is_at, puts

AXE = (Path(__file__).parent / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
FAULTS = "axe.run({only}).then(({{violations}}) => violations.map((one) => [one.id, one.nodes[0].html]))"
ALL_FAULTS = FAULTS.format(only="")
COLOUR_FAULTS = FAULTS.format(only="{runOnly: ['color-contrast']}")
PATIENCE_MS = 40_000
expect.set_options(timeout=PATIENCE_MS)
WIDER_THAN_ITS_WINDOW = "document.documentElement.scrollWidth > innerWidth"


@asynccontextmanager
async def a_desk(browser: Browser, line: Line, person: Person | None = None, **more: Any) -> AsyncIterator[Page]:
    """Of somebody who has signed in, or of nobody yet."""
    address = f"http://127.0.0.1:{line.port}"
    context = await browser.new_context(
        base_url=address, locale="id-ID", viewport={"width": 1440, "height": 900}, reduced_motion="reduce", **more
    )
    context.set_default_timeout(PATIENCE_MS)
    if person:
        await context.add_cookies([{"name": "session", "value": person.token, "url": address}])
    page = await context.new_page()
    try:
        await page.goto("/meja")
        yield page
    finally:
        await context.close()


def pane(page: Page) -> Any:
    return page.get_by_role("region", name="Laporan", exact=True)


async def types(page: Page, text: str, then: str = "") -> None:
    """Where the focus is, and the key after it."""
    await page.keyboard.type(text)
    if then:
        await page.keyboard.press(then)


async def picks(page: Page, text: str) -> None:
    """From what is offered while typing."""
    await types(page, text)
    await expect(page.get_by_role("option").first).to_be_visible()
    await page.keyboard.press("Enter")


async def states() -> list[str]:
    return [row["state"] for row in await DB.fetch("SELECT state FROM report ORDER BY id")]


async def test_an_operator_triages_by_keyboard_alone(town: Town, phones: Browser, line: Line) -> None:
    resident = await town.resident()
    sent = [await resident.submits(category="lainnya", text=text) for text in ("Tiang miring.", "Coba-coba.", "Tiang.")]
    assert {report["state"] for report in sent} == {"submitted"}
    async with a_desk(phones, line, await town.staff("operator")) as page:
        await expect(page.get_by_role("listitem").filter(has_text="Menunggu verifikasi")).to_have_count(3)
        await page.keyboard.press("j")
        await expect(pane(page).get_by_text("Tiang miring.")).to_be_visible()
        await page.keyboard.press("d")
        await expect(page.get_by_role("combobox", name="Perangkat daerah")).to_be_focused()
        await picks(page, "dinas perhub")
        await page.keyboard.press("Control+Enter")
        await expect(pane(page).get_by_text("Didisposisikan").first).to_be_visible()

        await page.keyboard.press("j")
        await expect(pane(page).locator(".text", has_text="Coba-coba.")).to_be_visible()
        await page.keyboard.press("x")
        await expect(page.get_by_label("Alasan", exact=True)).to_be_focused()
        await types(page, "Bukan laporan sungguhan", then="Enter")
        await expect(pane(page).get_by_text("Ditolak").first).to_be_visible()

        await page.keyboard.press("j")
        await expect(pane(page).locator(".text", has_text="Tiang.")).to_be_visible()
        await page.keyboard.press("g")
        await expect(page.get_by_label("Nomor laporan induk")).to_be_focused()
        await types(page, sent[0]["tracking_id"], then="Enter")
        await expect(pane(page).get_by_text("Digabung ke").first).to_be_visible()
        await switches_the_shortcuts_off(page)
    assert await states() == ["dispatched", "rejected", "duplicate"]


async def switches_the_shortcuts_off(page: Page) -> None:
    await page.keyboard.press("?")
    await page.get_by_role("checkbox", name=re.compile("Pintasan satu huruf")).uncheck()
    await page.keyboard.press("Escape")
    await page.keyboard.press("3")
    await expect(page.get_by_role("link", name="Antrean")).to_have_attribute("aria-current", "page")


async def test_a_caller_s_report_is_entered_by_keyboard_alone(town: Town, phones: Browser, line: Line) -> None:
    async with a_desk(phones, line, await town.staff("operator")) as page:
        await expect(page.get_by_role("link", name="Telepon")).to_be_visible()
        await page.keyboard.press("3")
        await expect(page.get_by_role("combobox", name="Jenis masalah")).to_be_focused()
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_text("Pilih jenis masalah dari daftar.").first).to_be_visible()
        await picks(page, "jalan berlubang")
        await page.keyboard.press("Tab")
        await picks(page, "Depok Jaya")
        await page.keyboard.press("Tab")
        await types(page, "Depan toko roti", then="Tab")
        await types(page, "Jalan amblas, motor jatuh.", then="Tab")
        await types(page, "0812 3456 7890", then="Control+Enter")

        number = await page.locator(".received .big").inner_text()
        await expect(page.get_by_role("button", name="Laporan berikutnya")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("combobox", name="Jenis masalah")).to_be_focused()
        await finds_it_again(page, number)
    rows = await DB.fetch("SELECT tracking_id, channel, village_code, address, account FROM report")
    assert [(row["tracking_id"], *row[1:4]) for row in rows] == [
        (number.replace("-", ""), "call_112", "32.76.01.1002", "Depan toko roti")
    ]
    assert await DB.fetch("SELECT FROM account_phone WHERE account = $1", rows[0]["account"])


async def finds_it_again(page: Page, number: str) -> None:
    """By its words; and sees whom to call back, with a reason."""
    await page.goto("/meja#/cari")
    await expect(page.get_by_label("Kata atau nomor laporan")).to_be_focused()
    await types(page, "amblas", then="Enter")
    await page.get_by_role("link", name=re.compile("Jalan amblas")).click()
    await expect(pane(page).get_by_text(number)).to_be_visible()
    await page.get_by_label("Alasan melihat nomor").fill("Menanyakan patokan lokasi")
    await page.get_by_role("button", name="Tampilkan nomor").click()
    await expect(page.get_by_text("+6281234567890")).to_be_visible()


async def test_a_coordinator_refuses_the_evidence_and_approves_the_better_one(
    town: Town, phones: Browser, line: Line
) -> None:
    report = (await (await town.resident()).submits())["id"]
    officer = await town.staff("officer", agency="dpupr")
    await officer.steps(report, "in_progress", 2)
    await officer.steps(report, "work_done", 3, evidence=[await evidence(officer, report)])
    async with a_desk(phones, line, await town.staff("coordinator", agency="dpupr")) as page:
        await expect(page.get_by_role("listitem").filter(has_text="Menunggu pemeriksaan")).to_have_count(1)
        await page.keyboard.press("j")
        await expect(page.get_by_role("region", name="Foto sebelum dan sesudah")).to_be_visible()
        await page.keyboard.press("m")
        await expect(page.get_by_label("Alasan", exact=True)).to_be_focused()
        await types(page, "Foto tidak menunjukkan lubangnya", then="Enter")
        await expect(pane(page).get_by_text("Foto tidak menunjukkan lubangnya")).to_be_visible()
        assert (await is_at(report))["state"] == "in_progress"

        await officer.steps(report, "work_done", 5, evidence=[await evidence(officer, report)])

        await expect(page.get_by_role("button", name="Setujui hasil")).to_be_visible()  # told of it, not reloaded
        await page.keyboard.press("s")
        await expect(page.get_by_label(re.compile("Pesan untuk pelapor"))).to_be_focused()
        await types(page, "Terima kasih", then="Control+Enter")
        await expect(pane(page).get_by_text("Selesai, menunggu konfirmasi").first).to_be_visible()
    assert (await is_at(report))["state"] == "resolved"


AFTER_THE_LETTER = """
async () => {
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "x", bubbles: true }));
  await new Promise((done) => queueMicrotask(() => queueMicrotask(done)));
  return document.activeElement.labels?.[0]?.textContent;
}
"""


async def test_a_quick_hand_writes_into_the_form_that_its_letter_opened(
    town: Town, phones: Browser, line: Line
) -> None:
    """The focus is there before the next key can be: else its letters would open other forms."""
    await (await town.resident()).submits(category="lainnya")
    async with a_desk(phones, line, await town.staff("operator")) as page:
        await page.get_by_role("listitem").filter(has_text="Menunggu verifikasi").get_by_role("link").click()
        await expect(page.get_by_role("group", name="Langkah")).to_be_visible()
        assert await page.evaluate(AFTER_THE_LETTER) == "Alasan"


async def test_an_operator_confirms_for_who_called(town: Town, phones: Browser, line: Line) -> None:
    operator = await town.staff("operator")
    call = {"id": str(uuid7()), "channel": "call_112", **a_report()}
    report = (await operator.post("/v1/desk/reports", call)).json()
    await puts(report["id"], "resolved")
    async with a_desk(phones, line, operator) as page:
        await page.goto(f"/meja#/cari/q%3Dberlubang/{report['id']}")
        await page.get_by_text("Langkah lain").click()
        await page.get_by_role("button", name="Pelapor: sudah beres").click()
        form = page.get_by_role("form", name="Pelapor: sudah beres")
        await form.get_by_label("Catatan internal").fill("Telepon 112, pukul 10.05")
        await form.get_by_label("Penilaian pelapor").select_option("4")
        await form.get_by_role("button", name="Pelapor: sudah beres").click()
        await expect(pane(page).get_by_text("Operator, atas nama pelapor")).to_be_visible()
    rows = await DB.fetch("SELECT details->>'rating' AS stars FROM report_event WHERE kind = 'confirm'")
    assert [row["stars"] for row in rows] == ["4"]


async def test_an_administrator_adds_a_rule_and_sees_what_it_does(town: Town, phones: Browser, line: Line) -> None:
    async with a_desk(phones, line, await town.staff("admin")) as page:
        await page.goto("/meja#/atur/aturan")
        await page.get_by_role("button", name="Tambah").click()
        form = page.get_by_role("form", name="Tambah")
        for label, text in (
            ("Perangkat daerah", "dinas perhub"),
            ("Kategori", "jalan rusak"),
            ("Wilayah", "Depok Jaya"),
        ):
            await form.get_by_role("combobox", name=label).click()
            await picks(page, text)
        await form.get_by_role("button", name="Simpan").click()
        await expect(page.get_by_text("Tersimpan.")).to_be_visible()

        await page.get_by_role("combobox", name="Jenis masalah").click()
        await picks(page, "jalan rusak")
        await page.get_by_role("combobox", name="Lokasi").click()
        await picks(page, "Depok Jaya")
        await page.get_by_role("button", name="Lihat akibatnya").click()
        await expect(page.get_by_text("Depok Jaya, Pancoran Mas → Dinas Perhubungan")).to_be_visible()
    rows = await DB.fetch("SELECT FROM routing_rule WHERE area_code = '32.76.01.1002'")
    assert len(rows) == 1


async def test_a_new_colleague_enrols_with_the_code_and_a_second_factor(
    town: Town, phones: Browser, line: Line
) -> None:
    admin = await town.staff("admin")
    made = await admin.post("/v1/accounts/staff", {"login": "sari", "grants": [{"role": "operator", "city": "32.76"}]})
    async with a_desk(phones, line) as page:
        await page.get_by_role("button", name="Saya punya kode pendaftaran").click()
        await page.get_by_label("Nama pengguna").fill("sari")
        await page.get_by_label("Kode pendaftaran").fill(made.json()["enrolment_code"])
        await page.get_by_label("Kata sandi baru").fill("jambu mawar di halaman")
        await page.get_by_role("button", name="Daftar").click()
        await expect(page.get_by_role("heading", name="Pengaman kedua")).to_be_visible()
        await page.get_by_label("Kata sandi").fill("jambu mawar di halaman")
        await page.get_by_role("button", name="Pasang sekarang").click()
        await expect(page.get_by_role("img", name="Kode QR")).to_be_visible()
        secret = await page.locator("form .number").inner_text()
        await page.get_by_label("Kode aplikasi autentikator").fill(pyotp.TOTP(secret).now())
        await page.get_by_role("button", name="Pastikan").click()
        await page.get_by_role("button", name="Sudah saya simpan").click()
        await expect(page.get_by_role("link", name="Antrean")).to_be_visible()


ADDRESSES = (
    *("antrean/masuk", "kerja/periksa", "telepon", "cari/q%3Dlubang"),
    *(f"atur/{part}" for part in ("aturan", "kategori", "kalender", "standar", "akun", "daerah", "perubahan")),
)


async def has_arrived(page: Page, address: str) -> None:
    """Its link is the current one, and nothing is on its way."""
    place = "cari" if address.startswith("cari") else address
    await expect(page.locator(f'[aria-current="page"][href="#/{place}"]')).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_be_attached()
    await expect(page.locator('[aria-busy="true"]')).to_have_count(0)


async def test_every_view_is_readable_for_everybody(town: Town, phones: Browser, line: Line) -> None:
    """axe finds nothing, by day and by night, and nothing is wider than a small phone."""
    receipt = await (await town.resident()).submits()
    person = await town.staff("operator")
    account = (await DB.fetch("SELECT id FROM account WHERE uid = $1::text::uuid", person.uid))[0]["id"]
    await RoleGrant(account=account, role="admin", created_at=town.clock(), city=town.city.id).save()
    async with a_desk(phones, line, person, bypass_csp=True) as page:
        await page.evaluate(AXE)
        for address in (*ADDRESSES, f"cari/q%3Dlubang/{receipt['id']}"):
            await page.evaluate("(address) => { location.hash = `/${address}`; }", address)
            await has_arrived(page, address)
            assert await page.evaluate(ALL_FAULTS) == [], address
            await page.emulate_media(color_scheme="dark")
            assert await page.evaluate(COLOUR_FAULTS) == [], address
            await page.emulate_media(color_scheme="light")
            await page.set_viewport_size({"width": 320, "height": 740})
            assert not await page.evaluate(WIDER_THAN_ITS_WINDOW), address
            await page.set_viewport_size({"width": 1440, "height": 900})
