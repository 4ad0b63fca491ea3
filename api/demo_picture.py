"""Pictures for the demo, drawn by arithmetic: a road with a hole in it, and the same road mended. Pure."""

import random
import struct
import zlib

WIDTH, HEIGHT = 640, 480
HORIZON = 190
SKY, ROAD, VERGE, HOLE, PATCH = (174, 205, 224), (96, 96, 100), (96, 138, 80), (52, 44, 38), (70, 70, 74)


def demo_picture(seed: int, *, is_mended: bool) -> bytes:
    """A PNG, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311  # a picture, not a secret
    spots = [(chance.randint(180, 460), chance.randint(270, 440), chance.randint(25, 70)) for _ in range(3)]
    rows = (_row(y, spots, PATCH if is_mended else HOLE, chance) for y in range(HEIGHT))
    return _png(b"".join(b"\0" + row for row in rows))


def _row(y: int, spots: list[tuple[int, int, int]], spot: tuple[int, int, int], chance: random.Random) -> bytes:
    if y < HORIZON:
        return bytes(SKY) * WIDTH
    half = 40 + (y - HORIZON)
    line = bytearray()
    for x in range(WIDTH):
        inside = any(((x - cx) / r) ** 2 + ((y - cy) / (r / 3)) ** 2 < 1 for cx, cy, r in spots)
        ground = spot if inside else ROAD if abs(x - WIDTH // 2) < half else VERGE
        grain = chance.getrandbits(4)
        line += bytes(channel - grain for channel in ground)
    return bytes(line)


def _png(scanlines: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(scanlines, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )
