"""A report with one photo over 2G that breaks every 15 s: `python -m tests.bench.story_2g`.

From the press on "send" until the last byte of the photo has arrived; the reference is 90 s, and the photo's own size.
"""

import asyncio
import os
import tempfile
import time

from playwright.async_api import async_playwright

from tests.bench.app_weight import BYTES_PER_S, CHROMIUM, DELAY_S, FLAGS, tell
from tests.bench.served import a_database, an_api
from tests.peers.line import Line, a_line
from tests.web.resident import Phone, a_phone, a_photo

CUT_EVERY_S, DOWN_S = 15.0, 1.0
LONGER_SIDE = 1120  # of noise, which as JPEG weighs what a street does at 2048 pixels


async def breaks(line: Line) -> None:
    """Every connection is reset, and for a second none is made."""
    while True:
        await asyncio.sleep(CUT_EVERY_S)
        line.is_cut = True
        line.cut()
        await asyncio.sleep(DOWN_S)
        line.is_cut = False


async def story(phone: Phone, line: Line) -> tuple[float, int]:
    """Seconds, and bytes that went up."""
    await phone.opens()
    await phone.is_ready_offline()
    await phone.writes("Lubang besar di depan pasar.", photo=a_photo(LONGER_SIDE))
    cutting = asyncio.ensure_future(breaks(line))
    before, begun = line.up.passed, time.perf_counter()
    await phone.sends()
    await phone.page.wait_for_url("**/terkirim/**")  # it is in the outbox
    await phone.has_sent_all()
    cutting.cancel()
    return time.perf_counter() - begun, line.up.passed - before


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with a_database(f"bench_story_{os.getpid()}"), an_api(folder) as (port, _):
            from api.cities.onboarding import add_city
            from api.piccolo_conf import DB
            from geo import areas
            from tests.geo.factories import a_city_of_squares
            from tests.people import NOON

            await a_city_of_squares()
            await add_city("32.76", NOON, areas=areas)
            async with (
                a_line(port, bytes_per_s=BYTES_PER_S, delay_s=DELAY_S) as line,
                async_playwright() as playwright,
                await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS)) as browser,
                a_phone(browser, line) as phone,
            ):
                phone.context.set_default_timeout(300_000)
                took_s, sent = await story(phone, line)
            size = (await DB.fetch("SELECT size FROM photo WHERE state = 'uploaded'"))[0]["size"]
    how = f"a photo of {size / 1000:.0f} kB, 120 kbit/s, 300 ms, cut every {CUT_EVERY_S:.0f} s"
    tell("story_2g", took_s, "s from send to the last byte", 90, how)
    tell("story_2g_bytes", sent / 1000, "kB sent up in all", round(size / 1000, 1), how)


if __name__ == "__main__":
    asyncio.run(main())
