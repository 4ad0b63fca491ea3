"""What has had its time: authors of old reports, notes among staff, accounts that nobody will ever use again.

A pass walks from the oldest row to the first one that is too young, in pages, each report in a transaction of its own:
whoever is killed begins again at the oldest and finds less to do.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import msgspec

from api.cities.book import CityBook
from api.piccolo_conf import DB
from api.reports import forgetting
from api.reports.forgetting import Over
from media.owners import forget_owners
from push.recipients import forget_recipients

PAGE = 500


class Terms(msgspec.Struct, frozen=True):
    """`authors` and `notes` since a report ended, `idle` since an account was last seen."""

    authors: timedelta
    notes: timedelta
    idle: timedelta


class Kept(msgspec.Struct, frozen=True):
    """How many reports lost their author, how many the notes among staff, how many accounts went."""

    authors: int = 0
    notes: int = 0
    accounts: int = 0


async def retain(terms: Terms, cities: CityBook, now: datetime, *, is_real: bool = True) -> Kept:
    """One pass; without `is_real` it only counts."""
    counts = dict.fromkeys(Kept.__struct_fields__, 0)
    async for report in _ended(terms, now):
        for kind, is_due in (("authors", report.loses_author), ("notes", report.loses_notes)):
            counts[kind] += is_due
        if is_real:
            await _let_go(report, cities, now)
    counts["accounts"] = await _forget_idle(now - terms.idle, now, is_real=is_real)
    if is_real:
        await count_gone(counts, now)
    return Kept(**counts)


async def _ended(terms: Terms, now: datetime) -> AsyncIterator[Over]:
    notes_until, authors_until, after = now - terms.notes, now - terms.authors, 0
    while page := await forgetting.over(after, PAGE, notes_until, authors_until):
        for report in page:
            if report.loses_author or report.loses_notes:
                yield report
        after = page[-1].id
        if page[-1].created_at > max(notes_until, authors_until):
            return


async def _let_go(report: Over, cities: CityBook, now: datetime) -> None:
    if report.loses_author:
        await forgetting.forget(report.report, "retention", cities, now, all_words=False)
    elif report.loses_notes:
        await forgetting.forget_notes(report.report)


IDLE = """
-- a page of accounts from the oldest on; of each whether nothing was ever said with it, and nobody can sign in again
WITH page AS (SELECT a.* FROM account AS a WHERE a.id > $1 AND a.created_at < $2 ORDER BY a.id LIMIT $3)
SELECT p.id, p.login IS NULL AND p.disabled_at IS NULL AND p.merged_into IS NULL
    AND coalesce(p.seen_at, p.created_at) < $2
    AND NOT EXISTS (SELECT FROM session AS s WHERE s.account = p.id AND s.revoked_at IS NULL AND s.refresh_until > $4)
    AND NOT EXISTS (SELECT FROM account_phone AS o WHERE o.account = p.id)
    AND NOT EXISTS (SELECT FROM firebase_identity AS f WHERE f.account = p.id)
    AND NOT EXISTS (SELECT FROM role_grant AS g WHERE g.account = p.id)
    AND NOT EXISTS (SELECT FROM account AS joined WHERE joined.merged_into = p.id)
    AND NOT EXISTS (SELECT FROM api_key AS k WHERE k.account = p.id)
    AND NOT EXISTS (SELECT FROM report AS r WHERE r.account = p.id)
    AND NOT EXISTS (SELECT FROM report_follower AS f WHERE f.account = p.id)
    AND NOT EXISTS (SELECT FROM report_event AS e WHERE e.actor = p.id AND e.kind = 'comment') AS is_idle
FROM page AS p ORDER BY p.id
"""


async def _forget_idle(seen_until: datetime, now: datetime, *, is_real: bool) -> int:
    after, gone = 0, 0
    while page := await DB.fetch(IDLE, after, seen_until, PAGE, now):
        idle = [row["id"] for row in page if row["is_idle"]]
        if idle and is_real:
            await _drop(idle)
        gone, after = gone + len(idle), page[-1]["id"]
    return gone


SUBSCRIPTIONS = """
WITH exports AS (DELETE FROM own_export WHERE account = ANY($1::bigint[])),
blocks AS (DELETE FROM block WHERE account = ANY($1::bigint[])),
events AS (DELETE FROM account_event WHERE account = ANY($1::bigint[]))
DELETE FROM area_subscription WHERE account = ANY($1::bigint[])
"""
DEVICES = "SELECT DISTINCT family FROM session WHERE account = ANY($1::bigint[])"


async def _drop(accounts: list[int]) -> None:
    """The row too: no chain names it."""
    async with DB.transaction():
        devices = [row["family"] for row in await DB.fetch(DEVICES, accounts)]
        await forget_recipients(accounts)
        await forget_owners(accounts, devices)
        await DB.fetch(SUBSCRIPTIONS, accounts)
        await DB.fetch("DELETE FROM account WHERE id = ANY($1::bigint[])", accounts)


COUNTED = """
INSERT INTO retention_count AS c (kind, amount, at) SELECT k.kind, k.amount, $3
FROM unnest($1::text[], $2::bigint[]) AS k (kind, amount)
ON CONFLICT (kind) DO UPDATE SET amount = c.amount + EXCLUDED.amount, at = EXCLUDED.at
"""


async def count_gone(counts: dict[str, int], now: datetime) -> None:
    await DB.fetch(COUNTED, list(counts), list(counts.values()), now)


async def counted() -> dict[str, int]:
    """Since the beginning, by kind: for the metrics."""
    return {row["kind"]: row["amount"] for row in await DB.fetch("SELECT kind, amount FROM retention_count")}
