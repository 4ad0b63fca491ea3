"""A copy of all that is kept of somebody, for themselves: one JSON document, written while it is read.

Flat memory: a page of reports at a time. What is in it and where it comes from stands in the handbook's "What is kept".
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from api.accounts.phones import number_of
from api.accounts.sealing import Seals
from api.accounts.speaker import Speaker
from api.catalogue import Language
from api.cities.book import CityBook
from api.piccolo_conf import DB
from api.reports.queries import read_report
from api.rights.errors import ExportsUsedUp

PER_DAY = 3
PAGE = 50
FORMAT = "kentongan-own-export-1"

TAKE = """
-- one of today's
INSERT INTO own_export AS e (account, day, taken) VALUES ($1, $2, 1)
ON CONFLICT (account) DO UPDATE SET taken = CASE e.day WHEN EXCLUDED.day THEN e.taken ELSE 0 END + 1, day = EXCLUDED.day
WHERE e.day <> EXCLUDED.day OR e.taken < $3
RETURNING taken
"""


async def take(account: int, now: datetime) -> None:
    """Raises ExportsUsedUp."""
    if not await DB.fetch(TAKE, account, now.date(), PER_DAY):
        raise ExportsUsedUp(PER_DAY, 86400 - int(now.timestamp()) % 86400)


ACCOUNT = """
SELECT uid AS account_id, login, language, created_at, seen_at, disabled_at FROM account WHERE id = $1
"""
# Name in the document → what is read, of the account $1 with a bounded number of rows.
LISTS: dict[str, str] = {
    "sessions": """
        SELECT family AS id, max(device_name) AS device_name, max(access_until) AS used_until,
            bool_or(revoked_at IS NULL) AS is_open
        FROM session WHERE account = $1 GROUP BY family LIMIT 1000
    """,
    "phone_linked": "SELECT linked_at FROM account_phone WHERE account = $1",
    "sign_in_services": "SELECT project, subject, since FROM firebase_identity WHERE account = $1 LIMIT 100",
    "grants": "SELECT role, city, agency, area_code, created_at FROM role_grant WHERE account = $1 LIMIT 1000",
    "account_events": "SELECT kind, at FROM account_event WHERE account = $1 ORDER BY id LIMIT 10000",
    "push_addresses": "SELECT kind, address, registered_at FROM address WHERE recipient = $1 LIMIT 100",
    "notification_wishes": "SELECT kind, is_digest FROM inbox_only WHERE recipient = $1 LIMIT 100",
    "quiet_hours": "SELECT begins, ends, zone FROM quiet_hours WHERE recipient = $1",
    "announcement_areas": "SELECT area_code, since FROM area_subscription WHERE account = $1 LIMIT 100",
    "blocks": "SELECT reason, at, until, appeal, appealed_at FROM block WHERE account = $1 LIMIT 1000",
    "inbox": """
        SELECT mid, kind, params::text AS params, created_at, seen_at FROM notification
        WHERE recipient = $1 ORDER BY seq LIMIT 20000
    """,
    "comments": """
        SELECT r.tracking_id, e.note AS text, e.at, e.is_hidden FROM report_event AS e
        JOIN report AS r ON r.id = e.report
        WHERE e.kind = 'comment' AND e.actor IN (SELECT id FROM account WHERE id = $1 OR merged_into = $1)
        ORDER BY e.at LIMIT 20000
    """,
    "supports_and_followings": """
        SELECT r.tracking_id, f.reason, f.since FROM report_follower AS f JOIN report AS r ON r.id = f.report
        WHERE f.account = $1 ORDER BY f.since LIMIT 20000
    """,
    "contact_looks": """
        SELECT r.tracking_id, e.at, e.role, e.reason FROM report AS r JOIN report_event AS e ON e.report = r.id
        WHERE r.account = $1 AND e.kind = 'contact' ORDER BY e.at LIMIT 20000
    """,
}


async def export(
    speaker: Speaker, cities: CityBook, language: Language, seals: Seals, base_url: str, now: datetime
) -> AsyncIterator[bytes]:
    """The parts of the document. Photos are links; those of reports that the public does not see need the sign-in."""
    head = {"format": FORMAT, "made_at": now, "base_url": base_url, "account": _plain(await _rows(ACCOUNT, speaker))[0]}
    head["phone"] = await number_of(speaker.account, seals)
    yield msgspec.json.encode(head)[:-1]
    for name, sql in LISTS.items():
        yield f',"{name}":'.encode() + msgspec.json.encode(_plain(await _rows(sql, speaker)))
    yield b',"reports":['
    is_first = True
    async for report in _reports(speaker, cities, language):
        yield (b"" if is_first else b",") + report
        is_first = False
    yield b"]}"


async def _rows(sql: str, speaker: Speaker) -> Sequence[asyncpg.Record]:
    return await DB.fetch(sql, speaker.account)


def _plain(rows: Sequence[asyncpg.Record]) -> list[dict[str, Any]]:
    return [dict(row) | ({"params": msgspec.Raw(row["params"].encode())} if "params" in row else {}) for row in rows]


OWN = "SELECT r.id, r.client_id FROM report AS r WHERE r.account = $1 AND r.id > $2 ORDER BY r.id LIMIT $3"


async def _reports(speaker: Speaker, cities: CityBook, language: Language) -> AsyncIterator[bytes]:
    after, as_resident = 0, msgspec.structs.replace(speaker, grants=())
    while rows := await DB.fetch(OWN, speaker.account, after, PAGE):
        for row in rows:
            yield msgspec.json.encode(await read_report(row["client_id"], as_resident, cities, language))
        after = rows[-1]["id"]
