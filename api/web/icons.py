"""The mark of the house as PNG, drawn by arithmetic: phones want no SVG on their home screen. Pure."""

import struct
import zlib

import numpy as np

ICON_SIZES = (192, 512)
GROUND, WOOD = (15, 95, 92), (243, 217, 164)
# Of a square of 32: middle, half width, half height, radius of the corners; as in static/kentongan.svg. All of it lies
# within the circle that a phone may cut out (80 %), and the ground fills the square.
DRUM, SLIT = (16.0, 5.6, 11.5, 5.0), (16.0, 1.3, 6.5, 1.3)


def icon_png(size: int) -> bytes:
    """Square, without transparency."""
    pixels = np.empty((size, size, 3))
    pixels[:] = GROUND
    for shape, colour in ((DRUM, WOOD), (SLIT, GROUND)):
        covered = _covered(size, *shape)[..., np.newaxis]
        pixels = pixels * (1 - covered) + np.array(colour) * covered
    rows = np.concatenate([np.zeros((size, 1), np.uint8), pixels.round().astype(np.uint8).reshape(size, -1)], axis=1)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows.tobytes(), 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )


def _covered(size: int, middle: float, half_width: float, half_height: float, radius: float) -> np.ndarray:
    """How much of each pixel lies inside a rounded rectangle: its distance to the edge, cut to one pixel."""
    steps = (np.arange(size) + 0.5) * 32 / size
    x = np.maximum(np.abs(steps - middle) - half_width + radius, 0)
    y = np.maximum(np.abs(steps - 16) - half_height + radius, 0)
    inside = radius - np.hypot(x[np.newaxis, :], y[:, np.newaxis])
    covered: np.ndarray = np.clip(inside * size / 32 + 0.5, 0, 1)
    return covered
