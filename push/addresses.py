"""Where people's phones are reached: registered by the phone, moved with it, forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from push import subscription
from push.subscription import SERVICES, SubscriptionRefused
from push.tables import Address

Kind = Literal["fcm", "fid", "webpush"]
KINDS: frozenset[str] = frozenset(get_args(Kind))
MAX_ADDRESS_BYTES = 2048  # the CHECK of the table
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
