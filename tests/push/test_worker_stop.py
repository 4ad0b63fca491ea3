"""The worker is stopped as a supervisor does it: with SIGTERM, while messages are on their way."""

import asyncio
from pathlib import Path

from api.clock import wall_clock
from tests.journeys.processes import a_worker, until
from tests.peers.fcm import FcmDouble
from tests.push.factories import a_notice, a_phone, states

PARAMS = {"tracking_id": "2ABC3DEF", "state": "in_progress"}


async def test_what_is_on_its_way_is_settled_before_the_worker_ends(fcm: FcmDouble, tmp_path: Path):
    await a_phone(7, "slow-1000-1")
    await a_notice(7, now=wall_clock(), params=PARAMS)
    reaching = {
        "FCM_SERVICE_ACCOUNT": str(fcm.service_account_path),
        "FCM_CA": str(fcm.ca_path),
        "FCM_RESOLVE": f"{fcm.host}:{fcm.port}",
    }
    async with a_worker(tmp_path, **reaching) as process:

        async def is_sent() -> bool:
            return bool((await asyncio.to_thread(fcm.stats))["sent"])

        await until(is_sent, "the message is on its way")
        process.terminate()
        assert await process.wait() == 0
    assert await states() == ["delivered"]
    assert len(fcm.accepted()) == 1
