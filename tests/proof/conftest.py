from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import geo.areas
from api.cities.onboarding import add_city
from tests.geo.factories import a_city_of_squares
from tests.journeys.conftest import town
from tests.people import NOON, a_town
from tests.proof.scene import AWAY, HOME, Scene, set_up


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    await a_city_of_squares()
    await a_city_of_squares(AWAY, name="Kota Bogor", lat=-6.60, lon=106.79)
    for code in (HOME, AWAY):
        await add_city(code, NOON, areas=geo.areas)
    async with a_town(HOME, tmp_path) as town:
        yield await set_up(town)


__all__ = ["scene", "town"]
