"""What of a report the public may see, decided here and nowhere else. Pure."""

from api.cities.book import Category
from api.reports.status import State

# About 110 m: a street, not a house.
PRIVATE_DECIMALS = 3
# A picture becomes public when somebody of the city has worked on the report, not by the rule alone.
UNSEEN: frozenset[State] = frozenset({"submitted", "needs_info", "rejected", "withdrawn", "duplicate"})


def public_position(lat: float, lon: float, category: Category | None) -> tuple[float, float]:
    """Degrees as (lat, lon): five decimals, fewer where the category may point at somebody's home."""
    decimals = PRIVATE_DECIMALS if category is None or category.private_place else 5
    return round(lat, decimals), round(lon, decimals)


def is_on_map(visibility: str, state: str) -> bool:
    return visibility == "public" and state not in ("rejected", "withdrawn", "duplicate")


def shows_content(visibility: str, state: str) -> bool:
    """Whoever withdraws takes the words back; and what was rejected may have been rejected for its words."""
    return visibility == "public" and state not in ("rejected", "withdrawn")
