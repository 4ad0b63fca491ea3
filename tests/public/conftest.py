from tests.journeys.conftest import town
from tests.media.conftest import sandbox

__all__ = ["sandbox", "town"]
