from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import geo.areas
from api.cities.onboarding import add_city
from tests.geo.factories import a_city_of_squares
from tests.people import NOON, Town, a_town


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    await a_city_of_squares()
    await add_city("32.76", NOON, areas=geo.areas)
    async with a_town("32.76", tmp_path) as town:
        yield town
