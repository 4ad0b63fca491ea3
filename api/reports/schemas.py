"""What goes in and out over HTTP: bodies of residents and staff, answers about reports."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from api.reports.status import Kind, State, StepAllowed
from media.facts import Box
from media.photos import Announced

MAX_TEXT = 5000
MAX_PHOTOS = 10

ReportType = Literal["complaint", "aspiration", "information_request", "emergency_redirect"]
Visibility = Literal["public", "restricted", "secret"]
Channel = Literal["app", "web", "sms", "whatsapp", "call_112", "desk", "lapor", "open311"]
Instant = Annotated[datetime, Meta(tz=True)]
Words = Annotated[str, Meta(max_length=MAX_TEXT)]
Line = Annotated[str, Meta(max_length=300)]


class Position(msgspec.Struct, frozen=True):
    """WGS 84 degrees; `accuracy_m` as the phone says it."""

    lat: float
    lon: float
    accuracy_m: float | None = None


class AnnouncedPhoto(msgspec.Struct, frozen=True):
    """`size` in bytes, `type` a media type, `sha256` in hexadecimal: of the file that will be uploaded."""

    id: UUID
    size: int
    type: Annotated[str, Meta(max_length=100)]
    sha256: Annotated[str, Meta(pattern="^[0-9a-fA-F]{64}$")]

    def for_media(self) -> Announced:
        return Announced(self.id, self.size, self.type, self.sha256.lower())


class NewReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    category: Annotated[str, Meta(max_length=100)]
    text: Words
    position: Position
    report_type: ReportType = "complaint"
    occurred_at: Instant | None = None
    address: Line = ""
    anonymous: bool = False
    visibility: Visibility | None = None
    answers: Annotated[dict[Line, Line], Meta(max_length=30)] = {}
    photos: Annotated[tuple[AnnouncedPhoto, ...], Meta(max_length=MAX_PHOTOS)] = ()
    # Left out of the body's hash when it is left out of the body, as by phones that do not know it yet.
    recurrence_of: Line | UnsetType = UNSET


class Redaction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be erased. `ranges`: parts of the text in characters (code points), the end not included;
    `text`: all of it. `events`: their notes and reasons."""

    ranges: Annotated[tuple[tuple[int, int], ...], Meta(max_length=100)] = ()
    text: bool = False
    address: bool = False
    answers: bool = False
    events: Annotated[tuple[UUID, ...], Meta(max_length=100)] = ()
    photos: Annotated[tuple[UUID, ...], Meta(max_length=100)] = ()


class NewEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step that somebody takes; which fields it needs depends on the step (`status.py`).

    `expected_version` may only be left out of what is said beside the story: comment, support, follow and their like.
    """

    id: UUID
    kind: Kind
    expected_version: int | None = None
    to: State | None = None
    note: Words = ""
    internal_note: Words = ""
    reason: Line = ""
    agency: Line | None = None
    officer: UUID | None = None
    date: Instant | None = None
    reference: Line = ""
    rating: Annotated[int, Meta(ge=1, le=5)] | None = None
    duplicate_of: Line = ""
    evidence: Annotated[tuple[UUID, ...], Meta(max_length=MAX_PHOTOS)] = ()
    device_time: Instant | None = None
    event: UUID | None = None
    visibility: Visibility | None = None
    text: Words | None = None
    address: Line | None = None
    answers: Annotated[dict[Line, Line], Meta(max_length=30)] | None = None
    position: Position | None = None
    category: Annotated[str, Meta(max_length=100)] | None = None
    redact: Redaction | None = None
    recurrence_of: Line = ""


class Name(msgspec.Struct, frozen=True):
    code: str
    name: str
    local_term: str


class PlaceShown(msgspec.Struct, frozen=True):
    village: Name
    district: Name
    regency: Name
    boundary_version: str
    quality: str
    border_distance_m: float | None
    located: str


class CityShown(msgspec.Struct, frozen=True):
    code: str
    name: str


class AgencyShown(msgspec.Struct, frozen=True):
    key: str
    name: str


class Promise(msgspec.Struct, frozen=True):
    """`due_at` is None while the clock is paused: somebody else has been asked."""

    clock: str
    due_at: datetime | None


class ClockShown(msgspec.Struct, frozen=True):
    """A clock without `due_at` is paused. `policy`: the version that promised it (0: national), and its `source`."""

    clock: str
    started_at: datetime
    due_at: datetime | None
    stopped_at: datetime | None
    policy: int = 0
    source: str = ""


class FlagShown(msgspec.Struct, frozen=True):
    """`name` as in media/evidence.py; `photo` and `report` (its number): where the picture was seen before."""

    name: str
    words: str
    amount: float | None = None
    photo: UUID | None = None
    report: str | None = None


class PhotoShown(msgspec.Struct, frozen=True):
    """`urls` by rendition, once the photo is ready; `reason` and `words` when it was refused; `flags` for staff;
    `proposed_boxes`: what the operator's detector would cover, ready to be sent as redactions."""

    id: UUID
    state: str
    purpose: str
    upload_url: str | UnsetType = UNSET
    reason: str | None = None
    words: str | None = None
    urls: dict[str, str] | UnsetType = UNSET
    flags: tuple[FlagShown, ...] | UnsetType = UNSET
    proposed_boxes: tuple[Box, ...] | UnsetType = UNSET


class EventShown(msgspec.Struct, frozen=True):
    """`on_behalf`: an operator said it for the reporter, who had called. `evidence_states`: of its photos, so that a
    story shows what is still on its way or was refused."""

    id: UUID
    version: int
    kind: str
    role: str
    from_state: str | None
    to_state: str
    agency: AgencyShown | None
    reason: str
    note: str
    at: datetime
    evidence: tuple[UUID, ...]
    evidence_states: dict[UUID, str] = {}
    date: datetime | None = None
    reference: str = ""
    rating: int | None = None
    duplicate_of: str = ""
    coordination: AgencyShown | None = None
    escalated: bool = False
    on_behalf: bool = False
    internal_note: str | UnsetType = UNSET
    device_time: datetime | UnsetType | None = UNSET


class CommentShown(msgspec.Struct, frozen=True):
    """`role` is "resident" for anybody but the reporter and the staff of the report. `is_hidden`: not public (yet)."""

    id: UUID
    role: str
    text: str
    at: datetime
    is_mine: bool
    is_hidden: bool


class Related(msgspec.Struct, frozen=True):
    """`bond`: what the other report is to this one: the one it was `merged_into`, one that was `merged` into it, its
    `parent`, a `part`, the one that it is a `recurrence_of`, a `recurrence`. Words and photos for those who work on it.
    """

    bond: str
    id: UUID
    tracking_id: str
    state: State
    state_name: str
    agency: AgencyShown | None
    promise: Promise | None
    text: str | UnsetType = UNSET
    photos: tuple[PhotoShown, ...] = ()


class Receipt(msgspec.Struct, frozen=True):
    """The answer to a report: where it went and what is promised."""

    id: UUID
    tracking_id: str
    state: State
    place: PlaceShown
    city: CityShown
    agency: AgencyShown | None
    routing_reason: str
    promise: Promise | None
    version: int
    photos: tuple[PhotoShown, ...]


class ReportShown(msgspec.Struct, frozen=True):
    """`steps`: for staff, what they may do now; `steps_after`: the same by the state that own steps would bring."""

    id: UUID
    tracking_id: str
    report_type: str
    category: str
    category_name: str
    text: str
    address: str
    answers: dict[str, str]
    position: Position
    visibility: str
    anonymous: bool
    state: State
    state_name: str
    version: int
    place: PlaceShown
    city: CityShown
    agency: AgencyShown | None
    routing_reason: str
    promise: Promise | None
    occurred_at: datetime
    created_at: datetime
    photos: tuple[PhotoShown, ...] = ()
    events: tuple[EventShown, ...] = ()
    clocks: tuple[ClockShown, ...] = ()
    supports: int = 0
    is_supported: bool | UnsetType = UNSET
    is_followed: bool | UnsetType = UNSET
    comments: tuple[CommentShown, ...] = ()
    bounces: int = 0
    is_escalated: bool = False
    coordinating: tuple[AgencyShown, ...] = ()
    related: tuple[Related, ...] = ()
    overdue: bool = False
    overdue_since: datetime | None = None
    steps: tuple[StepAllowed, ...] | UnsetType = UNSET
    steps_after: dict[State, tuple[StepAllowed, ...]] | UnsetType = UNSET
    is_assigned_to_me: bool | UnsetType = UNSET


class ReportPage(msgspec.Struct, frozen=True):
    reports: tuple[ReportShown, ...]
    next: str | None


class EventReceipt(msgspec.Struct, frozen=True):
    """What the report is after the event."""

    id: UUID
    report: UUID
    state: State
    version: int
    agency: AgencyShown | None
    promise: Promise | None
