import struct
import zlib

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from media.facts import Rendered
from media.image import render
from media.marks import read_marks
from media.sandbox import Sandbox
from tests.media.factories import a_jpeg, a_picture, encoded

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def xmp(source_type: str) -> bytes:
    return f"<x:xmpmeta><rdf:Description Iptc4xmpExt:DigitalSourceType='{IPTC}{source_type}'/></x:xmpmeta>".encode()


def with_chunk(png: bytes, name: bytes, content: bytes) -> bytes:
    chunk = struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return png[:33] + chunk + png[33:]


def with_segment(jpeg: bytes, content: bytes, marker: int = 0xEB) -> bytes:
    return jpeg[:2] + struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content + jpeg[2:]


def exif_of(tag: int, text: str | bytes) -> bytes:
    exif = Image.Exif()
    exif[tag] = text
    return exif.tobytes()


def a_png_with(keyword: str, text: str, *, is_packed: bool = False) -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text(keyword, text, zip=is_packed)
    return encoded(a_picture(), "PNG", pnginfo=told)


MARKED = {
    "made_by_ai": [
        ("JPEG", a_jpeg(xmp=xmp("trainedAlgorithmicMedia"))),
        ("WEBP", encoded(a_picture(), "WEBP", xmp=xmp("trainedAlgorithmicMedia"))),
        ("AVIF", encoded(a_picture(), "AVIF", xmp=xmp("algorithmicMedia"))),
        ("PNG", a_png_with("XML:com.adobe.xmp", xmp("trainedAlgorithmicMedia").decode())),
    ],
    "edited_by_ai": [("JPEG", a_jpeg(xmp=xmp("compositeWithTrainedAlgorithmicMedia")))],
    "content_credentials": [
        ("JPEG", with_segment(a_jpeg(), b"JP\0\1\0\0\0\1\0\0\0\x2fjumb\0\0\0\x27jumdc2pa\0")),
        ("PNG", with_chunk(encoded(a_picture(), "PNG"), b"caBX", b"\0\0\0\x10jumb")),
    ],
    "ai_generator": [
        ("JPEG", a_jpeg(exif=exif_of(ExifTags.Base.Software, "Midjourney v7"))),
        ("JPEG", a_jpeg(comment=b"Made with Google AI")),
        ("PNG", a_png_with("Software", "NovelAI")),
    ],
    "ai_parameters": [
        ("PNG", a_png_with("parameters", "a road, repaired")),
        ("PNG", a_png_with("workflow", "{}", is_packed=True)),
        ("JPEG", a_jpeg(comment="Steps: 20, Sampler: Euler a".encode("utf-16-le"))),
    ],
}


@pytest.mark.parametrize(("mark", "kind", "photo"), [(mark, *each) for mark, made in MARKED.items() for each in made])
def test_a_mark_is_read_before_it_is_stripped(mark: str, kind: str, photo: bytes) -> None:
    assert read_marks(photo, kind) == (mark,)
    rendered = render(photo)
    assert rendered.facts.marks == (mark,)
    for rendition in rendered.renditions.values():
        assert read_marks(rendition, "JPEG" if rendition.startswith(b"\xff\xd8") else "WEBP") == ()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_an_ordinary_photo_has_no_mark(kind: str) -> None:
    exif = exif_of(ExifTags.Base.Software, "HDR+ 1.0.540104767zd")
    assert read_marks(encoded(a_picture(noise=3), kind, exif=exif, xmp=xmp("digitalCapture")), kind) == ()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_broken_structure_ends_the_reading(kind: str) -> None:
    photo = encoded(a_picture(), kind)
    for end in range(0, len(photo), 8):
        read_marks(photo[:end], kind)
    for noise in (bytes(5000), b"\xff" * 5000, bytes(range(256)) * 20):
        read_marks(photo[:12] + noise, kind)


def test_marks_come_through_the_sandbox(sandbox: Sandbox) -> None:
    outcome = sandbox.render(MARKED["ai_parameters"][0][1])
    assert isinstance(outcome, Rendered)
    assert outcome.facts.marks == ("ai_parameters",)
