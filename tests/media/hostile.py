"""Photos that mean harm, or tell too much. Each is made here, from the words of its format."""

import io
import struct
import zlib

from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from tests.media.factories import a_jpeg, a_picture, encoded

SECRET = b"PLANTED-NIK-3276011203850004"
TEXT = SECRET.decode()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description>' + SECRET + b"</rdf:Description></x:xmpmeta>"


def an_exif(*, orientation: int = 1, lat: float | None = None, lon: float | None = None) -> Image.Exif:
    """With the secret in every text tag, a time, a zone and, when given, a position."""
    exif = Image.Exif()
    for tag in (ExifTags.Base.Make, ExifTags.Base.Model, ExifTags.Base.Artist, ExifTags.Base.ImageDescription):
        exif[tag] = TEXT
    exif[ExifTags.Base.Orientation] = orientation
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    camera[ExifTags.Base.UserComment] = SECRET
    camera[ExifTags.Base.DateTimeOriginal] = "2026:11:22 07:30:00"
    camera[ExifTags.Base.OffsetTimeOriginal] = "+07:00"
    if lat is not None and lon is not None:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "S" if lat < 0 else "N", _angle(lat)
        gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "W" if lon < 0 else "E", _angle(lon)
        gps[ExifTags.GPS.GPSHPositioningError] = 12.0
    return exif


def _angle(degrees: float) -> tuple[float, float, float]:
    whole, minutes = divmod(abs(degrees) * 60, 60)
    return float(whole), float(int(minutes)), round((minutes - int(minutes)) * 60, 4)


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


def a_telling_jpeg(**options: object) -> bytes:
    """The secret in EXIF, XMP, IPTC, a comment, an unknown segment, a colour profile and after the end."""
    jpeg = encoded(a_picture(400, 300), "JPEG", exif=an_exif(lat=-6.4, lon=106.79), icc_profile=a_profile(), **options)
    segments = [
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
        segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x20\x1c\x02\x78\0\x1c" + SECRET),
        segment(0xFE, SECRET),
        segment(0xEB, b"JP" + SECRET),
    ]
    return jpeg[:2] + b"".join(segments) + jpeg[2:] + SECRET


def a_telling_png() -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", TEXT)
    texts.add_text("Description", TEXT, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return (
        encoded(a_picture(), "PNG", pnginfo=texts, exif=an_exif(lat=-6.4, lon=106.79), icc_profile=a_profile()) + SECRET
    )


def a_telling(kind: str) -> bytes:
    """WEBP or AVIF."""
    exif = an_exif(lat=-6.4, lon=106.79).tobytes()
    return encoded(a_picture(), kind, exif=exif, xmp=XMP, icc_profile=a_profile())


def a_profile(*, swapped: bool = False) -> bytes:
    """A colour profile with the secret for a name; `swapped` calls red what is green."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace("sRGB".encode("utf-16-be"), "PLAN".encode("utf-16-be"))
    if swapped:
        for mark, first, second in ((b"?XYZ", b"rXYZ", b"gXYZ"), (b"?TRC", b"rTRC", b"gTRC")):
            profile = profile.replace(first, mark).replace(second, first).replace(mark, second)
    return profile


def a_chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def a_png_claiming(width: int, height: int, *, extra: bytes = b"") -> bytes:
    header = a_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = a_chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + header + extra + pixels + a_chunk(b"IEND", b"")


def a_png_bomb(side: int = 20_000) -> bytes:
    """400 million true pixels of nothing in 50 kB."""
    return encoded(Image.new("1", (side, side)), "PNG")


def a_png_with_a_text_bomb() -> bytes:
    return a_png_claiming(10, 10, extra=a_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9)))


def a_jpeg_claiming(width: int, height: int) -> bytes:
    jpeg = a_jpeg()
    frame = jpeg.index(b"\xff\xc0")
    return jpeg[: frame + 5] + struct.pack(">HH", height, width) + jpeg[frame + 9 :]


def a_jpeg_of_many_scans(scans: int = 70) -> bytes:
    jpeg = a_jpeg(progressive=True)
    last = jpeg.rindex(b"\xff\xda")
    return jpeg[:last] + jpeg[last:-2] * scans + b"\xff\xd9"


def a_jpeg_with_a_film() -> bytes:
    """As phones append it: after the picture, with any bytes."""
    return a_jpeg() + b"\0\0\0\x18ftypmp42" + b"\x12\xff\xda\x34" * 200


def a_webp_claiming(width: int, height: int) -> bytes:
    canvas = struct.pack("<I", 0x10) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", len(canvas)) + canvas + encoded(a_picture(), "WEBP")[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def an_avif_claiming(width: int, height: int) -> bytes:
    avif = encoded(a_picture(), "AVIF")
    size = avif.index(b"ispe") + 8
    return avif[:size] + struct.pack(">II", width, height) + avif[size + 8 :]


def animated(kind: str) -> bytes:
    buffer = io.BytesIO()
    frames = [a_picture(), a_picture(noise=1)]
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:], duration=100)
    return buffer.getvalue()


def a_heif(brand: bytes, *compatible: bytes) -> bytes:
    brands = brand + b"\0\0\0\0" + b"".join(compatible)
    return struct.pack(">I", len(brands) + 8) + b"ftyp" + brands + bytes(100)


REFUSED = {
    "nothing at all": (b"", "not_an_image"),
    "one byte": (b"\xff", "not_an_image"),
    "zeros": (bytes(5000), "not_an_image"),
    "a web page": (b"<!doctype html><script>alert(1)</script>", "not_an_image"),
    "a drawing with a script": (b"<svg><script>alert(1)</script></svg>", "not_an_image"),
    "a PDF": (b"%PDF-1.7\n1 0 obj", "not_an_image"),
    "an archive": (b"PK\x03\x04" + bytes(100), "not_an_image"),
    "a GIF": (encoded(a_picture(mode="P"), "GIF"), "unsupported_type"),
    "a GIF that claims everything": (b"GIF89a\xff\xff\xff\xff\0\0\0", "unsupported_type"),
    "a TIFF": (encoded(a_picture(), "TIFF"), "unsupported_type"),
    "a BMP": (encoded(a_picture(), "BMP"), "unsupported_type"),
    "a HEIC of its first bytes": (a_heif(b"heic", b"mif1", b"heic"), "truncated"),
    "HEIF of no stated kind": (a_heif(b"mif1"), "truncated"),
    "a film": (a_heif(b"mp42", b"isom"), "not_an_image"),
    "an AVIF sequence": (a_heif(b"avis", b"avif"), "animated"),
    "an animated PNG": (animated("PNG"), "animated"),
    "an animated WebP": (animated("WEBP"), "animated"),
    "an animated AVIF": (animated("AVIF"), "animated"),
    "a PNG that claims too much": (a_png_claiming(6000, 5000), "too_many_pixels"),
    "a PNG that claims 2³¹ × 2³¹": (a_png_claiming(2**31 - 1, 2**31 - 1), "too_many_pixels"),
    "a PNG of 0 × 0": (a_png_claiming(0, 0), "truncated"),
    "a PNG bomb": (a_png_bomb(), "too_many_pixels"),
    "a PNG with a text bomb": (a_png_with_a_text_bomb(), "truncated"),
    "a PNG with a header only": (a_png_claiming(3000, 3000), "truncated"),
    "a JPEG that claims 65500 × 65500": (a_jpeg_claiming(65500, 65500), "too_many_pixels"),
    "a JPEG of 65500 × 1": (a_jpeg_claiming(65500, 1), "too_wide"),
    "a true JPEG of 65500 × 1": (a_jpeg(65500, 1), "too_wide"),
    "a JPEG of 1 × 9": (a_jpeg(1, 9), "too_wide"),
    "a JPEG of 0 × 0": (a_jpeg_claiming(0, 0), "truncated"),
    "a JPEG of many scans": (a_jpeg_of_many_scans(), "too_many_scans"),
    "a JPEG of its first bytes": (b"\xff\xd8\xff", "truncated"),
    "a WebP that claims too much": (a_webp_claiming(16383, 16383), "too_many_pixels"),
    "a WebP of its first bytes": (b"RIFF\0\0\0\0WEBP", "truncated"),
    "an AVIF that claims too much": (an_avif_claiming(9000, 9000), "too_many_pixels"),
    "an AVIF of its first bytes": (a_heif(b"avif"), "truncated"),
}
