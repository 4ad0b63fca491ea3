"""What a photo says about itself, and the renditions made of it: plain values, no Pillow here.

Separate from `image.py` so that the worker never loads a decoder.
"""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from media.confine import Limits

RENDITIONS = {1600: ("jpg", "image/jpeg"), 640: ("webp", "image/webp"), 160: ("webp", "image/webp")}

REASONS = (
    *("not_an_image", "unsupported_type", "unsupported_heic", "animated", "truncated"),
    *("too_many_pixels", "too_wide", "too_many_scans", "took_too_long", "decoder_failed"),
)
"""Every reason of a refused photo; `hash_mismatch` is the one of a photo that is expected anew."""

SEND_AGAIN = ("unfinished", "unattached")
"""Every reason of a swept photo that its phone may send again."""


ERASED = "erased"
"""The reason of a swept photo whose author is gone: it does not come back."""

MAX_BOXES = 50
Part = Annotated[float, Meta(ge=0, le=1)]


class Box(msgspec.Struct, frozen=True):
    """What is covered: left, top, width and height in parts of the upright photo."""

    x: Part
    y: Part
    w: Part
    h: Part


class Facts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Soft: a phone's clock and position may be wrong or forged. Size is of the upright photo, in pixels."""

    type: str
    width: int
    height: int
    dhash: str
    """64-bit difference hash of the 160 px rendition, 16 hex digits; equal pictures differ in ≤ 6 bits."""
    taken_at: datetime | None = None
    """When the instant is certain: GPS time, or local time with its offset."""
    taken_local: str | None = None
    """The camera's own clock, without zone, as in 2026-11-22T07:30:00."""
    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None
    orientation: int = 1
    """As EXIF says it, of the file that was sent; everything else here is of the upright photo."""
    sharpness: float | None = None
    """Variance of the Laplacian of the 640 px rendition; below 25 little can be read."""
    brightness: float | None = None
    """Mean of the same, from 0 (black) to 1."""
    marks: tuple[str, ...] = ()
    """How the picture says it was made: see media/marks.py."""


class Request(msgspec.Struct, frozen=True):
    """What a child is asked besides the photo."""

    limits: Limits
    boxes: tuple[Box, ...] = ()


class Rendered(msgspec.Struct, frozen=True, tag="rendered"):
    """Encoded renditions by their longest side in pixels."""

    renditions: dict[int, bytes]
    facts: Facts


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The photo is at fault."""

    reason: str


class Died(msgspec.Struct, frozen=True, tag="died"):
    """The child that decoded it is gone: took_too_long or decoder_failed, the photo may be at fault or the
    machine; sandbox_down: it was not the photo."""

    reason: str
    signal: int | None = None
