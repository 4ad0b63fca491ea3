from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from PIL import Image, ImageFilter

from api.piccolo_conf import DB
from media import photos
from media.evidence import Case, Earlier, Flag, different_bits, distance_m, flags
from media.facts import Facts
from media.image import render
from media.photos import expect
from tests.media.factories import NOW, OWNER, a_picture, announced, encoded

LAT, LON = -6.4, 106.79
CASE = Case(
    lat=LAT, lon=LON, not_before=NOW - timedelta(days=2), filed_at=NOW, zone=ZoneInfo("Asia/Jakarta"), filer=OWNER
)
PICTURE = "0f1e2d3c4b5a6978"
ALMOST = "0f1e2d3c4b5a6977"  # four bits differ
OTHER = "f0e1d2c3b4a59687"
PHOTO = UUID("0190a7a0-0000-7000-8000-000000000001")


def facts(**said: object) -> Facts:
    return Facts(**{"type": "image/jpeg", "width": 4, "height": 3, "dhash": PICTURE, **said})  # type: ignore[arg-type]


def earlier(**said: object) -> Earlier:
    return Earlier(**{"photo": PHOTO, "dhash": ALMOST, "filer": OWNER, "lat": LAT, "lon": LON, **said})  # type: ignore[arg-type]


def names(found: list[Flag]) -> list[str]:
    return [flag.name for flag in found]


def test_a_photo_that_fits_has_no_flag() -> None:
    fits = facts(taken_at=NOW, lat=LAT, lon=LON, sharpness=300.0, brightness=0.5)
    assert flags(fits, CASE, [earlier(dhash=OTHER, is_evidence=True)]) == []
    assert flags(facts(), CASE) == []


@pytest.mark.parametrize(
    ("other", "flag"),
    [
        (earlier(is_before=True), "before_photo_again"),
        (earlier(is_evidence=True, lat=LAT + 1), "reused"),  # by the same officer, anywhere
        (earlier(is_evidence=True, filer=OWNER + 1, lat=LAT + 0.001), "reused"),  # by another, 111 m away
        (earlier(is_evidence=True, filer=OWNER + 1, lat=LAT + 0.01), "seen_before"),
        (earlier(filer=OWNER + 1), "seen_before"),
    ],
)
def test_the_same_picture_again_is_told_with_the_earlier_one(other: Earlier, flag: str) -> None:
    assert flags(facts(), CASE, [other]) == [Flag(flag, PHOTO, 4)]


@pytest.mark.parametrize("flat", ["0000000000000000", "ffffffffffffffff", "0000000000000003"])
def test_a_wall_is_not_the_same_picture_as_another_wall(flat: str) -> None:
    assert different_bits(flat, flat) is None
    assert flags(facts(dhash=flat), CASE, [earlier(dhash=flat, is_before=True)]) == []


@pytest.mark.parametrize(
    ("said", "flag", "hours"),
    [
        ({"taken_at": NOW - timedelta(days=3)}, "old_photo", 24.0),
        ({"taken_at": NOW + timedelta(hours=5)}, "taken_later", 5.0),
        ({"taken_local": "2026-11-19T15:00:00"}, "old_photo", 24.0),  # 08:00 UTC
    ],
)
def test_a_photo_of_another_time_is_told(said: dict[str, object], flag: str, hours: float) -> None:
    assert flags(facts(**said), CASE) == [Flag(flag, amount=hours)]


@pytest.mark.parametrize(
    "said",
    [
        {"taken_at": CASE.not_before - timedelta(minutes=59)},
        {"taken_local": "2026-11-22T15:59:00"},
        {"taken_local": "yesterday"},
    ],
)
def test_a_clock_that_is_a_little_wrong_is_not_told(said: dict[str, object]) -> None:
    assert flags(facts(**said), CASE) == []


def test_a_photo_of_another_place_is_told() -> None:
    assert flags(facts(lat=LAT + 0.01, lon=LON), CASE) == [Flag("far_from_report", amount=1112.0)]
    assert flags(facts(lat=LAT + 0.01, lon=LON, accuracy_m=1000.0), CASE) == []
    assert flags(facts(lat=LAT + 0.0015, lon=LON), CASE) == []


def test_distance_is_right_within_a_city() -> None:
    assert distance_m(-6.4, 106.79, -6.4, 106.80) == pytest.approx(1105, abs=2)
    assert distance_m(-6.4, 106.79, -6.41, 106.79) == pytest.approx(1112, abs=2)


def test_marks_are_flags() -> None:
    assert names(flags(facts(marks=("made_by_ai", "content_credentials")), CASE)) == [
        "made_by_ai",
        "content_credentials",
    ]


def test_a_dark_or_blurred_photo_is_told() -> None:
    picture = a_picture(640, 480, noise=5)
    sharp = render(encoded(picture, "PNG")).facts
    blurred = render(encoded(picture.filter(ImageFilter.GaussianBlur(8)), "PNG")).facts
    dark = render(encoded(Image.blend(picture, Image.new("RGB", picture.size), 0.9), "PNG")).facts
    assert names(flags(sharp, CASE)) == []
    assert names(flags(blurred, CASE)) == ["blurred"]
    assert "dark" in names(flags(dark, CASE))


def test_another_size_and_quality_is_the_same_picture() -> None:
    picture = a_picture(1200, 900, noise=5)
    one = render(encoded(picture, "PNG")).facts.dhash
    another = render(encoded(picture.resize((800, 600)), "JPEG", quality=40)).facts.dhash
    bits = different_bits(one, another)
    assert bits is None or bits <= 6


async def test_the_same_file_is_found_whoever_sent_it() -> None:
    first, again, other = announced(b"one"), announced(b"one"), announced(b"two")
    await expect([first], OWNER, NOW)
    await expect([again, other], OWNER + 1, NOW + timedelta(days=400))
    assert await photos.sent_before([again.id, other.id, first.id]) == {again.id: [first.id]}


async def test_facts_are_read_back_as_they_were() -> None:
    photo, said = announced(b"one"), facts(taken_at=NOW, marks=("made_by_ai",), sharpness=3.5)
    await expect([photo], OWNER, NOW)
    assert await photos.facts([photo.id]) == {}
    await DB.fetch("UPDATE photo SET facts = $2::jsonb WHERE id = $1", photo.id, msgspec.json.encode(said).decode())
    assert await photos.facts([photo.id]) == {photo.id: said}
