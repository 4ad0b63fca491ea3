"""Notices, letters and phones for the tests of this room; each test states what it is about."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from api.piccolo_conf import DB
from push import addresses, outbox
from push.delivery import Deliverer
from push.ledger import Notification
from push.sender import Letter, Outcome, Sender, Text

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=20)  # beyond every backoff of a first attempt


async def a_phone(
    recipient: int = 7, address: str = "a-token", kind: str = "fcm", phone_id: UUID | None = None
) -> UUID:
    phone_id = phone_id or uuid4()
    await addresses.register(phone_id, recipient, kind, address, NOW)
    return phone_id


async def a_notice(recipient: int = 7, subject: UUID | None = None, rev: int = 1, **given: Any) -> UUID:
    """The mid of a notice that is due at NOW."""
    now, valid = given.pop("now", NOW), given.pop("valid", timedelta(days=1))
    notice = outbox.Notice(
        recipient=recipient, subject=subject or uuid4(), rev=rev, kind=given.pop("kind", "report.changed"), **given
    )
    return await outbox.notify(notice, now, valid)


async def notices_for(addresses_: Sequence[str], kind: str = "fcm") -> list[UUID]:
    """One recipient, one phone and one notice for each address."""
    mids = []
    for recipient, address in enumerate(addresses_, 100):
        await a_phone(recipient, address, kind)
        mids.append(await a_notice(recipient))
    return mids


def words(notification: Notification) -> Text:
    return Text(title="Laporan", body=f"Perubahan ke-{notification.rev}")


def a_deliverer(sender: Sender, **given: Any) -> Deliverer:
    """One that waits for every answer, unless told otherwise."""
    return Deliverer({"fcm": sender, "fid": sender}, words, **({"patience_s": 60} | given))


def a_letter(address: str = "a-token", **given: Any) -> Letter:
    facts: dict[str, Any] = {
        "mid": uuid4(),
        "subject": uuid4(),
        "rev": 3,
        "kind": "report.changed",
        "address_kind": "fcm",
        "text": Text(title="Laporan", body="Sudah dikerjakan"),
        "valid_until": NOW + timedelta(hours=1),
        "valid_for_s": 3600,
    }
    return Letter(address=address, **(facts | given))


async def deliveries() -> list[dict[str, Any]]:
    """The ledger, in the order of queueing, with the address where it still exists."""
    rows = await DB.fetch(
        "SELECT d.*, n.mid, n.rev, a.address AS reached FROM delivery d JOIN notification n ON n.seq = d.notification"
        " LEFT JOIN address a ON a.id = d.address ORDER BY d.id"
    )
    return [dict(row) for row in rows]


async def states() -> list[str]:
    return [row["state"] for row in await deliveries()]


class Meanwhile:
    """The real sender, and something that happens after FCM's answer and before the row is settled."""

    def __init__(self, sender: Sender, happens: Callable[[], Awaitable[object]]) -> None:
        self.sender, self.happens = sender, happens

    async def send(self, letter: Letter) -> Outcome:
        outcome = await self.sender.send(letter)
        await self.happens()
        return outcome
