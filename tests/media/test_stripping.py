"""The private original: the picture to the bit, and of all that was beside it only what evidence needs."""

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PIL import Image

from media import photos
from media.facts import Facts
from media.image import render
from media.render import Renderer
from media.sandbox import Sandbox
from media.spool import Spool
from media.store import DiskStore, original_key
from media.stripping import exif_of, stripped
from media.uploads import Uploads
from tests.media.factories import NOW, a_jpeg, a_picture, encoded
from tests.media.hostile import (
    SECRET,
    a_jpeg_with_a_film,
    a_telling,
    a_telling_jpeg,
    a_telling_png,
    an_exif,
    segment,
)
from tests.media.test_render import an_uploaded_photo, row_of

TELLING: dict[str, Callable[[], bytes]] = {
    "JPEG": a_telling_jpeg,
    "progressive JPEG": lambda: a_telling_jpeg(progressive=True),
    "CMYK JPEG": lambda: a_jpeg_of_mode("CMYK"),
    "JPEG with restarts": lambda: a_telling_jpeg(restart_marker_rows=1),
    "PNG": a_telling_png,
    "WebP": lambda: a_telling("WEBP"),
    "lossless WebP": lambda: encoded(a_picture(), "WEBP", lossless=True, exif=an_exif().tobytes(), xmp=SECRET),
}


def a_jpeg_of_mode(mode: str) -> bytes:
    return encoded(a_picture(mode=mode), "JPEG", exif=an_exif(lat=-6.4, lon=106.79), comment=SECRET)


def kept(photo: bytes) -> bytes:
    found = stripped(photo, render(photo).facts)
    assert found is not None
    return found


def pixels(photo: bytes) -> tuple[str, bytes]:
    image = Image.open(io.BytesIO(photo))
    return image.mode, image.tobytes()


@pytest.mark.parametrize("name", TELLING)
def test_the_picture_stays_to_the_bit_and_the_secret_goes(name: str) -> None:
    photo = TELLING[name]()
    assert SECRET in photo
    assert SECRET not in kept(photo)
    assert pixels(kept(photo)) == pixels(photo)


@pytest.mark.parametrize("name", TELLING)
def test_what_evidence_needs_is_read_from_it_again(name: str) -> None:
    photo = TELLING[name]()
    before, after = render(photo).facts, render(kept(photo)).facts
    assert after == before
    assert before.taken_local == "2026-11-22T07:30:00"


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WebP"])
def test_cut_again_it_is_the_same(name: str) -> None:
    once = kept(TELLING[name]())
    assert kept(once) == once


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_as_upright_as_before(orientation: int) -> None:
    photo = a_jpeg(80, 60, exif=an_exif(orientation=orientation))
    assert render(kept(photo)).renditions == render(photo).renditions


def test_previews_and_films_behind_the_picture_go() -> None:
    photo = a_jpeg_with_a_film()
    assert b"ftypmp42" not in kept(photo)
    assert pixels(kept(photo)) == pixels(photo)


def test_what_stands_between_two_segments_goes() -> None:
    jpeg = a_jpeg(64, 48)
    hidden = jpeg[:2] + segment(0xEB, b"x") + SECRET + jpeg[2:]
    assert SECRET not in (stripped(hidden, render(jpeg).facts) or b"")


def test_a_profile_keeps_its_colours() -> None:
    photo = TELLING["JPEG"]()
    profile = Image.open(io.BytesIO(photo)).info["icc_profile"]
    assert Image.open(io.BytesIO(kept(photo))).info["icc_profile"] == profile


def test_a_plain_webp_is_as_it_was() -> None:
    photo = encoded(a_picture(), "WEBP")
    assert kept(photo) == photo


def test_of_an_avif_no_original_is_kept() -> None:
    assert stripped(a_telling("AVIF"), render(a_telling("AVIF")).facts) is None


@pytest.mark.parametrize("lat", [-90.0, -6.4, 0.000001, 89.999999])
@pytest.mark.parametrize("lon", [-180.0, 106.79, 179.999999])
def test_every_position_is_written_as_it_was(lat: float, lon: float) -> None:
    said = Facts(
        type="image/jpeg", width=1, height=1, dhash="0" * 16, lat=lat, lon=lon, accuracy_m=12.0,
        taken_at=datetime(2026, 11, 22, 0, 30, tzinfo=UTC), taken_local="2026-11-22T07:30:00", orientation=6,
    )  # fmt: skip
    read = render(a_jpeg(64, 48, exif=b"Exif\0\0" + exif_of(said))).facts
    names = ("lat", "lon", "accuracy_m", "taken_at", "taken_local", "orientation")
    assert [getattr(read, name) for name in names] == [getattr(said, name) for name in names]


async def test_the_store_never_holds_what_was_cut(
    uploads: Uploads, store: DiskStore, spool: Spool, sandbox: Sandbox
) -> None:
    photo_id, photo = await an_uploaded_photo(uploads, a_telling_jpeg())
    await Renderer(store, spool, sandbox, lambda: NOW).render_due()
    held = [await store.get(key) async for key in store.walk()]
    assert len(held) == 4
    assert not any(SECRET in content for content in held)
    original = await store.get(original_key((await row_of(photo_id)).original))
    assert pixels(original) == pixels(photo)
    assert (await photos.facts([photo_id]))[photo_id].lat == -6.4
