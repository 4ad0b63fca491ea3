"""`/statistik` and `/data`: plain documents first, and in a real Chromium on a narrow phone."""

from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, expect

from api.public.statistics.counting import count_statistics
from api.web.open_data_pages import duration, months_before, percent, whole
from tests.people import NOON, Town
from tests.public.crowd import multiply
from tests.public.serving import served
from tests.reports.steps import dispatched
from tests.web.test_map_in_browser import chromium
from tests.web.test_pages import policy_of

__all__ = ["chromium"]

AXE = Path(__file__).parent / "node_modules/axe-core/axe.min.js"


async def counted(town: Town) -> None:
    await dispatched(town)
    await multiply(4_000)
    await count_statistics(town.clock())


@pytest.mark.parametrize("path", ["/statistik?city=32.76&bulan=3", "/statistik", "/data"])
@pytest.mark.parametrize("language", ["id", "en"])
async def test_a_page_is_whole_without_javascript(town: Town, path: str, language: str):
    await counted(town)
    answer = await town.stranger.get(path, headers={"accept-language": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert "unsafe" not in str(policy_of(answer))
    assert "<table" in answer.text


async def test_beside_each_table_lies_its_csv(town: Town):
    await counted(town)
    page = httpx.Response(200, text=(await town.stranger.get("/statistik")).text).text
    links = [part.split('"')[0].replace("&amp;", "&") for part in page.split('href="')[1:]]
    tables = [link for link in links if link.startswith("/public/statistics.csv")]
    assert len(tables) == page.count("<table") == 4
    for link in tables:
        assert (await town.stranger.get(link)).status_code == 200


async def test_nonsense_in_the_address_is_met_with_the_usual_page(town: Town):
    assert (await town.stranger.get("/statistik?city=x&bulan=-1")).status_code == 200


async def test_on_a_narrow_phone_nothing_overflows_and_axe_finds_nothing(town: Town, chromium: Browser):
    await counted(town)
    with served() as address:
        context = await chromium.new_context(
            base_url=address, locale="id-ID", viewport={"width": 320, "height": 640}, bypass_csp=True
        )
        page = await context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        for path in ("/statistik?bulan=120", "/data"):
            await page.goto(path)
            if path != "/data":
                await expect(page.locator("#chart canvas")).to_be_visible()
            assert await page.evaluate("document.documentElement.scrollWidth") == 320, path
            await page.add_script_tag(path=AXE)
            found = await page.evaluate("axe.run()")
            assert [fault["id"] for fault in found["violations"]] == [], path
        assert faults == []
        await context.close()


def test_numbers_are_written_as_people_write_them():
    assert duration(12.5, "id") == "12,5 jam"
    assert duration(72, "en") == "3.0 days"
    assert (whole(1234567, "id"), percent(0.5, "id"), duration(None, "id")) == ("1.234.567", "50 %", "–")
    assert months_before(NOON.date().replace(day=1), 11).isoformat() == "2025-12-01"
