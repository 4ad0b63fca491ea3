"""push_fanout: one announcement to 100,000 phones without topics: seconds to the last one's acceptance.

Meanwhile reports change, and what is told to one is timed from its commit to FCM's acceptance. A real worker process,
and the double in another; both read the machine's one monotonic clock.
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import uvloop

from tests.bench.push_latency import change
from tests.bench.served import a_database
from tests.peers.fcm import FcmDouble, start_fcm_double

AUDIENCE, DATABASE = int(os.environ.get("AUDIENCE", "100000")), "kentongan_bench_push_fanout"
CHANGE_EVERY_S, REFERENCE_DELAY_S = 0.1, 1.0

PHONES = """
INSERT INTO address (phone_id, recipient, kind, address, registered_at)
SELECT gen_random_uuid(), n, 'fcm', 'ok-' || n, now() FROM generate_series(1, $1::int) AS n
"""


async def announce() -> float:
    """When it was committed."""
    from api.clock import wall_clock
    from api.piccolo_conf import DB
    from push import fanout

    readers = [fanout.Reader(recipient, "report.changed") for recipient in range(1, AUDIENCE + 1)]
    facts = {"tracking_id": "2ABC3DEF", "state": "in_progress"}
    async with DB.transaction():
        said = fanout.Announcement(subject=uuid4(), rev=1, params=facts)
        await fanout.tell(readers, said, wall_clock(), timedelta(days=1))
    return time.monotonic()


async def changes_until(done: asyncio.Event) -> dict[str, float]:
    """Of other reports, told to people who get the announcement too: mid and time of commit."""
    committed = {}
    for number in range(1, AUDIENCE):
        if done.is_set():
            break
        mid, at = await change(number)
        committed[str(mid)] = at
        await asyncio.sleep(CHANGE_EVERY_S)
    return committed


async def accepted_by(double: FcmDouble, count: int) -> None:
    async with asyncio.timeout(600):
        while (await asyncio.to_thread(double.stats))["accepted"] < count:
            await asyncio.sleep(0.2)


async def told(double: FcmDouble) -> tuple[float, list[float]]:
    """Seconds of the whole, and the delays of the others in seconds."""
    from api.piccolo_conf import DB

    await DB.fetch(PHONES, AUDIENCE)
    await DB.fetch("ANALYZE address")
    done = asyncio.Event()
    began = await announce()
    others = asyncio.create_task(changes_until(done))
    await accepted_by(double, AUDIENCE)
    done.set()
    committed = await others
    await accepted_by(double, AUDIENCE + len(committed))
    accepted = {said.mid: said.at for said in await asyncio.to_thread(double.accepted)}
    last = max(at for mid, at in accepted.items() if mid not in committed)
    return last - began, sorted(accepted[mid] - at for mid, at in committed.items())


async def measure(double: FcmDouble) -> tuple[float, list[float]]:
    async with a_database(DATABASE) as url:
        given = {
            "DATABASE_URL": url,
            "DATA_DIR": tempfile.mkdtemp(prefix="bench-"),
            "FCM_SERVICE_ACCOUNT": str(double.service_account_path),
            "FCM_CA": str(double.ca_path),
            "FCM_RESOLVE": f"{double.host}:{double.port}",
            "LOG_LEVEL": "WARNING",
        }
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "api", "work", env={**os.environ, **given})
        try:
            return await told(double)
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            shutil.rmtree(given["DATA_DIR"], ignore_errors=True)


def main() -> None:
    with start_fcm_double() as double:
        took, delays = uvloop.run(measure(double))
    line = {
        "name": "push_fanout",
        "value": round(took, 1),
        "unit": "seconds from the announcement's commit to the last phone's acceptance",
        "messages_per_s": round(AUDIENCE / took),
        "other_delay_p50_s": round(delays[len(delays) // 2], 3),
        "other_delay_max_s": round(delays[-1], 3),
        "reference": REFERENCE_DELAY_S,
        "ratio": round(REFERENCE_DELAY_S / delays[-1], 2),
        "conditions": f"{AUDIENCE} phones, no topics, one worker; {len(delays)} changes of other reports meanwhile, "
        "reference and ratio are the longest delay of one of these",
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
