"""push_latency: from the commit of a change to FCM's acceptance of its message, at 50 changes a second.

A real worker process, and the double in another; both read the machine's one monotonic clock.
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
from uuid import UUID, uuid4

import uvloop

from tests.bench.served import a_database
from tests.peers.fcm import FcmDouble, start_fcm_double

CHANGES, PER_S, DATABASE = 1_500, 50, "kentongan_bench_push_latency"
WARM = 100  # changes before the first that counts
FACTS = {"tracking_id": "2ABC3DEF", "state": "in_progress"}
REFERENCE_P50_MS, REFERENCE_P99_MS = 50, 500


async def change(recipient: int) -> tuple[UUID, float]:
    """The notification's mid, and when its transaction was committed."""
    from api.clock import wall_clock
    from api.piccolo_conf import DB
    from push.outbox import Notice, notify

    notice = Notice(recipient=recipient, subject=uuid4(), rev=1, kind="report.changed", params=FACTS)
    async with DB.transaction():
        mid = await notify(notice, wall_clock(), timedelta(days=1))
    return mid, time.monotonic()


async def latencies_ms(double: FcmDouble) -> list[float]:
    from api.clock import wall_clock
    from push import addresses

    for number in range(WARM + CHANGES):
        await addresses.register(uuid4(), number, "fcm", f"ok-{number}", wall_clock())
    began, changes = time.monotonic(), []
    for number in range(WARM + CHANGES):
        await asyncio.sleep(max(0.0, began + number / PER_S - time.monotonic()))
        changes.append(asyncio.create_task(change(number)))
    committed = {str(mid): at for mid, at in await asyncio.gather(*changes[WARM:])}
    async with asyncio.timeout(60):
        while (await asyncio.to_thread(double.stats))["accepted"] < WARM + CHANGES:
            await asyncio.sleep(0.2)
    accepted = {said.mid: said.at for said in await asyncio.to_thread(double.accepted)}
    return sorted(1000 * (accepted[mid] - at) for mid, at in committed.items())


async def measure(double: FcmDouble) -> list[float]:
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
            return await latencies_ms(double)
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            shutil.rmtree(given["DATA_DIR"], ignore_errors=True)


def main() -> None:
    with start_fcm_double() as double:
        taken = uvloop.run(measure(double))
    p50, p99 = (taken[int(len(taken) * share)] for share in (0.5, 0.99))
    line = {
        "name": "push_latency",
        "value": round(p50, 1),
        "unit": "ms from commit to acceptance, median",
        "p99_ms": round(p99, 1),
        "reference": REFERENCE_P50_MS,
        "reference_p99": REFERENCE_P99_MS,
        "ratio": round(REFERENCE_P50_MS / p50, 2),
        "conditions": f"{CHANGES} changes, {PER_S} a second, one worker, the double in its own process",
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
