"""What every sender takes and answers: a letter in, an outcome out. No sender raises for what others do."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec


class SenderMisconfigured(Exception):
    """A setting with which no sender can begin; the words name no secret."""


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """What the phone shows. `is_urgent`: it must be seen now (wakes a sleeping phone); `link` is an https URL."""

    title: str
    body: str
    is_urgent: bool = False
    link: str | None = None


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One notification for one address. `valid_for_s` counts from now, `valid_until` is the same on the calendar."""

    mid: UUID
    subject: UUID
    rev: int
    kind: str
    address_kind: str
    address: str
    text: Text
    valid_until: datetime
    valid_for_s: int


class Delivered(msgspec.Struct, frozen=True):
    """The service took it on; `provider_id` is its name there."""

    provider_id: str


class AddressDead(msgspec.Struct, frozen=True):
    code: str


class TryLater(msgspec.Struct, frozen=True, kw_only=True):
    """`is_ambiguous`: it may have arrived all the same. `was_sent` False: nothing left this machine."""

    code: str
    after_s: float | None = None
    is_ambiguous: bool = False
    was_sent: bool = True


class Rejected(msgspec.Struct, frozen=True):
    """This message will never be taken; the address is fine."""

    code: str
    detail: str


Outcome = Delivered | AddressDead | TryLater | Rejected


class Sender(Protocol):
    async def send(self, letter: Letter) -> Outcome: ...
