"""A city does not listen to somebody for a while: with a reason that they read, an end, and one objection.

The operator blocks whoever sent a report and never learns who that is. A block ends no report, closes no answer, no
confirmation and no dispute, and 112 is open as ever.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from api.accounts.errors import NotAllowed
from api.accounts.merging import note
from api.accounts.speaker import Speaker
from api.cities.book import CityBook
from api.errors import FieldRefused
from api.piccolo_conf import DB
from api.reports.permits import Standing
from api.reports.queries import held_on, read_row
from api.rights.errors import BlockUnknown
from push.outbox import Notice, notify

LONGEST = timedelta(days=90)
PAGE = 200
VALID = timedelta(days=7)
BLOCKERS: frozenset[Standing] = frozenset({"operator", "admin"})


class Wish(msgspec.Struct, frozen=True):
    """Whom, where and why; `report` when it is for what somebody sent."""

    account: int
    city: int | None
    report: UUID | None
    reason: str
    until: datetime


class BlockShown(msgspec.Struct, frozen=True):
    """`report`: the one for which it was given. Nothing here tells whose account it is."""

    id: UUID
    report: UUID | None
    reason: str
    at: datetime
    until: datetime
    appeal: str
    appealed_at: datetime | None


def check(reason: str, until: datetime, now: datetime) -> None:
    """Raises FieldRefused."""
    if not reason.strip():
        raise FieldRefused("reason", "needs-reason")
    if not now < until <= now + LONGEST:
        raise FieldRefused("until", "block-until", days=LONGEST.days)


async def sender_of(report: UUID, speaker: Speaker, cities: CityBook) -> tuple[int, int]:
    """Account and city. Raises ReportNotFound, NotAllowed."""
    row = await read_row(report)
    _, held = await held_on(row, speaker, cities)
    if not any(permit.standing in BLOCKERS and permit.grant is not None for permit in held):
        raise NotAllowed("block a reporter")
    return row.account, row.city


STAFF = "SELECT login IS NOT NULL FROM account WHERE id = $1 FOR UPDATE"
BLOCK = """
-- a second block of one account changes the first: its end and its reason, and there may be objected again
INSERT INTO block (id, account, city, report, reason, blocked_by, at, until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (account) WHERE lifted_at IS NULL DO UPDATE SET reason = EXCLUDED.reason, until = EXCLUDED.until,
    report = EXCLUDED.report, city = EXCLUDED.city, blocked_by = EXCLUDED.blocked_by, at = EXCLUDED.at,
    appeal = '', appealed_at = NULL
RETURNING id, report, reason, at, until, appeal, appealed_at
"""
CLOSE = "UPDATE account SET blocked_until = $2, blocked_reason = $3 WHERE id = $1"


async def block(wish: Wish, by: Speaker, now: datetime) -> BlockShown:
    """Raises FieldRefused, and NotAllowed for staff, whom an administrator closes."""
    check(wish.reason, wish.until, now)
    async with DB.transaction():
        if (await DB.fetch(STAFF, wish.account))[0][0]:
            raise NotAllowed("block staff")
        values = (wish.account, wish.city, wish.report, wish.reason.strip(), by.account, now, wish.until)
        [row] = await DB.fetch(BLOCK, uuid7(), *values)
        await DB.fetch(CLOSE, wish.account, wish.until, wish.reason.strip())
        await note(wish.account, by.account, "blocked", now)
        params = {"until": f"{wish.until:%Y-%m-%d}"}
        rev = int(now.timestamp())
        notice = Notice(recipient=wish.account, subject=row["id"], rev=rev, kind="account.blocked", params=params)
        await notify(notice, now, VALID)
    return BlockShown(*row)


OWN = """
SELECT b.id, b.report, b.reason, b.at, b.until, b.appeal, b.appealed_at FROM block AS b
WHERE b.account = $1 AND b.lifted_at IS NULL AND b.until > $2
"""


async def own_block(account: int, now: datetime) -> BlockShown:
    """Raises BlockUnknown for who is not blocked."""
    rows = await DB.fetch(OWN, account, now)
    if not rows:
        raise BlockUnknown
    return BlockShown(*rows[0])


APPEAL = """
-- once a block
UPDATE block SET appeal = $2, appealed_at = $3 WHERE id = $1 AND appealed_at IS NULL
RETURNING id, report, reason, at, until, appeal, appealed_at
"""


async def appeal(account: int, words: str, now: datetime) -> BlockShown:
    """Raises BlockUnknown, FieldRefused."""
    own = await own_block(account, now)
    if not words.strip():
        raise FieldRefused("text", "text-empty")
    rows = await DB.fetch(APPEAL, own.id, words.strip(), now)
    if not rows:
        raise FieldRefused("text", "block-appealed")
    return BlockShown(*rows[0])


OPEN = """
-- who objects first, then the oldest; $1: cities, NULL for an administrator of all
SELECT b.id, b.report, b.reason, b.at, b.until, b.appeal, b.appealed_at FROM block AS b
WHERE b.lifted_at IS NULL AND b.until > $2 AND ($1::int[] IS NULL OR b.city = ANY($1::int[]))
ORDER BY b.appealed_at NULLS LAST, b.at LIMIT $3
"""


async def list_blocks(speaker: Speaker, now: datetime) -> list[BlockShown]:
    """Raises NotAllowed."""
    return [BlockShown(*row) for row in await DB.fetch(OPEN, _cities(speaker), now, PAGE)]


def _cities(speaker: Speaker) -> list[int] | None:
    """Where the speaker may block; None is everywhere. Raises NotAllowed."""
    found = [grant.city for grant in speaker.grants if grant.role in BLOCKERS]
    if not found:
        raise NotAllowed("see blocks")
    return None if None in found else [city for city in found if city is not None]


LIFT = """
WITH lifted AS (
    UPDATE block SET lifted_at = $3, lifted_by = $4
    WHERE id = $1 AND lifted_at IS NULL AND ($2::int[] IS NULL OR city = ANY($2::int[])) RETURNING account
)
UPDATE account SET blocked_until = NULL, blocked_reason = '' FROM lifted WHERE account.id = lifted.account
RETURNING account.id
"""


async def lift(block_id: UUID, speaker: Speaker, now: datetime) -> None:
    """Raises NotAllowed, BlockUnknown."""
    async with DB.transaction():
        rows = await DB.fetch(LIFT, block_id, _cities(speaker), now, speaker.account)
        if not rows:
            raise BlockUnknown
        await note(rows[0]["id"], speaker.account, "unblocked", now)
        notice = Notice(
            recipient=rows[0]["id"], subject=block_id, rev=int(now.timestamp()) + 1, kind="account.unblocked"
        )
        await notify(notice, now, VALID)


ACCOUNT = "SELECT id FROM account WHERE uid = $1"


async def account_named(uid: UUID, speaker: Speaker) -> int:
    """For administrators. Raises NotAllowed, BlockUnknown."""
    if not any(grant.role == "admin" for grant in speaker.grants):
        raise NotAllowed("block an account")
    rows = await DB.fetch(ACCOUNT, uid)
    if not rows:
        raise BlockUnknown
    found: int = rows[0]["id"]
    return found
