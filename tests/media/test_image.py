import io
import random
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PIL import ExifTags, Image

from media.errors import PhotoRefused
from media.facts import REASONS, Died, Refused, Rendered
from media.image import render
from media.sandbox import Sandbox
from tests.media.factories import a_jpeg, a_picture, encoded
from tests.media.hostile import (
    REFUSED,
    SECRET,
    a_jpeg_claiming,
    a_jpeg_of_many_scans,
    a_jpeg_with_a_film,
    a_profile,
    a_telling,
    a_telling_jpeg,
    a_telling_png,
    an_avif_claiming,
    an_exif,
)

TELLING = {
    "jpeg": a_telling_jpeg(),
    "progressive jpeg": a_telling_jpeg(progressive=True),
    "png": a_telling_png(),
    "webp": a_telling("WEBP"),
    "avif": a_telling("AVIF"),
}
MARKS = (b"Exif", b"EXIF", b"XMP", b"xmpmeta", b"ns.adobe", b"ICC", b"PLAN", b"P\0L\0A\0N", b"8BIM")
TOLD_BY_THE_FORMAT = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"} | {
    *("loop", "background", "timestamp", "duration"),
}
KINDS = {"JPEG": {}, "PNG": {}, "WEBP": {}, "AVIF": {}}
Box = tuple[int, int]


def opened(photo: bytes) -> Image.Image:
    return Image.open(io.BytesIO(photo))


def corners(photo: bytes) -> list[str]:
    """The colours of a_picture, read like a page."""
    image = opened(photo).convert("RGB")
    across, down = image.width, image.height
    places = [(across // 4, down // 4), (3 * across // 4, down // 4)]
    places += [(across // 4, 3 * down // 4), (3 * across // 4, 3 * down // 4)]
    return [_colour(image.getpixel(place)) for place in places]


def _colour(pixel: object) -> str:
    assert isinstance(pixel, tuple)
    bright = "".join(name for name, value in zip("rgb", pixel, strict=True) if value > 128)
    return bright or "none"


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_honest_photo_is_refused_with_its_reason(name: str) -> None:
    photo, reason = REFUSED[name]
    with pytest.raises(PhotoRefused) as refused:
        render(photo)
    assert refused.value.reason == reason


def test_every_reason_is_listed_for_the_catalogue() -> None:
    assert {reason for _, reason in REFUSED.values()} <= set(REASONS)


def test_three_renditions_are_made() -> None:
    rendered = render(a_jpeg(4000, 3000))
    assert {size: opened(photo).size for size, photo in rendered.renditions.items()} == {
        1600: (1600, 1200),
        640: (640, 480),
        160: (160, 120),
    }
    assert [opened(photo).format for photo in rendered.renditions.values()] == ["JPEG", "WEBP", "WEBP"]
    assert opened(rendered.renditions[1600]).info["progressive"]
    assert (rendered.facts.width, rendered.facts.height) == (4000, 3000)


def test_a_small_photo_is_not_enlarged() -> None:
    rendered = render(a_jpeg(200, 100))
    assert [opened(photo).size for photo in rendered.renditions.values()] == [(200, 100), (200, 100), (160, 80)]


@pytest.mark.parametrize("size", [(1, 1), (8, 1), (2, 3), (1599, 1601), (1601, 201)])
def test_odd_sizes_are_rendered(size: Box) -> None:
    facts = render(a_jpeg(*size)).facts
    assert (facts.width, facts.height) == size


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", KINDS)
def test_every_orientation_is_shown_upright(kind: str, orientation: int) -> None:
    lying_down = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    picture = a_picture(400, 300)
    if orientation > 1:
        picture = picture.transpose(lying_down[orientation])
    rendered = render(encoded(picture, kind, exif=an_exif(orientation=orientation).tobytes()))
    for photo in rendered.renditions.values():
        assert corners(photo) == ["r", "g", "b", "rgb"]
        assert opened(photo).width > opened(photo).height
    assert (rendered.facts.width, rendered.facts.height) == (400, 300)


@pytest.mark.parametrize("name", TELLING)
def test_nothing_but_pixels_is_served(name: str) -> None:
    assert TELLING[name].count(SECRET) + TELLING[name].count(b"P\0L\0A\0N") > 2
    for photo in render(TELLING[name]).renditions.values():
        assert [mark for mark in (SECRET, *MARKS) if mark in photo] == []
        assert set(opened(photo).info) <= TOLD_BY_THE_FORMAT


@pytest.mark.parametrize("name", TELLING)
def test_time_and_place_are_read_before_they_are_stripped(name: str) -> None:
    facts = render(TELLING[name]).facts
    assert facts.taken_at == datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
    assert facts.taken_local == "2026-11-22T07:30:00"
    assert (facts.lat, facts.lon, facts.accuracy_m) == (-6.4, 106.79, 12.0)


def test_gps_time_is_certain_without_a_zone() -> None:
    exif = Image.Exif()
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSDateStamp], gps[ExifTags.GPS.GPSTimeStamp] = "2026:11:21", (23.0, 59.0, 58.0)
    assert render(a_jpeg(exif=exif)).facts.taken_at == datetime(2026, 11, 21, 23, 59, 58, tzinfo=UTC)


def test_a_camera_clock_without_zone_is_kept_as_it_is() -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:22 07:30:00"
    facts = render(a_jpeg(exif=exif)).facts
    assert (facts.taken_at, facts.taken_local) == (None, "2026-11-22T07:30:00")


@pytest.mark.parametrize(("lat", "lon"), [(0, 0), (91, 10), (10, 181)])
def test_a_position_that_is_none_is_left_out(lat: float, lon: float) -> None:
    facts = render(a_jpeg(exif=an_exif(lat=lat, lon=lon))).facts
    assert (facts.lat, facts.lon) == (None, None)


@pytest.mark.parametrize("tag", ["0000:00:00 00:00:00", "yesterday", "", "2026:13:45 99:99:99", "\0" * 19])
def test_a_broken_time_costs_the_photo_nothing(tag: str) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = tag
    assert render(a_jpeg(exif=exif)).facts.taken_local is None


@pytest.mark.parametrize("seed", range(20))
def test_a_broken_exif_block_costs_the_photo_nothing(seed: int) -> None:
    exif = bytearray(an_exif(lat=-6.4, lon=106.79).tobytes())
    chance = random.Random(seed)
    for _ in range(30):
        exif[chance.randrange(6, len(exif))] = chance.randrange(256)
    assert render(a_jpeg(exif=bytes(exif))).renditions


def test_a_photo_with_a_film_behind_it_is_a_photo() -> None:
    assert render(a_jpeg_with_a_film()).facts.type == "image/jpeg"


def test_the_scans_of_an_ordinary_progressive_photo_are_allowed() -> None:
    assert render(a_jpeg(progressive=True)).renditions
    assert render(a_jpeg_of_many_scans(5)).renditions


def test_transparency_is_shown_on_white() -> None:
    half = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    assert opened(render(encoded(half, "PNG")).renditions[1600]).getpixel((20, 20)) == (255, 255, 255)


def test_a_palette_with_a_transparent_colour_is_shown_on_white() -> None:
    palette = Image.new("P", (40, 40), 0)
    palette.putpalette([0, 0, 0] * 256)
    shown = render(encoded(palette, "PNG", transparency=0)).renditions[1600]
    assert opened(shown).getpixel((20, 20)) == (255, 255, 255)


def test_a_16_bit_grey_keeps_its_middle() -> None:
    grey = Image.new("I;16", (40, 40), 0x8000)
    assert opened(render(encoded(grey, "PNG")).renditions[1600]).getpixel((20, 20)) == (128, 128, 128)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("1", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("RGBA", "PNG"), ("L", "JPEG"), ("CMYK", "JPEG")],
)
def test_every_way_to_hold_pixels_becomes_srgb(mode: str, kind: str) -> None:
    shown = opened(render(encoded(a_picture(mode=mode), kind)).renditions[1600])
    assert (shown.mode, shown.size) == ("RGB", (320, 240))


def test_colours_follow_the_profile() -> None:
    """A profile that calls red what is green makes red green."""
    swapped = render(encoded(a_picture(), "PNG", icc_profile=a_profile(swapped=True)))
    assert corners(swapped.renditions[160])[:2] == ["g", "r"]


def test_a_broken_profile_is_ignored() -> None:
    assert corners(render(a_jpeg(icc_profile=b"no profile")).renditions[160]) == ["r", "g", "b", "rgb"]


def test_the_same_picture_again_has_nearly_the_same_hash() -> None:
    picture = a_picture(800, 600, noise=1)
    first, again = render(encoded(picture, "PNG")), render(encoded(picture.resize((400, 300)), "JPEG", quality=40))
    other = render(encoded(picture.transpose(Image.Transpose.ROTATE_180), "PNG"))
    assert _differing_bits(first, again) <= 6
    assert _differing_bits(first, other) > 12


def _differing_bits(first: Rendered, second: Rendered) -> int:
    return (int(first.facts.dhash, 16) ^ int(second.facts.dhash, 16)).bit_count()


@pytest.mark.parametrize("eighth", range(1, 8))
@pytest.mark.parametrize("kind", KINDS)
def test_a_photo_cut_short_is_refused(kind: str, eighth: int) -> None:
    photo = encoded(a_picture(400, 300, noise=2), kind)
    with pytest.raises(PhotoRefused) as refused:
        render(photo[: len(photo) * eighth // 8])
    assert refused.value.reason in {"truncated", "not_an_image"}


@pytest.mark.parametrize("lying", [lambda: a_jpeg_claiming(4000, 3000), lambda: an_avif_claiming(900, 900)])
def test_a_header_that_promises_more_than_comes_does_no_harm(lying: Callable[[], bytes], sandbox: Sandbox) -> None:
    assert not isinstance(sandbox.render(lying()), Died)


@pytest.mark.parametrize("kind", KINDS)
def test_a_photo_damaged_anywhere_is_rendered_or_refused(kind: str, sandbox: Sandbox) -> None:
    photo, chance = encoded(a_picture(noise=3), kind), random.Random(kind)
    for _ in range(40):
        damaged = bytearray(photo)
        for _ in range(8):
            damaged[chance.randrange(len(photo))] = chance.randrange(256)
        assert isinstance(sandbox.render(bytes(damaged)), Rendered | Refused)
