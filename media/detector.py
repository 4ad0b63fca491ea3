"""Where an operator plugs in a program that finds faces and number plates. None comes with Kentongan.

`PHOTO_DETECTOR=package.module:name` names something that, called without arguments, is a Detector. It runs in the
worker, after the sandbox, on the clean 1600 px JPEG and on nothing else. What it finds is proposed to the reporter and
the city as boxes; with `PHOTO_DETECTOR_HOLDS` a photo with proposals, or one that it could not look at, is hidden
until somebody of the city shows it.
"""

import logging
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

import msgspec
from anyio import fail_after, to_thread

from media.errors import DetectorRefused
from media.facts import MAX_BOXES, Box

log = logging.getLogger(__name__)
PATIENCE_S = 30.0


class Detector(Protocol):
    def find(self, photo: bytes) -> Sequence[Box]:
        """What should perhaps be covered on this JPEG, in parts of it. Blocks; called in a thread, one at a time."""


class Watch(msgspec.Struct, frozen=True):
    """What comes of a rendered photo: no detector, nothing found, boxes; `is_blind` when it failed."""

    boxes: tuple[Box, ...] | None = None
    is_blind: bool = False


def open_detector(name: str) -> Detector | None:
    """Raises DetectorRefused."""
    if not name:
        return None
    module, _, attribute = name.partition(":")
    try:
        detector: Detector = getattr(import_module(module), attribute)()
    except Exception as error:  # a stranger's program; its operator must read why
        raise DetectorRefused(name, repr(error)) from error
    if not callable(getattr(detector, "find", None)):
        raise DetectorRefused(name, "it has no find(photo)")
    return detector


async def look(detector: Detector | None, photo: bytes) -> Watch:
    """Never raises: a detector's fault must cost no photo."""
    if detector is None:
        return Watch()
    try:
        with fail_after(PATIENCE_S):
            found = await to_thread.run_sync(detector.find, photo, abandon_on_cancel=True)
        # built anew from plain numbers, so that nothing but boxes within the photo gets in
        boxes = [{"x": box.x, "y": box.y, "w": box.w, "h": box.h} for box in found][:MAX_BOXES]
        return Watch(msgspec.convert(boxes, tuple[Box, ...]))
    except Exception:
        log.exception("the photo detector failed")
        return Watch(is_blind=True)
