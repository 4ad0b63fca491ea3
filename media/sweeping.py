"""What may go: uploads that were never finished, photos that were never used, objects that nobody means.

Rows first, objects later. A swept photo can still be sent again by its phone, under the same id
(`uploads.py`). Objects go by mark and sweep: what no row means, or a row that is swept, or an original
whose time is over; and only after a day of grace, which is longer than any rendering takes.
"""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec

from media.rows import fetch
from media.store import Store

UNFINISHED_AFTER = timedelta(hours=48)
GRACE = timedelta(days=1)
OBJECT = re.compile(r"(photo|original)/[0-9a-f]{2}/([0-9a-f]{32})(?:\.\d+\.[a-z]+)?")
BATCH = 500
FEW, SHARE = 100, 0.1

UNFINISHED = """
SELECT id FROM photo WHERE state IN ('expected', 'uploading') AND expected_at < $1
ORDER BY expected_at LIMIT 1000
"""
GIVE_UP = """
-- whatever began again since it was chosen stays
UPDATE photo SET state = 'swept', reason = $2, settled_at = $3, lease = NULL, leased_until = NULL
WHERE id = ANY($1::uuid[]) AND CASE $2
    WHEN 'unfinished' THEN state IN ('expected', 'uploading') AND expected_at < $4
    ELSE state IN ('uploaded', 'ready') END
RETURNING id
"""


async def give_up_unfinished(now: datetime, *, is_real: bool = True) -> int:
    """How many; their bytes go with the next `Uploads.tidy`. At most 1000 a call."""
    ids = [row["id"] for row in await fetch(UNFINISHED, now - UNFINISHED_AFTER)]
    return len(await fetch(GIVE_UP, ids, "unfinished", now, now - UNFINISHED_AFTER)) if ids and is_real else len(ids)


async def give_up_unattached(ids: Sequence[UUID], now: datetime) -> int:
    """Photos that their phone announced and nobody named since; `api` knows which."""
    return len(await fetch(GIVE_UP, list(ids), "unattached", now, now)) if ids else 0


class Swept(msgspec.Struct, frozen=True):
    """`renditions` of swept photos and `originals` whose time is over; `unknown`: no row means them;
    `held_back`: unknown ones that are too many to be believed; `strange`: not of our making, never touched."""

    seen: int = 0
    renditions: int = 0
    originals: int = 0
    unknown: int = 0
    held_back: int = 0
    strange: int = 0


MEANT = """
-- the photo of each name; a key is 122 random bits, so that one name means one photo
SELECT key AS name, state, settled_at FROM photo WHERE key = ANY($1::text[])
UNION ALL
SELECT original, state, settled_at FROM photo WHERE original = ANY($1::text[])
UNION ALL
-- from before a redaction: the worker takes them away, and may need them before
SELECT old.key, state, settled_at FROM photo, unnest(stale) AS old (key)
WHERE stale <> '{}' AND old.key = ANY($1::text[])
"""


class Sweep:
    """One walk through the store. Deletes only what is stored since before the grace, asked at the last moment."""

    def __init__(self, store: Store, now: datetime, originals_kept: timedelta, *, is_real: bool = True) -> None:
        self.store, self.now, self.is_real = store, now, is_real
        self.originals_until = now - originals_kept
        self.unknown: list[str] = []
        self.counts = dict.fromkeys(Swept.__struct_fields__, 0)

    async def run(self, *, is_believed: bool = False) -> Swept:
        """More than a tenth unknown means another installation's store, or a database of yesterday: they are
        then kept, unless `is_believed`. Raises StoreUnavailable; what went is gone, the rest goes next time."""
        async for keys in _batches(self.store.walk()):
            await self._look(keys)
        is_many = len(self.unknown) > max(FEW, SHARE * self.counts["seen"])
        if is_many and not is_believed:
            self.counts["held_back"] = len(self.unknown)
        else:
            for key in self.unknown:
                await self._delete(key, "unknown")
        return Swept(**self.counts)

    async def _look(self, keys: list[str]) -> None:
        self.counts["seen"] += len(keys)
        named = {key: found for key in keys if (found := OBJECT.fullmatch(key))}
        self.counts["strange"] += len(keys) - len(named)
        rows = {row["name"]: row for row in await fetch(MEANT, [found[2] for found in named.values()])}
        for key, found in named.items():
            row = rows.get(found[2])
            if row is None:
                self.unknown.append(key)
            elif self._is_over(found[1], row):
                await self._delete(key, "originals" if found[1] == "original" else "renditions")

    def _is_over(self, kind: str, photo: asyncpg.Record) -> bool:
        if photo["state"] == "swept":
            return True
        return kind == "original" and photo["settled_at"] is not None and photo["settled_at"] < self.originals_until

    async def _delete(self, key: str, kind: str) -> None:
        stat = await self.store.stat(key)
        if stat is None or stat.stored_at > self.now - GRACE:
            return
        self.counts[kind] += 1
        if self.is_real:
            await self.store.delete(key)


async def _batches(keys: AsyncIterator[str]) -> AsyncIterator[list[str]]:
    batch: list[str] = []
    async for key in keys:
        batch.append(key)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
