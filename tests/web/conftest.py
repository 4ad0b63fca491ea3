from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State

from api.settings import Settings
from api.web.pages import web_handlers


def pages_app(basemap_url: str = "") -> Litestar:
    settings = Settings(database_url="", basemap_url=basemap_url)
    return Litestar(web_handlers, state=State({"settings": settings}), openapi_config=None)


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    """Speaks HTTP as a browser does: gzip accepted, redirects left to be looked at."""
    transport = httpx.ASGITransport(pages_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://kentongan.test") as client:
        yield client
