"""The private original, without what evidence does not need: the encoded picture is kept to the bit. Pure.

Kept beside the picture: its colours' meaning, which way is up, the camera's time, the position. All else goes:
maker, model, serial numbers, names, comments, previews, editing history, and whatever follows the end. The hash of
the file as it was sent stays in the photo's row.
"""

import struct
from collections.abc import Iterator
from datetime import UTC
from zlib import crc32

from media.facts import Facts
from media.headers import MARKER_IN_SCAN, kind_of

JPEG_PICTURE = frozenset(range(0xC0, 0xE0))
END, SCAN, ALONE = 0xD9, 0xDA, 0x01
PNG_PICTURE = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT"}
WEBP_PICTURE = {b"VP8 ", b"VP8L", b"ALPH", b"ICCP"}
HAS_EXIF, HAS_XMP = 0x08, 0x04


def stripped(photo: bytes, facts: Facts) -> bytes | None:
    """`facts` as they were read from `photo`. None where the file keeps its picture in a way that cannot be cut without
    decoding it (AVIF): then nothing but the renditions is kept."""
    match kind_of(photo):
        case "JPEG":
            return _jpeg(photo, facts)
        case "PNG":
            return _png(photo, facts)
        case "WEBP":
            return _webp(photo, facts)
        case _:
            return None


def _jpeg(photo: bytes, facts: Facts) -> bytes:
    block = b"Exif\0\0" + exif_of(facts)
    parts = [b"\xff\xd8\xff\xe1", struct.pack(">H", len(block) + 2), block]
    position, before = 2, 0
    while found := MARKER_IN_SCAN.search(photo, position):
        marker, begin = photo[found.end() - 1], found.end()
        if before == SCAN:
            parts.append(photo[position : begin - 2])  # the picture itself; between other segments nothing belongs
        if marker == END:
            break
        end = begin if marker == ALONE else begin + int.from_bytes(photo[begin : begin + 2], "big")
        if marker in JPEG_PICTURE or _tells_colour(marker, photo[begin + 2 : begin + 14]):
            parts.append(photo[begin - 2 : end])
        position, before = end, marker
    return b"".join([*parts, b"\xff\xd9"])


def _tells_colour(marker: int, content: bytes) -> bool:
    """A profile, or Adobe's word on how the components are to be read."""
    return (marker == 0xE2 and content.startswith(b"ICC_PROFILE\0")) or (
        marker == 0xEE and content.startswith(b"Adobe")
    )


def _png(photo: bytes, facts: Facts) -> bytes:
    """What is known goes behind the first chunk, which is the header."""
    header, *others = [chunk for name, chunk in _png_chunks(photo) if name in PNG_PICTURE]
    block = b"eXIf" + exif_of(facts)
    known = struct.pack(">I", len(block) - 4) + block + struct.pack(">I", crc32(block))
    return b"".join([photo[:8], header, known, *others])


def _png_chunks(photo: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 8
    while position + 12 <= len(photo):
        length, name = int.from_bytes(photo[position : position + 4], "big"), photo[position + 4 : position + 8]
        yield name, photo[position : position + 12 + length]
        if name == b"IEND":
            return
        position += 12 + length


def _webp(photo: bytes, facts: Facts) -> bytes:
    """A plain file, not an extended one, never carried anything else."""
    chunks = list(_webp_chunks(photo))
    extended = next((content for name, content in chunks if name == b"VP8X"), b"")
    parts = [(name, content) for name, content in chunks if name in WEBP_PICTURE]
    if extended:
        flags = (extended[0] | HAS_EXIF) & ~HAS_XMP
        parts = [(b"VP8X", bytes([flags]) + extended[1:10]), *parts, (b"EXIF", exif_of(facts))]
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2) for name, content in parts
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _webp_chunks(photo: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 12
    end = min(len(photo), 8 + int.from_bytes(photo[4:8], "little"))
    while position + 8 <= end:
        length = int.from_bytes(photo[position + 4 : position + 8], "little")
        yield photo[position : position + 4], photo[position + 8 : position + 8 + length]
        position += 8 + length + length % 2


def exif_of(facts: Facts) -> bytes:
    """A TIFF block with orientation, the camera's time, and the position with its own time: nothing else."""
    camera = [(0x9003, _text(facts.taken_local.replace("-", ":").replace("T", " ")))] if facts.taken_local else []
    place = _place(facts)
    main = [(0x0112, (3, 1, struct.pack("<HH", facts.orientation, 0)))]
    links = [(0x8769, camera)] * bool(camera) + [(0x8825, place)] * bool(place)
    at = 8 + _directory_size(len(main) + len(links)) + _outside(main)
    blocks = b""
    for tag, entries in links:
        main.append((tag, (4, 1, struct.pack("<I", at))))
        block = _directory(entries, at)
        blocks, at = blocks + block, at + len(block)
    return b"II*\0" + struct.pack("<I", 8) + _directory(main, 8) + blocks


Value = tuple[int, int, bytes]
"""Type and count in TIFF's words, and the bytes."""


def _directory(entries: list[tuple[int, Value]], at: int) -> bytes:
    """As it stands at that place, followed by what does not fit into it."""
    table, outside = struct.pack("<H", len(entries)), b""
    for tag, (kind, count, content) in entries:
        table += struct.pack("<HHI", tag, kind, count)
        if len(content) <= 4:
            table += content.ljust(4, b"\0")
        else:
            table += struct.pack("<I", at + _directory_size(len(entries)) + len(outside))
            outside += content + bytes(len(content) % 2)
    return table + bytes(4) + outside


def _directory_size(entries: int) -> int:
    return 2 + 12 * entries + 4


def _outside(entries: list[tuple[int, Value]]) -> int:
    return sum(len(content) + len(content) % 2 for _, (_, _, content) in entries if len(content) > 4)


def _place(facts: Facts) -> list[tuple[int, Value]]:
    entries: list[tuple[int, Value]] = []
    if facts.lat is not None and facts.lon is not None:
        entries = [
            (0x01, _text("S" if facts.lat < 0 else "N")),
            (0x02, _angle(facts.lat)),
            (0x03, _text("W" if facts.lon < 0 else "E")),
            (0x04, _angle(facts.lon)),
        ]
    if facts.taken_at is not None:
        moment = facts.taken_at.astimezone(UTC)
        entries.append((0x07, _fractions((moment.hour, 1), (moment.minute, 1), (moment.second, 1))))
        entries.append((0x1D, _text(moment.strftime("%Y:%m:%d"))))
    if facts.accuracy_m is not None and entries:
        entries.append((0x1F, _fractions((min(round(facts.accuracy_m * 100), 2**32 - 1), 100))))
    return sorted(entries, key=lambda entry: entry[0])


def _text(words: str) -> Value:
    content = words.encode("ascii", "replace") + b"\0"
    return 2, len(content), content


def _angle(degrees: float) -> Value:
    """To the precision of the facts."""
    return _fractions((round(abs(degrees) * 1_000_000), 1_000_000), (0, 1), (0, 1))


def _fractions(*parts: tuple[int, int]) -> Value:
    return 5, len(parts), b"".join(struct.pack("<II", above, below) for above, below in parts)
