"""What announcements look like from outside."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from geo.locate import AreaName

MAX_TITLE, MAX_BODY = 80, 400  # characters: a phone's lock screen, and FCM's 4096 bytes with room for the rest
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TITLE)]
Body = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_BODY)]
Code = Annotated[str, msgspec.Meta(max_length=13)]
State = Literal["waiting", "public", "withdrawn"]


class NewAnnouncement(msgspec.Struct, frozen=True, kw_only=True):
    """`area` is the code of a kelurahan, a kecamatan or the city. English may be left out; `urgent` rings at night."""

    id: UUID
    area: Code
    title: Title
    body: Body
    title_en: Annotated[str, msgspec.Meta(max_length=MAX_TITLE)] = ""
    body_en: Annotated[str, msgspec.Meta(max_length=MAX_BODY)] = ""
    valid_until: datetime
    urgent: bool = False


class AnnouncementShown(msgspec.Struct, frozen=True, kw_only=True):
    """To staff. `audience` is how many accounts it was, or would be, told to; `told` how many have been."""

    id: UUID
    area: str
    area_name: str
    title: str
    body: str
    title_en: str
    body_en: str
    valid_until: datetime
    urgent: bool
    state: State
    audience: int
    told: int
    mine: bool
    written_at: datetime
    released_at: datetime | None
    withdrawn_at: datetime | None


class PublicAnnouncement(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    area: str
    area_name: str
    title: str
    body: str
    urgent: bool
    since: datetime
    valid_until: datetime


class PublicAnnouncements(msgspec.Struct, frozen=True):
    announcements: tuple[PublicAnnouncement, ...]


class MyAreas(msgspec.Struct, frozen=True):
    """`reported`: also every area that I reported from. `named`: the areas with their names."""

    areas: tuple[str, ...]
    reported: bool
    named: tuple[AreaName, ...] = ()
