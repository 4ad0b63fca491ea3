"""Telling each webhook what has changed since its place in the order. A chore of the worker.

A webhook is leased, its next changes are read and sent outside any transaction, and what came of it is settled. A
worker that is killed in between only means that the same changes are told again.
"""

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec
from uuid_utils.compat import uuid7

from api.accounts.sealing import Seals
from api.cities.book import City, CityBook
from api.piccolo_conf import DB
from api.public.open_reports import OpenReport, Written, read_open_reports
from api.public.webhooks.posting import Answered, Poster, signature
from api.reports.permits import agency_and_below
from api.reports.tracking import shown
from push.outbox import Notice, notify

LOOKED_AT = 500  # changes of all cities; of these, those for the webhook go into one delivery
LEASE = timedelta(seconds=60)
EVERY = timedelta(seconds=5)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=6)
PATIENCE = timedelta(days=3)
KEPT = timedelta(days=30)
NOTICE_VALID = timedelta(days=30)
DISABLED = "webhook.disabled"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """`report` when it is public, as in every export; else only that it changed, and its state."""

    id: UUID
    tracking_id: str
    version: int
    state: str
    visibility: str
    agency: str | None
    report: OpenReport | None


class Delivery(msgspec.Struct, frozen=True):
    """`id` is another one with each attempt; a receiver drops versions of a report that it has."""

    id: UUID
    webhook: UUID
    sent_at: datetime
    city: str
    changes: tuple[Change, ...]


class Leased(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    city: int
    agency: int | None
    url: str
    secret_sealed: bytes
    added_by: int
    xid: int
    report: int
    failures: int
    failing_since: datetime | None


LEASE_NEXT = """
UPDATE webhook SET leased_until = $2 WHERE id = (
    SELECT id FROM webhook
    WHERE disabled_at IS NULL AND next_at <= $1 AND (leased_until IS NULL OR leased_until <= $1)
    ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, city, agency, url, secret_sealed, added_by, xid, report, failures, failing_since
"""

CHANGED = """
-- only what can no longer be overtaken: up to the oldest transaction that is still open
SELECT id, changed_xid, city, agency FROM report
WHERE (changed_xid, id) > ($1, $2) AND changed_xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
ORDER BY changed_xid, id LIMIT $3
"""

DESCRIBE = """
SELECT r.id, r.client_id, r.tracking_id, r.version, r.state, r.visibility, agency.key AS agency
FROM unnest($1::bigint[]) WITH ORDINALITY AS wanted (id, place)
JOIN report AS r ON r.id = wanted.id LEFT JOIN agency ON agency.id = r.agency
ORDER BY wanted.place
"""


class Webhooks:
    def __init__(self, poster: Poster, seals: Seals, cities: CityBook, site: str) -> None:
        self._poster, self._seals, self._cities, self._site = poster, seals, cities, site

    async def deliver_due(self, now: datetime) -> bool:
        """To the one that has waited longest; whether there was one."""
        rows = await DB.fetch(LEASE_NEXT, now, now + LEASE)
        if not rows:
            return False
        webhook = Leased(**rows[0])
        changed = await DB.fetch(CHANGED, webhook.xid, webhook.report, LOOKED_AT)
        city = next((one for one in await self._cities.cities() if one.id == webhook.city), None)
        ids = [row["id"] for row in changed if city and _is_for(webhook, city, row)]
        if not ids or city is None:
            await _settle(webhook, changed, now + (timedelta() if len(changed) == LOOKED_AT else EVERY))
            return True
        delivery = Delivery(uuid7(), webhook.id, now, city.code, await self._changes(ids, now))
        answered = await self._post(webhook, delivery)
        await _note(delivery, answered)
        if answered.is_taken:
            await _settle(webhook, changed, now)
        else:
            await _postpone(webhook, now)
        return True

    async def _changes(self, ids: Sequence[int], now: datetime) -> tuple[Change, ...]:
        rows = await DB.fetch(DESCRIBE, list(ids))
        reports = await read_open_reports(ids, Written("id", self._site, now))
        public = {report.tracking_id: report for report in reports}
        return tuple(
            Change(
                id=row["client_id"],
                tracking_id=shown(row["tracking_id"]),
                version=row["version"],
                state=row["state"],
                visibility=row["visibility"],
                agency=row["agency"],
                report=public.get(shown(row["tracking_id"])),
            )
            for row in rows
        )

    async def _post(self, webhook: Leased, delivery: Delivery) -> Answered:
        body = msgspec.json.encode(delivery)
        secret = self._seals.unseal(webhook.secret_sealed, f"webhook {webhook.id}")
        headers = {
            "content-type": "application/json",
            "user-agent": "Kentongan",
            "kentongan-webhook": str(webhook.id),
            "kentongan-delivery": str(delivery.id),
            "kentongan-signature": signature(secret, body, int(delivery.sent_at.timestamp())),
        }
        return await asyncio.to_thread(self._poster.post, webhook.url, body, headers)


def _is_for(webhook: Leased, city: City, row: asyncpg.Record) -> bool:
    if row["city"] != webhook.city:
        return False
    return webhook.agency is None or row["agency"] in agency_and_below(city, webhook.agency)


SETTLE = """
UPDATE webhook SET xid = $2, report = $3, next_at = $4, leased_until = NULL, failures = 0, failing_since = NULL
WHERE id = $1
"""


async def _settle(webhook: Leased, changed: Sequence[asyncpg.Record], next_at: datetime) -> None:
    place = (changed[-1]["changed_xid"], changed[-1]["id"]) if changed else (webhook.xid, webhook.report)
    await DB.fetch(SETTLE, webhook.id, *place, next_at)


NOTE = """
INSERT INTO webhook_attempt (delivery, webhook, at, changes, status, fault, took_ms)
SELECT $1, $2, $3, $4, $5, $6, $7 WHERE EXISTS (SELECT FROM webhook WHERE id = $2)
"""


async def _note(delivery: Delivery, answered: Answered) -> None:
    count = len(delivery.changes)
    said = (answered.status, answered.fault, answered.took_ms)
    await DB.fetch(NOTE, delivery.id, delivery.webhook, delivery.sent_at, count, *said)


POSTPONE = """
UPDATE webhook SET failures = failures + 1, failing_since = coalesce(failing_since, $2), next_at = $3,
    leased_until = NULL, disabled_at = CASE WHEN $4 THEN $2 END
WHERE id = $1
"""


async def _postpone(webhook: Leased, now: datetime) -> None:
    """Twice as long each time; after days of failures it is switched off, and who added it is told."""
    is_over = webhook.failing_since is not None and now - webhook.failing_since >= PATIENCE
    async with DB.transaction():
        await DB.fetch(POSTPONE, webhook.id, now, now + pause_after(webhook.failures), is_over)
        if is_over:
            notice = Notice(
                recipient=webhook.added_by, subject=webhook.id, rev=webhook.failures, kind=DISABLED, params={}
            )
            await notify(notice, now, NOTICE_VALID)


def pause_after(failures: int) -> timedelta:
    """With jitter, so that many webhooks of one dead server do not come back at once."""
    pause: timedelta = min(FIRST_PAUSE * 2 ** min(failures, 20), LONGEST_PAUSE)
    return pause * random.uniform(0.75, 1.25)  # noqa: S311  # nobody's secret hangs on it


FORGET = "DELETE FROM webhook_attempt WHERE at < $1"


async def forget_attempts(now: datetime) -> None:
    await DB.fetch(FORGET, now - KEPT)
