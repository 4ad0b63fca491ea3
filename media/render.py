"""From uploaded to ready or refused: the worker's chore.

Kill -9 at any step costs nothing. Before the settle, the lease runs out and the photo is rendered again
onto the same keys; after it, only the spool file is left, and `Uploads.tidy` drops that.
"""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import assert_never
from uuid import UUID, uuid4

import msgspec
from anyio import CapacityLimiter, to_thread

from media.detector import Detector, Watch, look
from media.errors import NotFound, StoreUnavailable
from media.facts import RENDITIONS, Box, Died, Facts, Refused, Rendered
from media.rows import fetch
from media.sandbox import Sandbox
from media.spool import Spool
from media.store import Store, original_key, rendition_key
from media.stripping import stripped

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)  # longer than the sandbox's wall limit and a slow store together
RETRY = timedelta(seconds=20)
MAX_ATTEMPTS = 3
LARGE = max(RENDITIONS)
NO_WATCH = Watch()
OUR_FAULT = {"decoder_failed", "took_too_long"}  # the original is kept: a later decoder may read it


class Settled(msgspec.Struct, frozen=True):
    """`state` is ready or refused with a reason, or expected when the bytes must be sent again."""

    photo_id: UUID
    owner: int
    state: str
    reason: str | None


class Leased(msgspec.Struct, frozen=True):
    id: UUID
    owner: int
    sha256: bytes
    key: str
    original: str
    attempts: int
    lease: UUID
    boxes: tuple[Box, ...]
    stale: tuple[str, ...]
    """Keys of earlier renditions: the photo was redacted, and is drawn from what is kept."""


LEASE_ONE = """
-- the oldest that nobody renders; a lease that ran out belonged to a worker that died
UPDATE photo SET lease = $1, leased_until = $2, attempts = attempts + 1
WHERE id = (
    SELECT id FROM photo
    WHERE state = 'uploaded' AND (leased_until IS NULL OR leased_until <= $3)
    ORDER BY uploaded_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, owner, sha256, key, original, attempts, lease, boxes, stale
"""
SETTLE = """
-- only by the lease that rendered it: a worker believed dead may come back
UPDATE photo SET state = $3, reason = $4, lease = NULL, leased_until = NULL,
    -- drawn again, it keeps what its own file said, and the time from which its original is kept
    facts = coalesce(CASE WHEN stale <> '{}' THEN facts END, $5::jsonb),
    width = coalesce(CASE WHEN stale <> '{}' THEN width END, ($5::jsonb ->> 'width')::integer),
    height = coalesce(CASE WHEN stale <> '{}' THEN height END, ($5::jsonb ->> 'height')::integer),
    flags = CASE WHEN stale <> '{}' THEN flags END,
    proposals = $7::jsonb, hidden_at = CASE WHEN $8 AND stale = '{}' THEN coalesce(hidden_at, $6) ELSE hidden_at END,
    settled_at = CASE WHEN $3 = 'expected' THEN NULL WHEN stale = '{}' THEN $6::timestamptz
        ELSE coalesce(settled_at, $6::timestamptz) END
WHERE id = $1 AND lease = $2 AND state = 'uploaded'
RETURNING id AS photo_id, owner, state, reason
"""
STALE = """
-- not those whose old rendition may still be needed for the new one
SELECT id, stale FROM photo WHERE stale <> '{}' AND state <> 'uploaded' LIMIT 100
"""
DROPPED = """
UPDATE photo SET stale = '{}' WHERE id = $1 AND stale = $2 AND state <> 'uploaded'
"""
RETRY_LATER = """
UPDATE photo SET lease = NULL, leased_until = $3, attempts = attempts - $4
WHERE id = $1 AND lease = $2 AND state = 'uploaded'
"""


class Renderer:
    """`parallel` children at most, in all calls together."""

    def __init__(  # noqa: PLR0913  # the parts it joins, and two choices of the operator
        self,
        store: Store,
        spool: Spool,
        sandbox: Sandbox,
        clock: Callable[[], datetime],
        parallel: int = 1,
        *,
        detector: Detector | None = None,
        is_holding: bool = False,
    ) -> None:
        self.store, self.spool, self.sandbox, self.clock = store, spool, sandbox, clock
        self.limiter = CapacityLimiter(parallel)
        self.detector, self.is_holding = detector, is_holding

    async def render_due(self, limit: int = 8) -> list[Settled]:
        """Each photo is leased only when its turn comes. Ends early when the store is unavailable."""
        settled: list[Settled] = []
        for _ in range(limit):
            photo = await self._lease()
            if photo is None:
                break
            try:
                settled += await self._render(photo)
            except StoreUnavailable as error:
                log.warning("photos wait for the store: %s", error.cause)
                await self._retry(photo, uncounted=1)
                break
        return settled

    async def drop_stale(self) -> int:
        """Deletes the renditions from before a redaction: of how many photos. Raises StoreUnavailable."""
        rows = await fetch(STALE)
        for row in rows:
            for key in row["stale"]:
                for size in RENDITIONS:
                    await self.store.delete(rendition_key(key, size))
            await fetch(DROPPED, row["id"], row["stale"])
        return len(rows)

    async def _lease(self) -> Leased | None:
        now = self.clock()
        rows = await fetch(LEASE_ONE, uuid4(), now + LEASE, now)
        if not rows:
            return None
        boxes = msgspec.json.decode(rows[0]["boxes"], type=tuple[Box, ...])
        return Leased(**{**rows[0], "boxes": boxes, "stale": tuple(rows[0]["stale"])})

    async def _render(self, photo: Leased) -> list[Settled]:
        spooled = await to_thread.run_sync(self._announced_bytes, photo)
        content = spooled if spooled is not None else await self._kept(photo)
        if content is None:
            return await self._settle(photo, "expected", "hash_mismatch")
        outcome = await self._outcome(photo, content)
        match outcome:
            case Rendered():
                for size, rendition in outcome.renditions.items():
                    await self.store.put(rendition_key(photo.key, size), rendition)
                kept = await to_thread.run_sync(stripped, spooled, outcome.facts) if spooled is not None else None
                if kept is not None:
                    await self.store.put(original_key(photo.original), kept)
                watch = await look(self.detector, outcome.renditions[LARGE])
                return await self._settle(photo, "ready", None, outcome.facts, watch)
            case Refused():
                if outcome.reason in OUR_FAULT and spooled is not None:
                    await self.store.put(original_key(photo.original), spooled)
                return await self._settle(photo, "refused", outcome.reason)
            case Died():
                log.warning(
                    "photo=%s attempt=%d %s signal=%s", photo.id, photo.attempts, outcome.reason, outcome.signal
                )
                await self._retry(photo, uncounted=int(outcome.reason == "sandbox_down"))
                return []
            case _:
                assert_never(outcome)

    def _announced_bytes(self, photo: Leased) -> bytes | None:
        """None when a second upload wrote other bytes after the check, or the spool was lost."""
        content = self.spool.read(photo.id)
        return content if hashlib.sha256(content).digest() == photo.sha256 else None

    async def _kept(self, photo: Leased) -> bytes | None:
        """For one that is drawn again: the original, or when its time was over the largest rendition."""
        if not photo.stale:
            return None
        for key in (original_key(photo.original), *(rendition_key(old, LARGE) for old in reversed(photo.stale))):
            try:
                return await self.store.get(key)
            except NotFound:
                continue
        return None

    async def _outcome(self, photo: Leased, content: bytes) -> Rendered | Refused | Died:
        """A photo that killed every worker that touched it is not decoded again."""
        if photo.attempts > MAX_ATTEMPTS:
            return Refused("decoder_failed")
        outcome = await to_thread.run_sync(partial(self.sandbox.render, content, photo.boxes), limiter=self.limiter)
        if isinstance(outcome, Died) and outcome.reason in OUR_FAULT and photo.attempts == MAX_ATTEMPTS:
            return Refused(outcome.reason)
        return outcome

    async def _settle(
        self, photo: Leased, state: str, reason: str | None, facts: Facts | None = None, watch: Watch = NO_WATCH
    ) -> list[Settled]:
        """Nothing when the lease is no longer ours: then the spool file is not ours to drop either."""
        said = msgspec.json.encode(facts).decode() if facts else None
        boxes = msgspec.json.encode(watch.boxes).decode() if watch.boxes is not None else None
        is_held = self.is_holding and bool(watch.boxes or watch.is_blind)
        rows = await fetch(SETTLE, photo.id, photo.lease, state, reason, said, self.clock(), boxes, is_held)
        if rows:
            await to_thread.run_sync(self.spool.drop, photo.id)
        return [Settled(**row) for row in rows]

    async def _retry(self, photo: Leased, uncounted: int = 0) -> None:
        await fetch(RETRY_LATER, photo.id, photo.lease, self.clock() + RETRY, uncounted)
