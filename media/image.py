"""Bytes of a stranger's photo → clean renditions and facts. Pure; run it in the sandbox only.

The order is the defence: kind by content, then what the header claims, then the decoder, and at the end
only pixels are copied, so that nothing else of the file can come along.
"""

import io
import math
import warnings
from collections.abc import Sequence

from PIL import AvifImagePlugin, Image, ImageCms, ImageFile, ImageFilter, ImageStat

from media import heif
from media.errors import PhotoRefused
from media.exif import BROKEN, Shot, read_shot
from media.facts import Box, Facts, Rendered
from media.headers import check_scans, kind_of, webp_canvas
from media.marks import read_marks

MAX_PIXELS = {"JPEG": 64_000_000, "PNG": 24_000_000, "WEBP": 24_000_000, "AVIF": 24_000_000, "HEIF": 24_000_000}
MAX_ASPECT = 8
LARGE, MIDDLE, SMALL = 1600, 640, 160
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SRGB = ImageCms.createProfile("sRGB")

Image.MAX_IMAGE_PIXELS = None  # ours are stricter, and are checked before anything is decoded
ImageFile.LOAD_TRUNCATED_IMAGES = False
AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # the sandbox allows no threads
if heif.READS_HEIC:
    heif.register()


def render(photo: bytes, boxes: Sequence[Box] = ()) -> Rendered:
    """With `boxes` covered in every rendition. Raises PhotoRefused with a reason a person can be told."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow talks about broken EXIF, which is none of the photo's faults
        return _rendered(open_checked(photo), read_marks(photo, kind_of(photo)), boxes)


def _rendered(image: Image.Image, marks: tuple[str, ...], boxes: Sequence[Box]) -> Rendered:
    kind, width, height, shot = image.format, image.width, image.height, read_shot(image)
    pixels = _pixels(image, shot)
    cover(pixels, boxes)
    if shot.orientation >= 5:
        width, height = height, width
    middle = fit(pixels, MIDDLE)
    small = fit(middle, SMALL)
    renditions = {
        LARGE: encode(pixels, "JPEG", quality=80, progressive=True),
        MIDDLE: encode(middle, "WEBP", quality=75, method=4),
        SMALL: encode(small, "WEBP", quality=70, method=4),
    }
    sharpness, brightness = look(middle)
    return Rendered(
        renditions=renditions,
        facts=Facts(
            type=f"image/{'jpeg' if kind == 'MPO' else str(kind).lower()}",
            width=width,
            height=height,
            dhash=dhash(small),
            taken_at=shot.taken_at,
            taken_local=shot.taken_local,
            lat=shot.lat,
            lon=shot.lon,
            accuracy_m=shot.accuracy_m,
            orientation=shot.orientation,
            sharpness=sharpness,
            brightness=brightness,
            marks=marks,
        ),
    )


def open_checked(photo: bytes) -> Image.Image:
    """The header only; nothing is decoded yet."""
    kind = kind_of(photo)
    if kind == "JPEG":
        check_scans(photo)
    if kind == "WEBP":
        _check_size(kind, *webp_canvas(photo))
    try:
        image = Image.open(io.BytesIO(photo), formats=[kind])
    except BROKEN as error:
        raise PhotoRefused("truncated") from error
    _check_size(kind, image.width, image.height)
    if image.format != "MPO" and getattr(image, "is_animated", False):  # MPO: a phone's photo with a preview
        raise PhotoRefused("animated")
    return image


def cover(pixels: Image.Image, boxes: Sequence[Box]) -> None:
    """In black, and to the outer edge of each pixel that a box touches: what is only blurred can be guessed."""
    width, height = pixels.size
    for box in boxes:
        left, top = math.floor(box.x * width), math.floor(box.y * height)
        right, bottom = math.ceil((box.x + box.w) * width), math.ceil((box.y + box.h) * height)
        pixels.paste((0, 0, 0), (left, top, min(width, right), min(height, bottom)))


def _check_size(kind: str, width: int, height: int) -> None:
    if width * height > MAX_PIXELS[kind]:
        raise PhotoRefused("too_many_pixels")
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise PhotoRefused("too_wide")


def _pixels(image: Image.Image, shot: Shot) -> Image.Image:
    """Upright sRGB of at most LARGE, in a new image that has pixels and nothing else."""
    scale = min(1.0, LARGE / max(image.size))
    image.draft(None, (max(1, int(image.width * scale)), max(1, int(image.height * scale))))
    try:
        image.load()
    except BROKEN as error:
        raise PhotoRefused("truncated") from error
    flat = _on_white(_in_srgb(fit(_resizable(image), LARGE), image.info.get("icc_profile")))
    if shot.orientation in UPRIGHT:
        flat = flat.transpose(UPRIGHT[shot.orientation])
    return Image.frombytes("RGB", flat.size, flat.tobytes())


def _resizable(image: Image.Image) -> Image.Image:
    """Palettes, single bits and 16-bit greys cannot be averaged as they are."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("RGB") if image.mode in ("P", "1") else image


def fit(image: Image.Image, side: int) -> Image.Image:
    """Not larger than `side` in both directions, never enlarged."""
    scale = side / max(image.size)
    if scale >= 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Unchanged when the profile is missing, broken, or sRGB already."""
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return image
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(image, source, SRGB, outputMode=mode) or image
    except (ImageCms.PyCMSError, *BROKEN):
        return image


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image.convert("RGB")
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image.getchannel("A"))
    return flat


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


LAPLACIAN = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


def look(image: Image.Image) -> tuple[float, float]:
    """Sharpness and brightness, as in media.facts.Facts. Pillow leaves the border as it was: it is not counted."""
    grey = image.convert("L")
    inner = (1, 1, grey.width - 1, grey.height - 1)
    edges = ImageStat.Stat(grey.filter(LAPLACIAN).crop(inner)).var[0] if min(grey.size) > 2 else 0.0
    return round(edges, 1), round(ImageStat.Stat(grey).mean[0] / 255, 3)


def dhash(image: Image.Image) -> str:
    """One bit for each neighbouring pair of a 9×8 grey miniature: does it get darker to the right?"""
    grey = image.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    bits = (grey[row * 9 + column] > grey[row * 9 + column + 1] for row in range(8) for column in range(8))
    return f"{sum(bit << place for place, bit in enumerate(bits)):016x}"
