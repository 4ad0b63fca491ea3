"""Does this photo show what it is said to show? Flags for the person who decides; nothing is refused here.

Pure: `api` knows the report, who filed what, and where; it asks `photos.facts` and hands in what it found.
A phone's clock and position are soft, and equal pictures may have innocent reasons: a flag is a question.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

import msgspec

from media.facts import Facts

FAR_M = 200.0
CLOCK_SLACK = timedelta(hours=1)
SAME_PICTURE_BITS = 6  # of 64: what another size, another quality and a messenger change
NEAR_M = 200.0
EARTH_M = 6_371_000.0
BLURRED_BELOW = 25.0  # measured on 28 phone photos: 84 to 1900 as they are, at most 14 when blurred by 4 of 1600 px
DARK_BELOW = 0.12  # mean brightness, 0 to 1


FLAGS = (
    *("before_photo_again", "reused", "seen_before", "made_by_ai", "edited_by_ai", "ai_generator", "ai_parameters"),
    *("content_credentials", "old_photo", "taken_later", "far_from_report", "blurred", "dark"),
)
"""Every name of a flag, in the order of weight."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What the photo is for: where the report is, since when the photo may have been taken, in which zone,
    and which account filed it. `filed_at` is when it came."""

    lat: float
    lon: float
    not_before: datetime
    filed_at: datetime
    zone: tzinfo
    filer: int


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """A photo that came before; position of its report. `is_before`: it shows this report's problem itself."""

    photo: UUID
    dhash: str
    filer: int
    lat: float
    lon: float
    is_before: bool = False
    is_evidence: bool = False


class Flag(msgspec.Struct, frozen=True, omit_defaults=True):
    """`name` is a key of the catalogue; `photo` the earlier one; `amount` metres, hours, or different bits."""

    name: str
    photo: UUID | None = None
    amount: float | None = None


def flags(facts: Facts, case: Case, earlier: Sequence[Earlier] = ()) -> list[Flag]:
    """In the order of FLAGS, as far as it goes."""
    return [
        *_same_pictures(facts, case, earlier),
        *(Flag(mark) for mark in facts.marks),
        *_time(facts, case),
        *_distance(facts, case),
        *_quality(facts),
    ]


def _same_pictures(facts: Facts, case: Case, earlier: Sequence[Earlier]) -> list[Flag]:
    found = []
    for other in earlier:
        bits = different_bits(facts.dhash, other.dhash)
        if bits is not None and bits <= SAME_PICTURE_BITS:
            found.append(Flag(_kind(case, other), other.photo, bits))
    return sorted(found, key=lambda flag: FLAGS.index(flag.name))


def _kind(case: Case, other: Earlier) -> str:
    """Evidence is used once: by one officer anywhere, by anybody at one place."""
    if other.is_before:
        return "before_photo_again"
    is_near = distance_m(case.lat, case.lon, other.lat, other.lon) <= NEAR_M
    return "reused" if other.is_evidence and (other.filer == case.filer or is_near) else "seen_before"


def different_bits(one: str, another: str) -> int | None:
    """None when one of them has no structure to compare: a wall, the sky, a finger before the lens."""
    first, second = int(one, 16), int(another, 16)
    if min(first.bit_count(), second.bit_count()) < 4 or max(first.bit_count(), second.bit_count()) > 60:
        return None
    return (first ^ second).bit_count()


def taken(facts: Facts, zone: tzinfo) -> datetime | None:
    """The camera's own clock is read in the city's zone."""
    if facts.taken_at is not None:
        return facts.taken_at
    try:
        return datetime.fromisoformat(facts.taken_local).replace(tzinfo=zone) if facts.taken_local else None
    except ValueError:
        return None


def _time(facts: Facts, case: Case) -> list[Flag]:
    moment = taken(facts, case.zone)
    if moment is None:
        return []
    if moment < case.not_before - CLOCK_SLACK:
        return [Flag("old_photo", amount=_hours(case.not_before - moment))]
    if moment > case.filed_at + CLOCK_SLACK:
        return [Flag("taken_later", amount=_hours(moment - case.filed_at))]
    return []


def _hours(span: timedelta) -> float:
    return round(span.total_seconds() / 3600, 1)


def _distance(facts: Facts, case: Case) -> list[Flag]:
    if facts.lat is None or facts.lon is None:
        return []
    metres = distance_m(facts.lat, facts.lon, case.lat, case.lon)
    return [Flag("far_from_report", amount=round(metres))] if metres > FAR_M + (facts.accuracy_m or 0) else []


def _quality(facts: Facts) -> list[Flag]:
    measured = (("blurred", facts.sharpness, BLURRED_BELOW), ("dark", facts.brightness, DARK_BELOW))
    return [Flag(name, amount=value) for name, value, limit in measured if value is not None and value < limit]


def distance_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """On a flat earth, which is right within a city."""
    east = math.radians(other_lon - lon) * math.cos(math.radians((lat + other_lat) / 2))
    return EARTH_M * math.hypot(math.radians(other_lat - lat), east)
