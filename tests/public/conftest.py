import pytest

from tests.journeys.conftest import town
from tests.media.conftest import sandbox
from tests.people import Town
from tests.public.crowd import multiply
from tests.reports.steps import dispatched

__all__ = ["many", "sandbox", "town"]

MANY = 4_500  # more than two batches


@pytest.fixture
async def many(town: Town) -> int:
    """So many public reports, spread over the city and over the months before."""
    await dispatched(town)
    await multiply(MANY - 1)
    return MANY
