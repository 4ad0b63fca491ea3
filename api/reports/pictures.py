"""The photos of a report, as the answers show them."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import UNSET, UnsetType

from api.catalogue import Language, text
from api.reports.flags import flags_shown
from api.reports.schemas import FlagShown, PhotoShown
from media import photos
from media.facts import RENDITIONS, SEND_AGAIN

AWAITED = frozenset({"expected", "uploading"})
SHOWN = frozenset({"ready", "hidden"})


def upload_url(photo: UUID) -> str:
    return f"/v1/uploads/{photo}"


def photo_urls(photo: UUID, room: str = "/v1/photos", version: str = "") -> dict[str, str]:
    """By the longer side in pixels. `/v1/photos` asks who is asking, `/photos` shows the public's own.

    With the photo's version it is another address after a redaction, so that nobody's cache shows the old one.
    """
    suffix = f"?v={version}" if version else ""
    return {str(size): f"{room}/{photo}/{size}{suffix}" for size in sorted(RENDITIONS)}


async def photos_shown(
    named: Sequence[tuple[UUID, str]], language: Language = "id", *, for_staff: bool = False
) -> tuple[PhotoShown, ...]:
    """`named`: (photo, purpose) in the order of showing."""
    purposes = dict(named)
    flags = await flags_shown(list(purposes), language) if for_staff else {}
    return tuple(
        _shown(state, purposes[state.id], language, flags.get(state.id, UNSET))
        for state in await photos.states([photo for photo, _ in named])
    )


def _shown(
    state: photos.PhotoState, purpose: str, language: Language, flags: tuple[FlagShown, ...] | UnsetType
) -> PhotoShown:
    return PhotoShown(
        id=state.id,
        state=state.state,
        purpose=purpose,
        upload_url=upload_url(state.id) if state.state in AWAITED or state.reason in SEND_AGAIN else UNSET,
        reason=state.reason,
        words=text(f"photo.{state.reason}", language) if state.reason else None,
        urls=photo_urls(state.id, version=state.version) if state.state in SHOWN else UNSET,
        flags=flags,
        proposed_boxes=state.proposals or UNSET,
    )
