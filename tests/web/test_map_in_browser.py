"""The map in a real Chromium, served by a real process."""

import re
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from api.clock import wall_clock
from tests.people import Town
from tests.public.serving import served

ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
DEAD_BASEMAP = "http://127.0.0.1:9/{z}/{x}/{y}.png"  # the discard port: nobody listens
AT_THE_REPORT = "#17/-6.40/106.79"
PAINTED = """
selector => new Promise(resolve => {
    const isPainted = canvas =>
        canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(byte => byte);
    const look = () => [...document.querySelectorAll(`${selector} canvas`)].some(isPainted)
        ? resolve() : requestAnimationFrame(look);
    look();
})
"""


@pytest.fixture
def server(town: Town) -> Iterator[str]:
    town.clock.now = wall_clock()
    with served(BASEMAP_URL=DEAD_BASEMAP, BASEMAP_ATTRIBUTION="uji") as address:
        yield address


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "the map is tested in a real browser: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def page(chromium: Browser, server: str) -> AsyncIterator[Page]:
    """An old phone, in Indonesian."""
    context = await chromium.new_context(
        base_url=server, locale="id-ID", viewport={"width": 320, "height": 640}, has_touch=True, reduced_motion="reduce"
    )
    yield await context.new_page()
    await context.close()


async def test_the_map_shows_boundaries_and_a_report_opens_under_the_finger(town: Town, page: Page) -> None:
    receipt = await (await town.resident()).submits(text="<img src=x onerror=alert(1)> jalan berlubang")
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: faults.append(dialog.message))

    await page.goto(f"/{AT_THE_REPORT}")
    await expect(page.locator("#view-summary")).to_have_text("1 terbuka, 0 tuntas")
    await page.evaluate(PAINTED, ".areas")
    await page.evaluate(PAINTED, ".reports")
    await page.locator("#map").tap()

    sheet = page.get_by_role("dialog", name=f"Laporan {receipt['tracking_id']}")
    await expect(sheet).to_contain_text("<img src=x onerror=alert(1)> jalan berlubang")
    await expect(sheet).to_contain_text("Didisposisikan", ignore_case=True)
    await expect(sheet).to_contain_text(receipt["agency"]["name"])
    link = sheet.get_by_role("link", name="Buka halaman laporan")
    await expect(link).to_have_attribute("href", re.compile(r"/lacak/[\w-]+$"))
    assert await page.evaluate("document.documentElement.scrollWidth") == 320
    assert faults == []


async def test_a_dead_base_map_is_said_and_the_rest_stands(town: Town, page: Page) -> None:
    await (await town.resident()).submits()
    refusals: list[str] = []
    page.on("console", lambda said: refusals.append(said.text) if "Content Security Policy" in said.text else None)

    await page.goto(f"/{AT_THE_REPORT}")

    await expect(page.locator("#basemap-note")).to_contain_text("Peta dasar tidak tersedia")
    await page.evaluate(PAINTED, ".areas")
    await page.evaluate(PAINTED, ".reports")
    assert refusals == []


async def test_an_unreachable_server_is_said_and_can_be_asked_again(town: Town, page: Page) -> None:
    await (await town.resident()).submits()
    await page.route("**/tiles/**", lambda route: route.abort())

    await page.goto(f"/{AT_THE_REPORT}")
    await expect(page.get_by_role("alert")).to_contain_text("Server tidak terjangkau")
    await expect(page.get_by_role("alert")).to_be_in_viewport()
    await expect(page.locator("#view-summary")).to_be_empty()
    await page.unroute_all()
    await page.get_by_role("button", name="Coba lagi").click()

    await expect(page.locator("#view-summary")).to_have_text("1 terbuka, 0 tuntas")
    await expect(page.get_by_role("alert")).to_be_hidden()


async def test_the_keyboard_reaches_a_report_and_comes_back(town: Town, page: Page) -> None:
    await (await town.resident()).submits()
    await page.goto(f"/{AT_THE_REPORT}")
    entry = page.locator("#view-list button")

    await entry.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await expect(page.locator("#sheet-title")).to_be_focused()
    await page.keyboard.press("Escape")

    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(entry).to_be_focused()


async def test_the_filter_asks_for_other_reports(town: Town, page: Page) -> None:
    await (await town.resident()).submits()
    await page.goto(f"/{AT_THE_REPORT}")
    await expect(page.locator("#view-summary")).to_have_text("1 terbuka, 0 tuntas")

    await page.get_by_text("Tuntas", exact=True).click()

    await expect(page.locator("#view-summary")).to_have_text("Tidak ada laporan di bagian peta ini.")


async def test_a_shared_address_brings_the_filter_back(town: Town, page: Page) -> None:
    await (await town.resident()).submits()
    await page.goto(f"/?state=open&days=30{AT_THE_REPORT}")
    await expect(page.locator("#view-summary")).to_have_text("1 terbuka, 0 tuntas")
    assert await page.locator("select[name=days]").input_value() == "30"

    await page.get_by_label("Kategori").select_option("sampah-liar")

    await expect(page.locator("#view-summary")).to_have_text("Tidak ada laporan di bagian peta ini.")
    await expect(page).to_have_url(re.compile(r"\?state=open&days=30&category=sampah-liar#17/"))


async def test_the_list_tells_the_reports_of_the_view_and_opens_them(town: Town, page: Page) -> None:
    receipt = await (await town.resident()).submits()
    await page.goto(f"/{AT_THE_REPORT}")

    await page.get_by_role("button", name="Tampilkan sebagai daftar").click()
    entry = page.get_by_role("list", name="Daftar laporan di layar ini").get_by_role("button")
    await expect(entry).to_contain_text("Jalan rusak")
    await expect(entry).to_contain_text(receipt["tracking_id"])
    await entry.click()

    await expect(page.get_by_role("dialog", name=f"Laporan {receipt['tracking_id']}")).to_be_visible()


async def test_an_area_is_found_by_its_name_and_shown(town: Town, page: Page) -> None:
    await (await town.resident()).submits()
    await page.goto("/")
    await page.get_by_label("Nomor laporan atau nama wilayah").fill("depok")
    await page.get_by_role("button", name="Cari").click()
    await page.get_by_role("link", name=re.compile("^Depok Kelurahan")).click()
    await expect(page).to_have_url(re.compile(r"/peta.*#15/-6\.\d+/106\.\d+$"))


AXE = Path(__file__).parent / "node_modules/axe-core/axe.min.js"
FAULTS = """
async () => {
    const found = await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
"""


@pytest.mark.parametrize("address", [AT_THE_REPORT, "lacak?nomor=depok"])
async def test_everybody_can_use_the_pages(town: Town, chromium: Browser, server: str, address: str) -> None:
    await (await town.resident()).submits()
    for scheme in ("light", "dark"):
        context = await chromium.new_context(
            base_url=server,
            locale="id-ID",
            color_scheme=scheme,
            viewport={"width": 320, "height": 640},
            bypass_csp=True,
        )
        page = await context.new_page()
        await page.goto(f"/{address}")
        if address == AT_THE_REPORT:
            await page.locator("#view-list button").click()
            await expect(page.get_by_role("dialog")).to_contain_text("Perjalanan laporan")
        await page.add_script_tag(path=AXE)
        assert await page.evaluate(FAULTS) == []
        assert await page.evaluate("document.documentElement.scrollWidth") == 320
        await context.close()
