"""A city does not listen to somebody for a while: with a reason that they read, an end, and one objection.

The operator blocks whoever sent a report and never learns who that is. A block ends no report, closes no answer, no
confirmation and no dispute, holds in that city alone, and 112 is open as ever.
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
    """Whom, where (None is everywhere) and why; `report` when it is for what somebody sent."""

    account: int
    city: int | None
    report: UUID | None
    reason: str
    until: datetime


class BlockShown(msgspec.Struct, frozen=True):
    """`city`: its code, None for all; `report`: the one for which it was given. Nothing tells whose account it is."""

    id: UUID
    city: str | None
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
-- a second block in one city changes the first: its end and its reason, and there may be objected again
INSERT INTO block AS b (id, account, city, report, reason, blocked_by, at, until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (account, coalesce(city, 0)) WHERE lifted_at IS NULL DO UPDATE SET reason = EXCLUDED.reason,
    until = EXCLUDED.until, report = EXCLUDED.report, blocked_by = EXCLUDED.blocked_by, at = EXCLUDED.at,
    appeal = '', appealed_at = NULL
RETURNING b.id
"""
CLOSE = """
-- what every request of the account reads
UPDATE account SET blocks = coalesce((
    SELECT jsonb_agg(jsonb_build_object('city', b.city, 'until', b.until, 'reason', b.reason))
    FROM block AS b WHERE b.account = $1 AND b.lifted_at IS NULL AND b.until > $2), '[]')
WHERE id = $1
"""


async def block(wish: Wish, by: Speaker, now: datetime) -> BlockShown:
    """Raises FieldRefused, and NotAllowed for staff, whom an administrator closes."""
    check(wish.reason, wish.until, now)
    async with DB.transaction():
        if (await DB.fetch(STAFF, wish.account))[0][0]:
            raise NotAllowed("block staff")
        values = (wish.account, wish.city, wish.report, wish.reason.strip(), by.account, now, wish.until)
        block_id: UUID = (await DB.fetch(BLOCK, uuid7(), *values))[0]["id"]
        await DB.fetch(CLOSE, wish.account, now)
        await note(wish.account, by.account, "blocked", now)
        params = {"until": f"{wish.until:%Y-%m-%d}"}
        rev = int(now.timestamp())
        notice = Notice(recipient=wish.account, subject=block_id, rev=rev, kind="account.blocked", params=params)
        await notify(notice, now, VALID)
    return await own_block(block_id, wish.account, now)


IN_FORCE = """
-- $2: an account, or NULL for all; $3: cities, or NULL for all. Who objects first, then the oldest
SELECT b.id, city.code AS city, b.report, b.reason, b.at, b.until, b.appeal, b.appealed_at
FROM block AS b LEFT JOIN city ON city.id = b.city
WHERE b.lifted_at IS NULL AND b.until > $1 AND ($2::bigint IS NULL OR b.account = $2)
    AND ($3::int[] IS NULL OR b.city = ANY($3::int[]))
ORDER BY b.appealed_at NULLS LAST, b.at LIMIT $4
"""


async def own_blocks(account: int, now: datetime) -> list[BlockShown]:
    return [BlockShown(*row) for row in await DB.fetch(IN_FORCE, now, account, None, PAGE)]


async def own_block(block_id: UUID, account: int, now: datetime) -> BlockShown:
    """Raises BlockUnknown."""
    for own in await own_blocks(account, now):
        if own.id == block_id:
            return own
    raise BlockUnknown


APPEAL = "UPDATE block SET appeal = $2, appealed_at = $3 WHERE id = $1"


async def appeal(block_id: UUID, account: int, words: str, now: datetime) -> BlockShown:
    """Once a block. Raises BlockUnknown, FieldRefused."""
    own = await own_block(block_id, account, now)
    if not words.strip():
        raise FieldRefused("text", "text-empty")
    if own.appealed_at is not None:
        raise FieldRefused("text", "block-appealed")
    await DB.fetch(APPEAL, block_id, words.strip(), now)
    return await own_block(block_id, account, now)


async def list_blocks(speaker: Speaker, now: datetime) -> list[BlockShown]:
    """Raises NotAllowed."""
    return [BlockShown(*row) for row in await DB.fetch(IN_FORCE, now, None, _cities(speaker), PAGE)]


def _cities(speaker: Speaker) -> list[int] | None:
    """Where the speaker may block; None is everywhere. Raises NotAllowed."""
    found = [grant.city for grant in speaker.grants if grant.role in BLOCKERS]
    if not found:
        raise NotAllowed("see blocks")
    return None if None in found else [city for city in found if city is not None]


LIFT = """
UPDATE block SET lifted_at = $3, lifted_by = $4
WHERE id = $1 AND lifted_at IS NULL AND ($2::int[] IS NULL OR city = ANY($2::int[])) RETURNING account
"""


async def lift(block_id: UUID, speaker: Speaker, now: datetime) -> None:
    """Raises NotAllowed, BlockUnknown."""
    async with DB.transaction():
        rows = await DB.fetch(LIFT, block_id, _cities(speaker), now, speaker.account)
        if not rows:
            raise BlockUnknown
        account: int = rows[0]["account"]
        await DB.fetch(CLOSE, account, now)
        await note(account, speaker.account, "unblocked", now)
        notice = Notice(recipient=account, subject=block_id, rev=int(now.timestamp()) + 1, kind="account.unblocked")
        await notify(notice, now, VALID)


KNOWN = """
-- the account, and which of the cities has heard from it, last first; $2: NULL for an administrator of all
SELECT a.id, heard.city FROM account AS a LEFT JOIN LATERAL (
    SELECT r.city, r.created_at AS at FROM report AS r WHERE r.account = a.id AND r.city = ANY($2::int[])
    UNION ALL
    SELECT r.city, e.at FROM report_event AS e JOIN report AS r ON r.id = e.report
    WHERE e.actor = a.id AND e.kind = 'comment' AND r.city = ANY($2::int[])
    ORDER BY at DESC LIMIT 1
) AS heard ON true
WHERE a.uid = $1 AND ($2::int[] IS NULL OR heard.city IS NOT NULL)
"""


async def account_named(uid: UUID, speaker: Speaker) -> tuple[int, int | None]:
    """For administrators: the account, and the city to block it in. One of whom their cities never heard is unknown.

    Raises NotAllowed, BlockUnknown.
    """
    held = [grant.city for grant in speaker.grants if grant.role == "admin"]
    if not held:
        raise NotAllowed("block an account")
    rows = await DB.fetch(KNOWN, uid, None if None in held else held)
    if not rows:
        raise BlockUnknown
    return rows[0]["id"], rows[0]["city"]
