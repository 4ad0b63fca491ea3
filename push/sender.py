"""What every sender takes and answers: a letter in, an outcome out. No sender raises for what others do."""

from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

import msgspec


class SenderMisconfigured(Exception):
    """A setting with which no sender can begin; the words name no secret."""


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """What the phone shows. `is_urgent`: it must be seen now (wakes a sleeping phone).

    `link` is an https URL for who is signed in, `public_link` one for everybody, which a text message may carry.
    `channel` is Android's, under which its owner gives it a sound or silence; `is_quiet`: it need not ring at all.
    """

    title: str
    body: str
    is_urgent: bool = False
    is_quiet: bool = False
    channel: str | None = None
    link: str | None = None
    public_link: str | None = None

    @property
    def urgency(self) -> Literal["high", "normal", "low"]:
        """As RFC 8030 names it: `low` waits until the phone is awake and on power or Wi-Fi."""
        if self.is_urgent:
            return "high"
        return "low" if self.is_quiet else "normal"


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
