"""Marks that say how a picture came to be, read from its metadata before that is stripped. Pure.

A missing mark means nothing: most programs that make pictures remove them, and so does every messenger.
Sources: IPTC NewsCodes digitalsourcetype; C2PA 2.x, embedding in JPEG, PNG, WebP and AVIF; what the common
generators write (PNG text chunks `parameters`, `prompt`, `workflow`; EXIF Software and UserComment).
"""

import re
from collections.abc import Iterator

MAX_METADATA_BYTES = 2_000_000
PICTURES = {b"IDAT", b"VP8 ", b"VP8L", b"ALPH", b"mdat"}
MARKS = {
    "made_by_ai": re.compile(rb"digitalsourcetype/(trainedAlgorithmicMedia|algorithmicMedia)"),
    "edited_by_ai": re.compile(rb"digitalsourcetype/composite(WithTrainedAlgorithmicMedia|Synthetic)"),
    "content_credentials": re.compile(rb"c2pa|caBX"),
    "ai_generator": re.compile(
        rb"midjourney|dall[-\xb7\xc2]{1,2}e\b|stable.?diffusion|adobe firefly|novelai|comfyui|invokeai"
        rb"|made with google ai|bing image creator|leonardo\.ai|ideogram",
        re.IGNORECASE,
    ),
    "ai_parameters": re.compile(
        rb"(tEXt|iTXt|zTXt)(parameters|prompt|workflow|dream|sd-metadata|invokeai_metadata)"
        rb"|negative prompt: |steps: \d+, sampler: ",
        re.IGNORECASE,
    ),
}


def read_marks(photo: bytes, kind: str) -> tuple[str, ...]:
    """`kind` as headers.kind_of says it. Broken structure ends the reading, never raises."""
    # Without zeros a text in UTF-16 reads as one in ASCII, and a name as the text that follows it.
    metadata = b"\n".join(_metadata(photo, kind))[:MAX_METADATA_BYTES].replace(b"\0", b"")
    return tuple(mark for mark, pattern in MARKS.items() if pattern.search(metadata))


def _metadata(photo: bytes, kind: str) -> Iterator[bytes]:
    if kind == "JPEG":
        yield from _jpeg_segments(photo)
    elif kind == "PNG":
        yield from _chunks(photo, start=8, order="big", has_checksum=True)
    elif kind == "WEBP":
        yield from _chunks(photo, start=12, order="little", has_checksum=False)
    else:
        yield from _boxes(photo)


def _jpeg_segments(photo: bytes) -> Iterator[bytes]:
    """Application segments and comments up to the picture."""
    position = 2
    while photo[position : position + 1] == b"\xff" and (marker := photo[position + 1 : position + 2]) != b"\xda":
        length = int.from_bytes(photo[position + 2 : position + 4], "big")
        if length < 2:
            return
        if b"\xe0" <= marker <= b"\xef" or marker == b"\xfe":
            yield photo[position + 4 : position + 2 + length]
        position += 2 + length


def _chunks(photo: bytes, *, start: int, order: str, has_checksum: bool) -> Iterator[bytes]:
    """PNG: length, name, content, checksum; RIFF: name, length, content, padding. With the name in front."""
    position = start
    while position + 8 <= len(photo):
        first, second = photo[position : position + 4], photo[position + 4 : position + 8]
        length = int.from_bytes(first, "big") if order == "big" else int.from_bytes(second, "little")
        name = second if order == "big" else first
        if name not in PICTURES:
            yield name + photo[position + 8 : position + 8 + length]
        position += 8 + length + (4 if has_checksum else length % 2)


def _boxes(photo: bytes) -> Iterator[bytes]:
    """ISO base media; a file keeps its XMP among the pictures, so those that are short are read too."""
    position = 0
    while position + 8 <= len(photo):
        length, name = int.from_bytes(photo[position : position + 4], "big"), photo[position + 4 : position + 8]
        if length < 8:
            length = len(photo) - position
        content = photo[position + 8 : position + length]
        yield name + (content[-65536:] if name in PICTURES else content)
        position += length
