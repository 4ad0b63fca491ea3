"""Delivers what is due: lease, send all at once, settle. At least once, and never by a row that is not leased.

Any number of deliverers may run, in one process or many. What a crash leaves behind is leased again when its lease
ends; the phone drops what it has by `mid`.
"""

import asyncio
import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from datetime import time as time_of_day
from random import SystemRandom
from typing import assert_never

from push import ledger
from push.ledger import Leased, Notification, Room, Settlement
from push.preferences import Quiet, awake_at
from push.sender import AddressDead, Delivered, Letter, Outcome, Rejected, Sender, Text, TryLater

log = logging.getLogger(__name__)

BULK_SHARE = 0.75  # of a batch: a slow service of many must not hold up the one who waits
BATCH = 400  # as many as FcmSender's connections carry at a time
LEASE_S = 60.0
SETTLE_EVERY_S = 0.25
PATIENCE_S = 0.25
FINISH_S = 5.0
BACKOFF_S, MAX_BACKOFF_S = 1.0, 900.0
AMBIGUOUS_BACKOFF_S = 30.0
MAX_JITTER_S = 30.0
MAX_AMBIGUOUS = 3  # sends that may have arrived; one more would annoy more than it helps, the inbox has it
SMS_NIGHT, DEFAULT_ZONE = (time_of_day(21), time_of_day(7)), "Asia/Jakarta"
FAULT_S = 300.0  # until a notification that could not be rendered is tried again
_random = SystemRandom()
Sending = asyncio.Task[Outcome]


class Deliverer:
    """`senders` by kind of address; `render` gives the words, in the language that the notification's params name."""

    def __init__(
        self,
        senders: Mapping[str, Sender],
        render: Callable[[Notification], Text],
        batch: int = BATCH,
        lease_s: float = LEASE_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._senders, self._render = dict(senders), render
        self._batch, self._lease_s, self._patience_s = batch, lease_s, patience_s
        self._sending: dict[Sending, Leased] = {}
        self._unsettled: list[Settlement] = []
        self._missed: set[str] = set()

    async def deliver_due(self, now: datetime) -> int:
        """How many rows were due, sent or not, else how many are still on their way; 0: wait for the wake-up call.

        Waits for answers no longer than `patience_s`, so that one slow service does not hold up the others; what is
        still on its way is settled by a later call.
        """
        began = time.monotonic()
        await self._settle(now)  # what the database was not there for
        due = await self._lease(now)
        waited_s = 0.0
        while self._sending and waited_s <= self._patience_s:
            await asyncio.wait(self._sending, timeout=min(SETTLE_EVERY_S, self._patience_s))
            waited_s = time.monotonic() - began
            await self._settle(now + timedelta(seconds=waited_s))
        return due or len(self._sending)

    async def finish(self, now: datetime) -> None:
        """Before the process ends: settles what is answered within a few seconds, so that it does not come twice."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=FINISH_S)
        await self._settle(now)
        for task in self._sending:
            task.cancel()

    async def _lease(self, now: datetime) -> int:
        free = self._batch - len(self._sending)
        if free <= 0:
            return len(self._sending)  # there may be more due, and room for it soon
        until = now + timedelta(seconds=self._lease_s)
        bulk = int(self._batch * BULK_SHARE) - sum(row.is_bulk for row in self._sending.values())
        room = Room(free, max(0, min(free, bulk)))
        batch = await ledger.lease(uuid.uuid4(), list(self._senders), room, now, until)
        self._say_once(batch.unconfigured)
        self._sending |= {asyncio.create_task(self._send(row, now)): row for row in batch.rows}
        return batch.due

    def _say_once(self, kinds: frozenset[str]) -> None:
        for kind in kinds - self._missed:
            log.warning("no sender is configured, notifications stay in the inbox: kind=%s", kind)
            self._missed.add(kind)

    async def _settle(self, at: datetime) -> None:
        """Everything that is answered. What the database does not take is kept, and under its lease still ours."""
        done = [task for task in self._sending if task.done()]
        _say_faults(done, self._sending)
        self._unsettled += [_result(task, self._sending.pop(task)) for task in done]
        settlements = self._unsettled = [each for each in self._unsettled if each.leased.until > at]
        if not settlements:
            return
        ours = await ledger.settle(settlements, at)
        self._unsettled = []
        codes = Counter(each.code or each.state for each in settlements)
        log.info("push settled: rows=%s late=%s %s", ours, len(settlements) - ours, dict(codes))

    async def _send(self, leased: Leased, now: datetime) -> Outcome:
        """The lease bounds it: nobody else may have the row while it is on its way."""
        said = leased.notification
        text = self._render(said)
        quiet = silence(leased, is_urgent=text.is_urgent)
        if quiet and (until := awake_at(quiet, now)) > now:
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


def silence(leased: Leased, *, is_urgent: bool) -> Quiet | None:
    """When not to send. A text message rings for everybody, so it waits for the morning whatever it says."""
    if leased.address_kind == "sms":
        zone = str(leased.notification.params.get("zone", DEFAULT_ZONE))
        return leased.quiet or Quiet(*SMS_NIGHT, zone)
    return None if is_urgent else leased.quiet


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
