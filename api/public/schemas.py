"""The public's view of a report: these fields and no others."""

from datetime import datetime
from uuid import UUID

import msgspec


class PublicPlace(msgspec.Struct, frozen=True):
    """Names only. `quality` is `approximate` where no official boundaries are loaded."""

    village: str
    village_term: str
    district: str
    district_term: str
    regency: str
    quality: str


class PublicPromise(msgspec.Struct, frozen=True):
    clock: str
    due_at: datetime | None
    is_overdue: bool


class PublicEvent(msgspec.Struct, frozen=True):
    """`by`: that an operator said it for the reporter, in words; null otherwise."""

    at: datetime
    state: str
    state_name: str
    agency: str | None
    note: str
    by: str | None = None


class PublicPhoto(msgspec.Struct, frozen=True):
    """`urls` by the longer side in pixels."""

    id: UUID
    purpose: str
    urls: dict[str, str]


class PublicComment(msgspec.Struct, frozen=True):
    """By the reporter, by staff under their role, or by another resident after somebody released it."""

    role: str
    text: str
    at: datetime


class PublicRelated(msgspec.Struct, frozen=True):
    """A public report that is bound to this one; `bond` says how: `merged_into`, `merged`, `parent`, `part`,
    `recurrence_of`, `recurrence`. What was merged follows the state of the one that it was merged into."""

    bond: str
    tracking_id: str
    state: str
    state_name: str
    agency: str | None


class PublicReport(msgspec.Struct, frozen=True):
    """A restricted or secret report shows its way through the offices, and nothing of its content.

    `timezone` is the city's (IANA): its promises are read in its own time.
    """

    tracking_id: str
    visibility: str
    state: str
    state_name: str
    created_at: datetime
    city: str
    timezone: str
    agency: str | None
    promise: PublicPromise | None
    events: tuple[PublicEvent, ...]
    category: str | None = None
    category_name: str | None = None
    text: str | None = None
    place: PublicPlace | None = None
    lat: float | None = None
    lon: float | None = None
    photos: tuple[PublicPhoto, ...] = ()
    supports: int = 0
    comments: tuple[PublicComment, ...] = ()
    related: tuple[PublicRelated, ...] = ()
    overdue: bool = False
    overdue_since: datetime | None = None
