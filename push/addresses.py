"""Where people's phones are reached: registered by the phone, moved with it, forgotten."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from push import subscription
from push.subscription import SERVICES, SubscriptionRefused
from push.tables import Address

Kind = Literal["fcm", "fid", "webpush"]
Contact = Literal["sms", "email"]
KINDS: frozenset[str] = frozenset(get_args(Kind))
SHAPES: dict[Contact, re.Pattern[str]] = {
    # E.164, or what the caller's sender finds the number by: one that is sealed elsewhere does not lie open here
    "sms": re.compile(r"\+[1-9][0-9]{7,14}|account:[0-9]{1,19}"),
    "email": re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
}
MAX_ADDRESS_BYTES = 2048  # the CHECK of the table
MAX_MAILBOX = 254  # RFC 5321
MAX_PHONES = 20  # of one account; the oldest gives way


class AddressRefused(Exception):
    """`reason` is `kind`, `empty`, `too_long`, `characters`, or one of SubscriptionRefused."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"address refused: {reason}")
        self.reason = reason


def check(kind: str, address: str, services: Sequence[str] = SERVICES) -> str:
    """The address as it is kept; `services` are the hosts that a browser's endpoint may be at. Raises AddressRefused.

    Tokens, installation ids and subscriptions are all visible ASCII.
    """
    if kind not in KINDS:
        raise AddressRefused("kind")
    if not address:
        raise AddressRefused("empty")
    if kind == "webpush":
        try:
            address = subscription.write(subscription.read(address, services))
        except SubscriptionRefused as error:
            raise AddressRefused(error.reason) from error
    if len(address) > MAX_ADDRESS_BYTES:
        raise AddressRefused("too_long")
    if not all("!" <= character <= "~" for character in address):
        raise AddressRefused("characters")
    return address


REGISTER = """
-- one phone has one address; the function also takes the address from a former phone or account
SELECT push_register({}, {}, {}, {}, {}, {})
"""


async def register(
    phone_id: UUID, recipient: int, kind: str, address: str, now: datetime, services: Sequence[str] = SERVICES
) -> None:
    """From now on this phone is reached at `address` and belongs to `recipient`; to be repeated at every app start.

    What a former account of the phone was still to be told is not sent to it any more.
    """
    kept = check(kind, address, services)
    await Address.raw(REGISTER, phone_id, recipient, kind, kept, now, MAX_PHONES)


FORGET = """
WITH gone AS (DELETE FROM address AS a WHERE a.phone_id = {} AND a.recipient = {} RETURNING a.id),
-- what was still to be sent there is not sent; the inbox keeps it
unsent AS (
    UPDATE delivery AS d SET state = 'superseded', settled_at = {}, code = 'ADDRESS_FORGOTTEN'
    FROM gone WHERE d.address = gone.id AND d.state = 'pending'
)
SELECT count(*) AS phones FROM gone
"""


async def forget(phone_id: UUID, recipient: int, now: datetime) -> bool:
    """False when `recipient` has no such phone."""
    rows = await Address.raw(FORGET, phone_id, recipient, now)
    return bool(rows[0]["phones"])


REACH_BY = """
-- one number and one mail address an account; the id is nobody's to guess, for a phone that knew it could take the row
SELECT push_register(
    coalesce((SELECT a.phone_id FROM address AS a WHERE a.recipient = {} AND a.kind = {}), gen_random_uuid()),
    {}, {}, {}, {}, {})
"""


async def reach_by(recipient: int, kind: Contact, address: str, now: datetime) -> None:
    """The account's verified number (E.164), or its mail address as an administrator set it. Raises AddressRefused.

    Text messages go only to who has no app, and only when the notice is `by_sms`.
    """
    if not SHAPES[kind].fullmatch(address) or len(address) > MAX_MAILBOX:
        raise AddressRefused("characters")
    await Address.raw(REACH_BY, recipient, kind, recipient, kind, address, now, MAX_PHONES)


FORGET_CONTACT = """
WITH gone AS (DELETE FROM address AS a WHERE a.recipient = {} AND a.kind = {} RETURNING a.id)
UPDATE delivery AS d SET state = 'superseded', settled_at = {}, code = 'ADDRESS_FORGOTTEN'
FROM gone WHERE d.address = gone.id AND d.state = 'pending'
"""


async def forget_contact(recipient: int, kind: Contact, now: datetime) -> None:
    await Address.raw(FORGET_CONTACT, recipient, kind, now)
