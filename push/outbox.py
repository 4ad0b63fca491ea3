"""Telling somebody something, in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from push.tables import Notification


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """`rev` grows with each change of `subject`; `params` are what the words will need, never a personal datum.

    `by_sms`: so important that who has no app is told by text message; not at night on the clocks of `params["zone"]`.
    """

    recipient: int
    subject: UUID
    rev: int
    kind: str
    params: Mapping[str, Any] = {}
    by_sms: bool = False


NOTIFY = """
-- inbox row, one delivery per address, superseding and the wake-up call: see the migration
SELECT push_notify({}, {}, {}, {}, {}, {}, {}) AS mid
"""


async def notify(notice: Notice, now: datetime, valid: timedelta) -> UUID:
    """The notification's mid; the same notice again gives the same mid. After `valid` it is not sent any more.

    Several recipients in one transaction: in ascending order, for each one's inbox is locked until the commit.
    """
    params = msgspec.json.encode(_with_way(notice)).decode()
    rows = await Notification.raw(NOTIFY, notice.recipient, notice.subject, notice.rev, notice.kind, params, now, valid)
    mid: UUID = rows[0]["mid"]
    return mid


def _with_way(notice: Notice) -> Mapping[str, Any]:
    """`push_notify` reads it from the params, so that whoever calls it in SQL can say it too."""
    return {**notice.params, "by_sms": notice.kind} if notice.by_sms else notice.params
