"""Photos for tests, made here: nothing is read from a file that somebody else took."""

import hashlib
import io
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

from PIL import Image

from media.photos import Announced, expect

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
OWNER = 7


def a_picture(width: int = 320, height: int = 240, *, mode: str = "RGB", noise: int = 0) -> Image.Image:
    """Red above left, green above right, blue below left, white below right: upright is visible."""
    picture = Image.new("RGB", (width, height))
    for corner, colour in enumerate(((200, 30, 30), (30, 200, 30), (30, 30, 200), (240, 240, 240))):
        column, row = corner % 2, corner // 2
        picture.paste(colour, (column * width // 2, row * height // 2, width, height))
    if noise:
        grain = Image.frombytes("RGB", picture.size, random.Random(noise).randbytes(width * height * 3))
        picture = Image.blend(picture, grain, 0.15)
    return picture.convert(mode)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def a_jpeg(width: int = 320, height: int = 240, *, noise: int = 0, **options: object) -> bytes:
    return encoded(a_picture(width, height, noise=noise), "JPEG", **{"quality": 85, **options})


def announced(photo: bytes, photo_id: UUID | None = None, content_type: str = "image/jpeg") -> Announced:
    return Announced(
        id=photo_id or uuid4(), size=len(photo), type=content_type, sha256=hashlib.sha256(photo).hexdigest()
    )


async def an_expected_photo(photo: bytes | None = None, *, owner: int = OWNER) -> tuple[UUID, bytes]:
    """The id under which `photo` (a small JPEG of its own unless given) is expected, and its bytes."""
    photo = photo if photo is not None else a_jpeg(64, 48, noise=random.randrange(1, 2**31))
    expected = announced(photo)
    await expect([expected], owner, NOW)
    return expected.id, photo


async def in_chunks(content: bytes, size: int = 65536) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]
