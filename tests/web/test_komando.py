"""The wall in a real Chromium with WebGL, before an API that is stopped and started again."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, async_playwright, expect

from tests.people import Town
from tests.reports.steps import dispatched, puts
from tests.web.conftest import CHROMIUM_ARGUMENTS

AXE = (Path(__file__).parent / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
AXE_FAULTS = "axe.run().then(({ violations }) => violations.map((fault) => [fault.id, fault.nodes[0].html]))"
PATIENCE_MS = 30_000  # two cores draw the map in software, beside other tests
expect.set_options(timeout=PATIENCE_MS)


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
    town.clock.now = datetime.now(UTC)  # the process lives today, and so do those who report
    served = Served()
    yield served
    served.stop()
    served.socket.close()


@asynccontextmanager
async def a_browser(*more: str) -> AsyncIterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "the wall is tested in a real browser: apt-get install chromium"
    arguments = [*(one for one in CHROMIUM_ARGUMENTS if one != "--disable-gpu"), *more]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        await browser.close()


@asynccontextmanager
async def a_screen(browser: Browser, served: Served) -> AsyncIterator[Page]:
    context = await browser.new_context(
        base_url=served.address,
        locale="id-ID",
        viewport={"width": 1920, "height": 1080},
        reduced_motion="reduce",
        service_workers="block",
    )
    context.set_default_timeout(PATIENCE_MS)
    yield await context.new_page()
    await context.close()


@pytest.fixture(scope="module")
async def with_webgl() -> AsyncIterator[Browser]:
    async with a_browser("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist") as browser:
        yield browser


@pytest.fixture
async def page(with_webgl: Browser, served: Served) -> AsyncIterator[Page]:
    async with a_screen(with_webgl, served) as page:
        yield page


async def counts(page: Page, **expected: str) -> None:
    for name, value in expected.items():
        await expect(page.locator(f".counters .{name} dd")).to_have_text(value)


async def is_live(page: Page) -> None:
    await expect(page.get_by_role("status")).to_have_text("Langsung")


async def test_a_wall_counts_what_happens_and_what_it_missed_while_the_api_was_away(
    town: Town, served: Served, page: Page
) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Security Policy" in said.text else None)
    await dispatched(town)

    await page.goto("/komando?kota=32.76")
    await counts(page, new="1", open="1", closed="0", late="0", kept="–")
    await expect(page.locator(".map [data-drawn]")).to_be_visible()
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


def a_change(number: int) -> dict[str, Any]:
    """Of report `number`, as the stream says it."""
    return {
        "tracking_id": f"{number:04d}-UJI{number % 10}",
        "city": "32.76",
        "state": "dispatched",
        "is_open": True,
        "is_new": True,
        "category": "jalan-rusak",
        "agency": "uptd-jalan-1",
        "village_code": "32.76.01.1001",
        "village": "Depok",
        "lat": -6.40,
        "lon": 106.79,
        "at": datetime.now(UTC).isoformat(),
    }


def as_stream(changes: list[dict[str, Any]]) -> str:
    events = [f"event: change\nid: {place}\ndata: {json.dumps(change)}\n\n" for place, change in enumerate(changes)]
    return "event: hello\nid: 1\ndata: {}\n\n" + "".join(events)


MOVE = """
async ([now, changes]) => {
  const { opened, moved } = await import("/static/komando/counts.js");
  let board = opened({ ...now, latest: [] });
  for (const change of changes) board = moved(board, change, { ...change, since: change.at });
  const { counts, latest } = board.now;
  return { counts, known: board.known.size, latest: latest.length, last: latest.at(-1).tracking_id };
}
"""
SIZE = "document.querySelectorAll('*').length"


async def test_two_thousand_changes_leave_the_wall_as_large_as_it_was(town: Town, page: Page) -> None:
    for _ in range(12):
        await dispatched(town)
    now = (await town.stranger.get("/public/now?city=32.76")).json()
    changes = [a_change(number) for number in range(2_000)]
    streams: list[Route] = []

    async def hold(route: Route) -> None:
        streams.append(route)

    await page.route("**/public/live?*", hold)
    await page.goto("/komando?kota=32.76")
    await counts(page, new="12", open="12")
    await expect(page.locator(".map [data-drawn]")).to_be_visible()
    before = await page.evaluate(SIZE)

    await page.route("**/public/now?*", lambda route: None)  # so that nothing but the changes moves the wall
    await streams[0].fulfill(body=as_stream(changes))
    await counts(page, new="2.012", open="2.012")
    await expect(page.locator(".latest time").first).to_have_attribute("datetime", changes[-1]["at"])

    assert await page.evaluate(SIZE) <= before + 10
    moved = await page.evaluate(MOVE, [now, changes])
    assert moved["counts"] == {**now["counts"], "new_today": 2_012, "open": 2_012}
    assert (moved["known"], moved["latest"]) == (500, 30)
    touched = a_change(5_000) | {"at": "2026-08-17T03:00:00Z"}
    assert (await page.evaluate(MOVE, [now, [*changes[:3], touched]]))["last"] == touched["tracking_id"]


async def test_staff_without_a_map_see_what_is_overdue_in_their_grants(town: Town, served: Served) -> None:
    operator = await town.staff("operator")
    town.clock.passes(days=-20)
    await dispatched(town, visibility="restricted")
    async with a_browser("--disable-3d-apis") as browser, a_screen(browser, served) as page:
        await page.goto("/komando")
        await page.get_by_role("link", name="Kota Depok").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("WebGL tidak tersedia")).to_be_visible()
        await counts(page, new="0", open="0", late="0")
        await expect(page.locator(".overdue")).to_contain_text("Tidak ada yang terlambat")
        await page.evaluate(AXE)
        assert await page.evaluate(AXE_FAULTS) == []

        await page.context.add_cookies([{"name": "session", "value": operator.token, "url": served.address}])
        await page.evaluate(
            "async id => (await import('/static/app/server.js')).keepAccount(id, 'staff')", operator.uid
        )
        await page.reload()
        await expect(page.locator(".overdue")).to_contain_text("1 dalam wewenang Anda")
        await expect(page.locator(".overdue li")).to_contain_text("Jalan rusak atau berlubang")
        await counts(page, late="0")
