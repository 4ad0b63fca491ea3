import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State
from playwright.async_api import Browser, async_playwright

import geo.areas
from api.cities.book import CityBook
from api.cities.onboarding import add_city
from api.clock import wall_clock
from api.piccolo_conf import DB
from api.settings import Settings
from api.web.pages import web_handlers
from tests.geo.factories import a_city_of_squares
from tests.peers.line import Line, a_line
from tests.people import NOON, Town, a_town
from tests.public.serving import served


def pages_app(basemap_url: str = "") -> Litestar:
    """The pages alone: what they say before anybody has reported anything."""
    settings = Settings(database_url="", basemap_url=basemap_url)
    return Litestar(web_handlers, state=State({"settings": settings, "cities": CityBook(DB)}), openapi_config=None)


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    """Speaks HTTP as a browser does: gzip accepted, redirects left to be looked at."""
    transport = httpx.ASGITransport(pages_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://kentongan.test") as client:
        yield client


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    await a_city_of_squares()
    await add_city("32.76", NOON, areas=geo.areas)
    async with a_town("32.76", tmp_path) as town:
        yield town


CHROMIUM_ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="module")
async def phones() -> AsyncIterator[Browser]:
    """A real Chromium: each context of it is somebody's phone."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "the apps are tested in a real browser: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        await browser.close()


@asynccontextmanager
async def a_served_api(**settings: str) -> AsyncIterator[Line]:
    """The line to an API of its own process on the town's database; the line's port is what phones speak to."""
    with served(**{"PUBLIC_URL": "", **settings}) as address:
        async with a_line(int(address.rpartition(":")[2])) as line:
            yield line


@pytest.fixture
async def line(town: Town) -> AsyncIterator[Line]:
    """The server and the browser look at the true clock, so that from here on these people live now."""
    town.clock.now = wall_clock()
    async with a_served_api() as line:
        yield line
