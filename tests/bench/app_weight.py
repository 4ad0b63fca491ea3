"""What the apps in the hand cost on a first visit over 2G, and how soon it is there again without a network.

`python -m tests.bench.app_weight`. The reference of each line is what the app may cost at most (Lighthouse: at least).
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import msgspec
from playwright.async_api import Page, async_playwright

from tests.bench.served import a_database, an_api
from tests.peers.line import Line, a_line

BYTES_PER_S, DELAY_S = 15_000, 0.15  # 120 kbit/s and 300 ms there and back
QUIET_S = 3.0
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""
LIGHTHOUSE = Path(__file__).parents[1] / "web/node_modules/lighthouse/cli/index.js"
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")
IS_KEPT = "async (page) => { while (!(await caches.match(page))) await new Promise(r => setTimeout(r, 50)); }"


class App(msgspec.Struct, frozen=True):
    """`ready`: what the modules draw first, and a press would be answered by."""

    name: str
    ready: str
    needed_kb: int
    kept_kb: int


APPS = (App("lapor", "nav.bottom", 60, 100), App("petugas", "input[name=login]", 90, 120))


def tell(name: str, value: float, unit: str, reference: float, conditions: str) -> None:
    line = {"name": name, "value": round(value, 2), "unit": unit, "reference": reference}
    sys.stdout.write(json.dumps(line | {"ratio": round(value / reference, 2), "conditions": conditions}) + "\n")


async def seconds_until_ready(page: Page, app: App, *, again: bool = False) -> float:
    begun = time.perf_counter()
    await (page.reload(wait_until="commit") if again else page.goto(f"/{app.name}", wait_until="commit"))
    await page.wait_for_selector(app.ready)
    await page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    return time.perf_counter() - begun


async def until_quiet(line: Line) -> None:
    passed = -1
    while passed != line.down.passed:
        passed = line.down.passed
        await asyncio.sleep(QUIET_S)


async def visit(line: Line, app: App) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        context = await browser.new_context(base_url=f"http://127.0.0.1:{line.port}", locale="id-ID")
        page = await context.new_page()
        page.set_default_timeout(120_000)
        before = line.down.passed
        first_s = await seconds_until_ready(page, app)
        needed = line.down.passed - before
        await page.evaluate(IS_KEPT, f"/{app.name}?lang=id")
        await until_quiet(line)
        line.is_cut = True
        line.cut()
        await context.set_offline(True)
        again_s = await seconds_until_ready(page, app, again=True)
        await browser.close()
    line.is_cut = False
    how = f"/{app.name}, 120 kbit/s, 300 ms, headers counted"
    kept = line.down.passed - before
    tell("app_weight", needed / 1000, "kB until a first visit can be used", app.needed_kb, how)
    tell("app_kept", kept / 1000, "kB with all that is kept for days without a network", app.kept_kb, how)
    tell("app_interactive", first_s, "s on a first visit", 6, how)
    tell("app_offline", again_s, "s on a visit without a network", 1, f"/{app.name}, from the service worker's cache")


async def audit(port: int, app: App) -> None:
    """Lighthouse with its own emulation of a middling phone on slow 4G."""
    process = await asyncio.create_subprocess_exec(
        *(
            "node",
            str(LIGHTHOUSE),
            f"http://127.0.0.1:{port}/{app.name}",
            "--quiet",
            "--output=json",
            "--output-path=stdout",
        ),
        f"--chrome-flags={' '.join(FLAGS)}",
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "CHROME_PATH": CHROMIUM},
    )
    out, _ = await process.communicate()
    for name, found in json.loads(out)["categories"].items():
        tell(f"app_lighthouse_{name}", found["score"], "of 1", 0.95, f"/{app.name}, Lighthouse, mobile")


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with a_database(f"bench_app_{os.getpid()}"), an_api(folder) as (port, _):
            from api.cities.onboarding import add_city
            from geo import areas
            from tests.geo.factories import a_city_of_squares
            from tests.people import NOON

            await a_city_of_squares()
            await add_city("32.76", NOON, areas=areas)
            async with a_line(port, bytes_per_s=BYTES_PER_S, delay_s=DELAY_S) as line:
                for app in APPS:
                    await visit(line, app)
            for app in APPS:
                await audit(port, app)


if __name__ == "__main__":
    asyncio.run(main())
