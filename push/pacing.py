"""How fast one project is sent to: below its quota, slower when told so, not at all while nobody answers."""

import asyncio
import time

SHARE = 0.8  # of the quota: the rest is for other senders of the project, and for the minute's edges
BURST_S = 0.05
MAX_WAIT_S = 2.0  # longer waits are the outbox's: its rows may be superseded or move meanwhile
MIN_RATE = 1.0
THROTTLED_S = 60.0
OUTAGE_S, MAX_OUTAGE_S = 5.0, 60.0


class Pacer:
    """Additive increase (from nothing to all in a minute of answers), multiplicative decrease."""

    def __init__(self, quota_per_minute: int) -> None:
        self._top = self.rate = SHARE * quota_per_minute / 60
        self._next = self._held_until = 0.0
        self._outages = 0

    async def turn(self) -> float:
        """Waits for a turn and gives 0.0; or gives at once the seconds after which to come again."""
        now = time.monotonic()
        at = max(self._next, now - BURST_S, self._held_until)
        if at - now > MAX_WAIT_S:
            return at - now
        self._next = at + 1 / self.rate
        if at > now:
            await asyncio.sleep(at - now)
        return 0.0

    @property
    def held_s(self) -> float:
        return max(0.0, self._held_until - time.monotonic())

    def accepted(self) -> None:
        self._outages = 0
        self.rate = min(self._top, self.rate + self._top / (60 * self.rate))

    def throttled(self, after_s: float | None) -> None:
        """One cut an episode: answers that were already on their way do not add to it."""
        now = time.monotonic()
        if now >= self._held_until:
            self.rate = max(MIN_RATE, self.rate / 2)
        self._held_until = max(self._held_until, now + (THROTTLED_S if after_s is None else after_s))

    def unreachable(self) -> None:
        """Nobody there: a pause, longer with each attempt that fails."""
        now = time.monotonic()
        if now >= self._held_until:
            self._outages += 1
            self._held_until = now + min(MAX_OUTAGE_S, OUTAGE_S * 2 ** (self._outages - 1))
