"""The wall in a real Chromium with WebGL, before an API that is stopped and started again."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.people import Town
from tests.reports.steps import dispatched, puts
from tests.web.conftest import CHROMIUM_ARGUMENTS

AXE = (Path(__file__).parent / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
AXE_FAULTS = "axe.run().then(({ violations }) => violations.map((fault) => [fault.id, fault.nodes[0].html]))"
WEBGL = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")
PATIENCE_MS = 20_000


class Served:
    """An API on a port of its own, as a process that can be stopped and started."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.start()

    def start(self) -> None:
        fd = self.socket.fileno()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "--factory", "api.__main__:app", "--fd", str(fd), "--no-access-log"],
            env={**os.environ, "LOG_LEVEL": "WARNING"},
            pass_fds=[fd],
        )

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


@pytest.fixture
def served(town: Town) -> Iterator[Served]:
    served = Served()
    yield served
    served.stop()
    served.socket.close()


@pytest.fixture(scope="module")
async def screens() -> AsyncIterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "the wall is tested in a real browser: apt-get install chromium"
    arguments = [*(one for one in CHROMIUM_ARGUMENTS if one != "--disable-gpu"), *WEBGL]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        await browser.close()


@pytest.fixture
async def page(screens: Browser, served: Served) -> AsyncIterator[Page]:
    context = await screens.new_context(
        base_url=served.address,
        locale="id-ID",
        viewport={"width": 1920, "height": 1080},
        reduced_motion="reduce",
        service_workers="block",
    )
    context.set_default_timeout(PATIENCE_MS)
    yield await context.new_page()
    await context.close()


async def counts(page: Page, **expected: str) -> None:
    for name, value in expected.items():
        await expect(page.locator(f".counters .{name} dd")).to_have_text(value, timeout=PATIENCE_MS)


async def is_live(page: Page) -> None:
    await expect(page.get_by_role("status")).to_have_text("Langsung", timeout=PATIENCE_MS)


async def test_a_wall_counts_what_happens_and_what_it_missed_while_the_api_was_away(
    town: Town, served: Served, page: Page
) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Security Policy" in said.text else None)
    await dispatched(town)

    await page.goto("/komando?kota=32.76")
    await counts(page, new="1", open="1", closed="0", late="0", kept="–")
    await expect(page.locator(".map [data-drawn]")).to_be_visible(timeout=PATIENCE_MS)
    await is_live(page)
    assert await page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        1920,
        1080,
    ]

    second = await dispatched(town)
    await counts(page, new="2", open="2")
    await expect(page.locator(".latest li")).to_have_count(2)

    served.stop()
    await expect(page.get_by_role("status")).to_have_text(re.compile(r"^Tidak tersambung sejak \d\d\.\d\d WIB$"))
    await dispatched(town)
    await puts(second, "work_done")
    assert (await (await town.staff("operator")).steps(second, "resolved", 2)).status_code == 201
    served.start()

    await is_live(page)
    await counts(page, new="3", open="2", closed="1")
    await expect(page.locator(".latest li")).to_have_count(3)
    await expect(page.locator(".latest li").first).to_contain_text("Selesai, menunggu konfirmasi")
    await expect(page.locator(".agencies tbody tr")).to_have_text(re.compile(r"2\s*0\s*1$"))
    await page.evaluate(AXE)
    assert await page.evaluate(AXE_FAULTS) == []
    assert faults == []
