"""What the camera wrote: orientation, time, position. Soft: whatever is broken is left out, never refused."""

import math
import struct
from datetime import UTC, datetime, timedelta

import msgspec
from PIL import ExifTags, Image

# Everything Pillow has been seen to raise on a broken block, from fuzzed files and real old phones.
BROKEN = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, RecursionError),
    *(SyntaxError, TypeError, UnicodeError, ValueError, struct.error),
)


class Shot(msgspec.Struct, frozen=True, kw_only=True):
    """How and when the picture was taken, as in media.facts.Facts."""

    orientation: int = 1
    taken_at: datetime | None = None
    taken_local: str | None = None
    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None


def read_shot(image: Image.Image) -> Shot:
    try:
        exif = image.getexif()
        camera, gps = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    except BROKEN:
        return Shot()
    orientation = exif.get(ExifTags.Base.Orientation, 1)
    local = _local_time(camera)
    lat, lon = _position(gps)
    return Shot(
        orientation=orientation if orientation in range(1, 9) else 1,
        taken_at=_gps_time(gps) or _time_with_offset(local, camera),
        taken_local=local.isoformat() if local else None,
        lat=lat,
        lon=lon,
        accuracy_m=_accuracy_m(gps) if lat is not None else None,
    )


def _local_time(camera: dict[int, object]) -> datetime | None:
    try:
        text = str(camera[ExifTags.Base.DateTimeOriginal])
        return datetime.strptime(text.strip(" \0")[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  cameras write no zone
    except BROKEN:
        return None


def _time_with_offset(local: datetime | None, camera: dict[int, object]) -> datetime | None:
    try:
        zone = datetime.strptime(str(camera[ExifTags.Base.OffsetTimeOriginal]).strip(" \0"), "%z").tzinfo
        return local.replace(tzinfo=zone).astimezone(UTC) if local else None
    except BROKEN:
        return None


def _gps_time(gps: dict[int, object]) -> datetime | None:
    try:
        day = datetime.strptime(str(gps[ExifTags.GPS.GPSDateStamp]).strip(" \0"), "%Y:%m:%d").replace(tzinfo=UTC)
        hours, minutes, seconds = _three(gps[ExifTags.GPS.GPSTimeStamp])
        since_midnight = timedelta(hours=hours, minutes=minutes, seconds=int(seconds))
        return day + since_midnight if since_midnight < timedelta(days=1) else None
    except BROKEN:
        return None


def _position(gps: dict[int, object]) -> tuple[float, float] | tuple[None, None]:
    """(None, None) also for (0, 0), which phones write for "none", and for what is not on the globe."""
    try:
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef], "S")
        lon = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef], "W")
    except BROKEN:
        return None, None
    if (lat, lon) == (0, 0) or not (abs(lat) <= 90 and abs(lon) <= 180):
        return None, None
    return lat, lon


def _degrees(angle: object, reference: object, negative: str) -> float:
    degrees, minutes, seconds = _three(angle)
    value = round(degrees + minutes / 60 + seconds / 3600, 6)
    return -value if str(reference).strip(" \0").upper() == negative else value


def _three(numbers: object) -> tuple[float, float, float]:
    """Raises ValueError for anything but three finite numbers."""
    first, second, third = (float(number) for number in numbers)  # type: ignore[attr-defined]  # not iterable: BROKEN
    if not all(math.isfinite(number) and number >= 0 for number in (first, second, third)):
        raise ValueError("not three finite numbers")
    return first, second, third


def _accuracy_m(gps: dict[int, object]) -> float | None:
    try:
        accuracy = float(gps[ExifTags.GPS.GPSHPositioningError])  # type: ignore[arg-type]  # no number: BROKEN
        return accuracy if math.isfinite(accuracy) and accuracy >= 0 else None
    except BROKEN:
        return None
