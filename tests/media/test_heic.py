"""With the optional decoder, which is among the libraries of the tests, and without it."""

import subprocess
import sys

import pytest

from media.image import render
from media.sandbox import Sandbox
from tests.media.heic import HEIC

WITHOUT = "import sys; sys.modules['pi_heif'] = None; "


def test_an_iphones_photo_is_read_in_the_sandbox_with_its_time_and_place(sandbox: Sandbox) -> None:
    found = sandbox.render(HEIC)
    assert found == render(HEIC)
    facts = render(HEIC).facts
    assert (facts.type, facts.width, facts.height) == ("image/heif", 64, 48)
    assert (facts.taken_local, facts.lat) == ("2026-11-22T10:00:00", -6.4)


def test_nothing_of_its_metadata_is_in_a_rendition() -> None:
    assert not any(b"Kentongan" in rendition for rendition in render(HEIC).renditions.values())


@pytest.mark.parametrize("length", range(len(HEIC) // 8, len(HEIC), len(HEIC) // 8))
def test_a_cut_one_is_refused_and_the_next_is_read(sandbox: Sandbox, length: int) -> None:
    assert getattr(sandbox.render(HEIC[:length]), "reason", None) in ("truncated", "decoder_failed", "not_an_image")
    assert sandbox.render(HEIC) == render(HEIC)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ("from media.photos import check_announced as f; f(9, 'image/heic', '0' * 64)", "HeicUnsupported"),
        ("from tests.media.heic import HEIC; from media.image import render; render(HEIC)", "unsupported_heic"),
    ],
)
def test_without_the_decoder_it_is_refused_clearly(asked: str, refusal: str) -> None:
    ended = subprocess.run([sys.executable, "-c", WITHOUT + asked], check=False, capture_output=True, text=True)
    assert refusal in ended.stderr.splitlines()[-1]
