from tests.journeys.conftest import town

__all__ = ["town"]
