"""Delivers what is due: lease, send all at once, settle. At least once, and never by a row that is not leased.

Any number of deliverers may run, in one process or many. What a crash leaves behind is leased again when its lease
ends; the phone drops what it has by `mid`.
"""

import asyncio
import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from random import SystemRandom
from typing import assert_never

from push import ledger
from push.ledger import Leased, Notification, Settlement
from push.preferences import awake_at
from push.sender import AddressDead, Delivered, Letter, Outcome, Rejected, Sender, Text, TryLater

log = logging.getLogger(__name__)

BATCH = 400  # as many as FcmSender's connections carry at a time
LEASE_S = 60.0
SETTLE_EVERY_S = 0.25
BACKOFF_S, MAX_BACKOFF_S = 1.0, 900.0
AMBIGUOUS_BACKOFF_S = 30.0
MAX_JITTER_S = 30.0
MAX_AMBIGUOUS = 3  # sends that may have arrived; one more would annoy more than it helps, the inbox has it
FAULT_S = 300.0  # until a notification that could not be rendered is tried again
_random = SystemRandom()


class Deliverer:
    """`senders` by kind of address; `render` gives the words, in the language that the notification's params name."""

    def __init__(
        self,
        senders: Mapping[str, Sender],
        render: Callable[[Notification], Text],
        batch: int = BATCH,
        lease_s: float = LEASE_S,
    ) -> None:
        self._senders, self._render, self._batch, self._lease_s = dict(senders), render, batch, lease_s
        self._missed: set[str] = set()

    async def deliver_due(self, now: datetime) -> int:
        """How many rows were due, sent or not; 0 means: wait for the wake-up call. To be awaited to its end."""
        lease_id, began = uuid.uuid4(), time.monotonic()
        until = now + timedelta(seconds=self._lease_s)
        batch = await ledger.lease(lease_id, list(self._senders), self._batch, now, until)
        self._say_once(batch.unconfigured)
        sending = {asyncio.create_task(self._send(row, now)): row for row in batch.rows}
        try:
            while sending:
                done, _ = await asyncio.wait(sending, timeout=SETTLE_EVERY_S)
                at = now + timedelta(seconds=time.monotonic() - began)
                _say_faults(done, sending)
                await self._settle(lease_id, [_result(task, sending.pop(task)) for task in done], at)
        finally:
            for task in sending:
                task.cancel()
        return batch.due

    def _say_once(self, kinds: frozenset[str]) -> None:
        for kind in kinds - self._missed:
            log.warning("no sender is configured, notifications stay in the inbox: kind=%s", kind)
            self._missed.add(kind)

    async def _settle(self, lease_id: uuid.UUID, settlements: Sequence[Settlement], at: datetime) -> None:
        if not settlements:
            return
        ours = await ledger.settle(lease_id, settlements, at)
        codes = Counter(each.code or each.state for each in settlements)
        log.info("push settled: rows=%s late=%s %s", ours, len(settlements) - ours, dict(codes))

    async def _send(self, leased: Leased, now: datetime) -> Outcome:
        """The lease bounds it: nobody else may have the row while it is on its way."""
        said = leased.notification
        text = self._render(said)
        if leased.quiet and not text.is_urgent and (until := awake_at(leased.quiet, now)) > now:
            return TryLater(code="QUIET_HOURS", after_s=(until - now).total_seconds(), was_sent=False)
        letter = Letter(
            mid=said.mid,
            subject=said.subject,
            rev=said.rev,
            kind=said.kind,
            address_kind=leased.address_kind,
            address=leased.address,
            text=text,
            valid_until=said.valid_until,
            valid_for_s=int((said.valid_until - now).total_seconds()),
        )
        try:
            async with asyncio.timeout(self._lease_s * 0.75):
                return await self._senders[leased.address_kind].send(letter)
        except TimeoutError:
            return TryLater(code="TOO_SLOW", is_ambiguous=True)


Sending = asyncio.Task[Outcome]


def _result(task: Sending, leased: Leased) -> Settlement:
    """A fault of ours with one row, in its words say, must not hold up the others, nor lose the row."""
    if task.exception() is None:
        return settlement(leased, task.result())
    return settlement(leased, TryLater(code="FAULT", after_s=FAULT_S, was_sent=False))


def _say_faults(done: Collection[Sending], rows: Mapping[Sending, Leased]) -> None:
    """One of each kind in full: a hundred thousand rows may have the same fault."""
    faults = {rows[task].notification.kind: task for task in done if task.exception()}
    for kind, task in faults.items():
        log.error("push not sent: kind=%s mid=%s", kind, rows[task].notification.mid, exc_info=task.exception())


def settlement(leased: Leased, outcome: Outcome) -> Settlement:
    """What becomes of the row."""
    match outcome:
        case Delivered(provider_id):
            return Settlement(leased=leased, state="delivered", provider_id=provider_id)
        case AddressDead(code):
            return Settlement(leased=leased, state="address_dead", code=code)
        case Rejected(code, detail):
            return Settlement(leased=leased, state="rejected", code=f"{code} {detail}".strip())
        case TryLater():
            return _again(leased, outcome)
        case _:
            assert_never(outcome)


def _again(leased: Leased, outcome: TryLater) -> Settlement:
    is_enough = outcome.is_ambiguous and leased.ambiguous + 1 >= MAX_AMBIGUOUS
    return Settlement(
        leased=leased,
        state="unconfirmed" if is_enough else "pending",
        code=outcome.code,
        wait_s=wait_s(leased.attempts, outcome),
        is_ambiguous=outcome.is_ambiguous,
        was_sent=outcome.was_sent,
    )


def wait_s(attempts: int, outcome: TryLater) -> float:
    """Full jitter, and never earlier than the other side asked for."""
    if outcome.after_s is not None:
        return outcome.after_s + _random.uniform(0, min(MAX_JITTER_S, max(outcome.after_s, BACKOFF_S)))
    base = AMBIGUOUS_BACKOFF_S if outcome.is_ambiguous else BACKOFF_S
    return _random.uniform(0, min(MAX_BACKOFF_S, base * 2.0 ** min(attempts, 16)))
