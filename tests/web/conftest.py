from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State

import geo.areas
from api.cities.book import CityBook
from api.cities.onboarding import add_city
from api.piccolo_conf import DB
from api.settings import Settings
from api.web.pages import web_handlers
from tests.geo.factories import a_city_of_squares
from tests.people import NOON, Town, a_town


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
