"""A detector of an operator: here a real one, which finds what is blue."""

import io
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import pytest
from PIL import Image, ImageChops

from api.settings import read_settings
from media import changes, photos
from media.detector import Detector, look, open_detector
from media.errors import DetectorRefused
from media.facts import Box
from media.image import render
from media.render import Renderer
from media.sandbox import Sandbox
from media.spool import Spool
from media.store import DiskStore
from media.uploads import Uploads
from tests.media.factories import NOW, a_jpeg, a_picture, encoded
from tests.media.test_render import an_uploaded_photo


class BlueDetector:
    """The smallest box around all that is blue."""

    def find(self, photo: bytes) -> Sequence[Box]:
        red, _, blue = Image.open(io.BytesIO(photo)).convert("RGB").split()
        found = ImageChops.subtract(blue, red).point(lambda more: 255 * (more > 100)).getbbox()
        if found is None:
            return []
        left, top, right, bottom = found
        width, height = red.size
        return [Box(left / width, top / height, (right - left) / width, (bottom - top) / height)]


class BrokenDetector:
    def find(self, photo: bytes) -> Sequence[Box]:
        raise RuntimeError("no model")


class WildDetector:
    def find(self, photo: bytes) -> Sequence[Box]:
        return [Box(-3, 0, 7, 1)]


NOT_BLUE = encoded(Image.new("RGB", (320, 240), (120, 120, 30)), "JPEG")


def clock() -> datetime:
    return NOW


async def rendered(  # what the worker makes of a photo
    uploads: Uploads, renderer: Renderer, photo: bytes
) -> photos.PhotoState:
    photo_id, _ = await an_uploaded_photo(uploads, photo)
    await renderer.render_due()
    [state] = await photos.states([photo_id])
    return state


@pytest.fixture
def parts(store: DiskStore, spool: Spool, sandbox: Sandbox) -> tuple[DiskStore, Spool, Sandbox]:
    return store, spool, sandbox


Parts = tuple[DiskStore, Spool, Sandbox]


def test_a_detector_is_found_by_its_name() -> None:
    detector: Detector | None = open_detector("tests.media.test_detector:BlueDetector")
    assert detector is not None
    found = detector.find(render(encoded(a_picture(), "PNG")).renditions[1600])
    box = msgspec.structs.astuple(found[0])
    assert box == pytest.approx((0, 0.5, 0.5, 0.5), abs=0.05)
    assert open_detector("") is None


@pytest.mark.parametrize(
    "name", ["nowhere:Detector", "media.facts:nothing", "media.facts", "tests.media.factories:a_picture"]
)
def test_what_is_no_detector_is_refused_by_name(name: str) -> None:
    with pytest.raises(DetectorRefused) as refused:
        open_detector(name)
    assert name in str(refused.value)


async def test_what_it_finds_is_proposed_and_nothing_waits_for_it(uploads: Uploads, parts: Parts) -> None:
    state = await rendered(uploads, Renderer(*parts, clock, detector=BlueDetector()), a_jpeg())
    assert (state.state, len(state.proposals)) == ("ready", 1)
    state = await rendered(uploads, Renderer(*parts, clock, detector=BlueDetector()), NOT_BLUE)
    assert (state.state, state.proposals) == ("ready", ())


@pytest.mark.parametrize("detector", [BrokenDetector(), WildDetector()])
async def test_a_detector_that_fails_costs_no_photo(uploads: Uploads, parts: Parts, detector: Detector) -> None:
    state = await rendered(uploads, Renderer(*parts, clock, detector=detector), a_jpeg())
    assert (state.state, state.proposals) == ("ready", ())
    assert (await look(detector, a_jpeg())).is_blind


@pytest.mark.parametrize(
    ("detector", "photo", "state"),
    [
        (BlueDetector(), a_jpeg(), "hidden"),
        (BlueDetector(), NOT_BLUE, "ready"),
        (BrokenDetector(), NOT_BLUE, "hidden"),
    ],
)
async def test_an_operator_may_hold_what_it_finds(
    uploads: Uploads, parts: Parts, detector: Detector, photo: bytes, state: str
) -> None:
    held = await rendered(uploads, Renderer(*parts, clock, detector=detector, is_holding=True), photo)
    assert held.state == state


async def test_a_proposal_that_was_covered_is_proposed_no_more(uploads: Uploads, parts: Parts) -> None:
    renderer = Renderer(*parts, clock, detector=BlueDetector(), is_holding=True)
    state = await rendered(uploads, renderer, a_jpeg())
    await photos.unhide([state.id])
    await changes.redact(UUID(str(state.id)), state.proposals)
    await renderer.render_due()
    [after] = await photos.states([state.id])
    assert (after.state, after.proposals) == ("ready", ())


@pytest.mark.parametrize(
    ("said", "holds"), [("True", True), ("true", True), ("1", True), ("False", False), ("0", False)]
)
def test_whether_it_holds_is_a_setting(said: str, holds: bool) -> None:
    settings = read_settings({"DATABASE_URL": "x", "PHOTO_DETECTOR_HOLDS": said})
    assert settings.photo_detector_holds is holds
