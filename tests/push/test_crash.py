"""A delivering process dies by SIGKILL; what FCM's double accepted is counted."""

import asyncio
import signal
import sys
from collections import Counter

import pytest

from push.fcm import FcmSender
from tests.peers.fcm import REPOSITORY, FcmDouble
from tests.push.factories import LATER, NOW, a_deliverer, notices_for, states

ROWS = 100


async def deliver_and_die(fcm: FcmDouble, answers: int) -> None:
    where = (fcm.service_account_path, fcm.ca_path, fcm.port)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.push.dying_deliverer", *map(str, where), str(answers), cwd=REPOSITORY
    )
    assert await process.wait() == -signal.SIGKILL


@pytest.mark.parametrize(
    "answers",
    [0, 1, ROWS // 2, ROWS],
    ids=["after the lease", "after the first answer", "half-way", "all sent, not settled"],
)
async def test_nothing_is_lost_and_only_what_was_in_flight_comes_twice(fcm: FcmDouble, sender: FcmSender, answers: int):
    mids = await notices_for([f"ok-{n}" for n in range(ROWS)])
    await deliver_and_die(fcm, answers)
    in_flight = (await states()).count("leased")
    assert in_flight
    assert len(fcm.accepted()) >= answers
    assert await a_deliverer(sender).deliver_due(NOW) == 0  # the dead one's lease still holds
    await a_deliverer(sender).deliver_due(LATER)
    told = Counter(accepted.mid for accepted in fcm.accepted())
    assert set(told) == set(map(str, mids))
    assert sum(told.values()) - ROWS <= (in_flight if answers else 0)
    assert set(await states()) == {"delivered"}
