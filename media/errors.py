"""What this room refuses. `reason` is a key that the catalogue turns into words for a person."""

from uuid import UUID


class MediaError(Exception):
    """Base of every error of this room."""


class AnnouncementRefused(MediaError):
    """A photo that may not even be announced: `field` is at fault, `limit` is what would be allowed."""

    reason = "announcement_refused"

    def __init__(self, field: str, limit: str | int) -> None:
        super().__init__(f"{self.reason}: {field}, allowed: {limit}")
        self.field, self.limit = field, limit


class PhotoTooLarge(AnnouncementRefused):
    reason = "too_large"


class PhotoEmpty(AnnouncementRefused):
    reason = "empty"


class TypeUnsupported(AnnouncementRefused):
    reason = "unsupported_type"


class HeicUnsupported(TypeUnsupported):
    """The phone must send JPEG instead (iPhone: Settings, Camera, Formats, Most Compatible)."""

    reason = "unsupported_heic"


class HashMalformed(AnnouncementRefused):
    reason = "malformed_sha256"


class PhotoIdTaken(MediaError):
    """Another photo was announced under one of these ids; the phone must make a new id."""

    def __init__(self, ids: tuple[UUID, ...]) -> None:
        super().__init__(f"a photo id is taken, one of {len(ids)}")
        self.ids = ids


class PhotoUnknown(MediaError):
    """No such photo, or not this owner's: the two are not told apart."""

    def __init__(self, photo_id: UUID) -> None:
        super().__init__(f"photo {photo_id} is unknown")
        self.photo_id = photo_id


class NotExpected(MediaError):
    """The photo takes no more bytes in this state."""

    def __init__(self, state: str, reason: str | None) -> None:
        super().__init__(f"the photo is {state}" + (f": {reason}" if reason else ""))
        self.state, self.reason = state, reason


class NotReady(MediaError):
    """The photo has no renditions to show in this state."""

    def __init__(self, state: str, reason: str | None) -> None:
        super().__init__(f"the photo is {state}")
        self.state, self.reason = state, reason


class TooManyBoxes(MediaError):
    """All boxes that a photo ever got, together."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"a photo has at most {limit} boxes")
        self.limit = limit


class WrongOffset(MediaError):
    def __init__(self, current: int) -> None:
        super().__init__(f"the upload stands at {current}")
        self.current = current


class TooLong(MediaError):
    """More bytes than were announced."""

    def __init__(self, announced: int) -> None:
        super().__init__(f"only {announced} bytes were announced")
        self.announced = announced


class TooShort(MediaError):
    """A whole body that ended early; what came is kept and may be resumed at `current`."""

    def __init__(self, current: int, announced: int) -> None:
        super().__init__(f"{current} of {announced} bytes arrived")
        self.current, self.announced = current, announced


class HashMismatch(MediaError):
    """All bytes came, but they are not the announced photo: it is expected again, from the first byte."""

    reason = "hash_mismatch"

    def __init__(self, photo_id: UUID) -> None:
        super().__init__(f"the bytes of photo {photo_id} are not the announced ones")
        self.photo_id = photo_id


class ChecksumMismatch(MediaError):
    """The piece is not what its own checksum says; it was not taken, the upload stands at `current`."""

    def __init__(self, current: int) -> None:
        super().__init__(f"the piece is damaged; the upload stands at {current}")
        self.current = current


class SpoolUnavailable(MediaError):
    """The spool cannot be written (disk full, rights); the phone may come back."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"the spool is unavailable: {cause}")
        self.cause = cause


class IntakeFull(SpoolUnavailable):
    """No new photo may be announced for now; those announced before are still taken."""


class PhotoQuotaExceeded(MediaError):
    """This account or its device announced too many photos in an `hour`, or too many bytes in a `day`."""

    def __init__(self, window: str, retry_after_s: int) -> None:
        super().__init__(f"the photos of this {window} are used up")
        self.window, self.retry_after_s = window, retry_after_s


class PhotoRefused(MediaError):
    """The bytes are no photo that may be shown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StoreUnavailable(MediaError):
    """The store does not answer or cannot write; the same call may succeed later."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"the photo store is unavailable: {cause}")
        self.cause = cause


class NotFound(MediaError):
    def __init__(self, key: str) -> None:
        super().__init__("no object has this key")
        self.key = key


class KeyRefused(MediaError):
    """A key that is none: it could name something outside the store."""

    def __init__(self, key: str) -> None:
        super().__init__("not a key of the photo store")
        self.key = key


class StoreRefused(StoreUnavailable):
    """The store answers, but not us: only its operator can change that."""


class StoreUrlRefused(MediaError):
    """`MEDIA_URL` names no store. Only its scheme is kept: the rest holds secrets."""

    def __init__(self, scheme: str, shape: str) -> None:
        super().__init__(f"not the address of a photo store ({scheme or 'no scheme'}), use {shape}")
        self.scheme = scheme


class DetectorRefused(MediaError):
    """`PHOTO_DETECTOR` names no detector."""

    def __init__(self, name: str, cause: str) -> None:
        super().__init__(f"PHOTO_DETECTOR={name}: {cause}")
        self.name, self.cause = name, cause


class SameStore(MediaError):
    def __init__(self) -> None:
        super().__init__("both addresses name the same photo store")


class CopyDiffers(MediaError):
    """Nothing was removed: the move may be begun again."""

    def __init__(self) -> None:
        super().__init__("a copy in the new photo store is not what was written")
