"""`cold_page`: the map's page on a phone that has never seen it: bytes, and seconds until it can be used.

`make bench ONLY=cold_page`; a real Chromium, its network slowed down as DevTools does (without loss). Usable is:
the reports are counted on the page; complete: the boundaries are drawn, too.
"""

import datetime as dt
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import uvloop
from playwright.async_api import Browser, async_playwright

from tests.bench.points import fill, line
from tests.bench.served import a_database, an_api

ROWS = int(os.environ.get("BENCH_ROWS", "20000"))
LINES = {"2g": (120, 300, 15.0), "3g": (750, 100, 5.0)}  # kbit/s, ms of latency, seconds that are allowed
ALLOWED_BYTES = 100_000
ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
    "locale": "id-ID",
}
USABLE = "document.getElementById('view-summary')?.textContent.length > 0"
DRAWN = """
() => [...document.querySelectorAll('.areas canvas')].some(canvas =>
    canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(byte => byte))
"""


async def visit(browser: Browser, address: str, kbit_s: int, latency_ms: int) -> tuple[float, float, int, int]:
    """Seconds until usable and until complete, bytes on the wire, requests."""
    context = await browser.new_context(**PHONE, bypass_csp=True)  # else the page refuses what this waits for
    page = await context.new_page()
    network = await context.new_cdp_session(page)
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    await network.send("Network.enable")
    rate = kbit_s * 1000 / 8
    slow = {"offline": False, "latency": latency_ms, "downloadThroughput": rate, "uploadThroughput": rate}
    await network.send("Network.emulateNetworkConditions", slow)
    begun = time.perf_counter()
    await page.goto(address, wait_until="commit", timeout=120_000)
    await page.wait_for_function(USABLE, timeout=120_000)
    usable = time.perf_counter() - begun
    await page.wait_for_function(DRAWN, timeout=120_000)
    await page.wait_for_load_state("networkidle", timeout=120_000)
    complete = time.perf_counter() - begun
    await context.close()
    return usable, complete, int(sum(sizes)), len(sizes)


async def main() -> None:
    async with a_database("bench_cold_page") as url:
        from geo import national, pyramid

        now = dt.datetime.now(dt.UTC)
        await fill(url, ROWS)
        await national.load_national(Path("geo/node_modules"), now, lambda *_: None)
        await pyramid.fold(now)
        path = shutil.which("chromium") or shutil.which("google-chrome")
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            async with an_api(folder) as (port, _), async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
                for name, (kbit_s, latency_ms, allowed_s) in LINES.items():
                    found = await visit(browser, f"http://127.0.0.1:{port}/", kbit_s, latency_ms)
                    report(name, kbit_s, latency_ms, allowed_s, found)
                await browser.close()


def report(name: str, kbit_s: int, latency_ms: int, allowed_s: float, found: tuple[float, float, int, int]) -> None:
    usable, complete, sent, requests = found
    line(
        f"cold_page_{name}",
        "seconds until usable, reference is what is allowed",
        usable,
        allowed_s,
        complete_s=round(complete, 2),
        bytes=sent,
        bytes_to_allowed=round(sent / ALLOWED_BYTES, 3),
        requests=requests,
        kbit_s=kbit_s,
        latency_ms=latency_ms,
        reports=ROWS,
    )


if __name__ == "__main__":
    uvloop.run(main())
