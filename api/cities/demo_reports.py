"""Reports for the demo: made up, plausible, and the same for the same seed. Pure."""

import random
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Literal

import msgspec

Fate = Literal["submitted", "needs_info", "dispatched", "in_progress", "work_done", "resolved", "closed", "rejected"]

METRES_PER_DEGREE = 111_320
SPREAD_M = 250  # around the village's point, so that most stay inside the village
OLDEST_DAYS = 120
# How likely which fate, by the report's age: what is young is mostly open, what is old mostly closed.
FATES: tuple[tuple[float, dict[Fate, int]], ...] = (
    (3, {"submitted": 4, "dispatched": 5, "in_progress": 1, "needs_info": 1}),
    (14, {"dispatched": 3, "in_progress": 5, "work_done": 2, "resolved": 3, "needs_info": 1, "rejected": 1}),
    (OLDEST_DAYS, {"dispatched": 1, "in_progress": 2, "work_done": 1, "resolved": 2, "closed": 12, "rejected": 2}),
)


class DemoReport(msgspec.Struct, frozen=True):
    """`fate` is the state that it has reached by now."""

    category: str
    text: str
    lat: float
    lon: float
    days_ago: float
    fate: Fate


class _Kind(msgspec.Struct, frozen=True):
    weight: int
    texts: tuple[str, ...]


class _Script(msgspec.Struct, frozen=True):
    """Slots by the first two digits of the city's code, "" for the others."""

    tempat: dict[str, tuple[str, ...]]
    lama: dict[str, tuple[str, ...]]
    akibat: dict[str, tuple[str, ...]]
    reports: dict[str, _Kind]


@cache
def _script() -> _Script:
    words = (files("api.cities.templates") / "demo.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(words), _Script)


def demo_reports(
    city_code: str, villages: Sequence[tuple[str, float, float]], seed: int, count: int = 50
) -> Iterator[DemoReport]:
    """`villages`: (code, lat, lon) of a point inside each. Newest first; nothing without a village."""
    if not villages:
        return iter(())
    dice = random.Random(f"{seed} {city_code}")  # noqa: S311 nobody's secret depends on these dice
    drawn = islice(_endless(city_code, villages, dice), count)
    return iter(sorted(drawn, key=lambda report: report.days_ago))


def _endless(city_code: str, villages: Sequence[tuple[str, float, float]], dice: random.Random) -> Iterator[DemoReport]:
    kinds = _script().reports
    weights = [kind.weight for kind in kinds.values()]
    while True:
        (category,) = dice.choices(list(kinds), weights)
        _, lat, lon = dice.choice(villages)
        days_ago = round(OLDEST_DAYS * dice.random() ** 2, 3)  # the square: more of late
        yield DemoReport(
            category=category,
            text=_text(category, city_code[:2], dice),
            lat=round(lat + dice.gauss(0, SPREAD_M / 2) / METRES_PER_DEGREE, 6),
            lon=round(lon + dice.gauss(0, SPREAD_M / 2) / METRES_PER_DEGREE, 6),
            days_ago=days_ago,
            fate=_fate(days_ago, dice),
        )


def _text(category: str, province: str, dice: random.Random) -> str:
    script = _script()
    slots = {
        name: dice.choice(words.get(province) or words[""])
        for name, words in (("tempat", script.tempat), ("lama", script.lama), ("akibat", script.akibat))
    }
    return dice.choice(script.reports[category].texts).format(**slots)


def _fate(days_ago: float, dice: random.Random) -> Fate:
    odds = next(odds for oldest, odds in FATES if days_ago <= oldest)
    (fate,) = dice.choices(list(odds), list(odds.values()))
    return fate
