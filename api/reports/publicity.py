"""What of a report the public may see, decided here and nowhere else. Pure."""

from api.cities.book import Category, Precision
from api.reports.status import State

# A street, not a house.
PRIVATE_M: Precision = 110
# How many people live at least in the square that stands for a place: around a home, and where the place is the matter.
PEOPLE_AROUND_A_HOME, PEOPLE_AROUND = 20, 1
# How many people a kelurahan has, and a desa or nagari; taken low: 270 million live in 83,000 of both (census of 2020).
PEOPLE_OF_KELURAHAN, PEOPLE_OF_DESA = 10_000, 2_500
# A picture becomes public when somebody of the city has worked on the report, not by the rule alone.
UNSEEN: frozenset[State] = frozenset({"submitted", "needs_info", "rejected", "withdrawn", "duplicate"})


def mark_values(category: Category | None, village_code: str) -> dict[str, object]:
    """How `area_mark` places it: never finer than `finest_m`, in a square that holds `part` of its village."""
    is_home = category is None or category.private_place
    people = PEOPLE_AROUND_A_HOME if is_home else PEOPLE_AROUND
    of = PEOPLE_OF_KELURAHAN if village_code[9:10] == "1" else PEOPLE_OF_DESA
    finest = category.precision_m if category else None
    return {"finest_m": finest or (PRIVATE_M if is_home else 1), "part": people / of}


def is_on_map(visibility: str, state: str) -> bool:
    return visibility == "public" and state not in ("rejected", "withdrawn", "duplicate")


def shows_content(visibility: str, state: str) -> bool:
    """Whoever withdraws takes the words back; and what was rejected may have been rejected for its words."""
    return visibility == "public" and state not in ("rejected", "withdrawn")
