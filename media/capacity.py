"""Whether new photos may be announced. What was announced is always taken: nothing is refused in the middle."""

import shutil
from datetime import datetime, timedelta

from media.errors import IntakeFull
from media.rows import fetch
from media.spool import Spool

LOOK_EVERY = timedelta(seconds=5)

WAITING = """
-- counted no further than it matters
SELECT count(*) AS waiting FROM (SELECT FROM photo WHERE state = 'uploaded' LIMIT $1) AS queue
"""


class Capacity:
    """`keep_free_bytes` is for the uploads that were promised their place; `most_waiting` is what one
    worker renders in about an hour."""

    def __init__(self, spool: Spool, keep_free_bytes: int = 500_000_000, most_waiting: int = 5000) -> None:
        self.spool, self.keep_free_bytes, self.most_waiting = spool, keep_free_bytes, most_waiting
        self.looked_at: datetime | None = None
        self.full: str | None = None

    async def check(self, now: datetime) -> None:
        """Raises IntakeFull. Looks at most every LOOK_EVERY."""
        if self.looked_at is None or not timedelta() <= now - self.looked_at < LOOK_EVERY:
            self.full = await self._full()
            self.looked_at = now
        if self.full:
            raise IntakeFull(self.full)

    async def _full(self) -> str | None:
        if shutil.disk_usage(self.spool.folder).free < self.keep_free_bytes:
            return "the disk is nearly full"
        rows = await fetch(WAITING, self.most_waiting)
        return "too many photos wait to be rendered" if rows[0]["waiting"] >= self.most_waiting else None
