"""push_worker: from due in the outbox to settled, messages per second and CPU time each, with PostgreSQL's share.

The worker's own chore and sender, in a process of its own, against FCM's double, which is another.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

import asyncpg
import psutil
import uvloop

from tests.bench.served import a_database
from tests.peers.fcm import REPOSITORY, FcmDouble, start_fcm_double

ROWS, DATABASE = 100_000, "kentongan_bench_push_worker"

FILL = """
-- one phone and one notice each; nothing is superseded
WITH phone AS (
    INSERT INTO address (phone_id, recipient, kind, address, registered_at)
    SELECT gen_random_uuid(), n, 'fcm', 'ok-' || n, now() FROM generate_series(1, $1::int) AS n
    RETURNING id, recipient
),
told AS (
    INSERT INTO notification (recipient, subject, rev, kind, params, created_at, valid_until)
    SELECT recipient, gen_random_uuid(), 1, 'report.received',
        '{"tracking_id": "2ABC3DEF", "state": "dispatched", "agency": "Dinas PUPR"}', now(), now() + interval '1 day'
    FROM phone RETURNING seq, recipient
)
INSERT INTO delivery (notification, address, kind, not_before)
SELECT told.seq, phone.id, 'fcm', now() FROM told JOIN phone USING (recipient)
"""


async def drain(account: Path, ca: Path, port: int) -> None:
    """What the worker does, until nothing is due; prints what it took."""
    from api.clock import wall_clock
    from api.piccolo_conf import DB
    from api.reports.rendering import render
    from push.delivery import Deliverer
    from push.fcm import FcmSender

    process, first = psutil.Process(), 0
    await DB.start_connection_pool(min_size=1, max_size=4)
    async with FcmSender(account, ca, ("127.0.0.1", port)) as sender:
        deliverer = Deliverer({"fcm": sender}, render)
        await deliverer.deliver_due(wall_clock())  # opens the connections, makes the plans
        began, cpu_s, due, peak = time.monotonic(), time.process_time(), 0, 0
        while count := await deliverer.deliver_due(wall_clock()):
            due, peak = due + count, max(peak, process.memory_info().rss)
            first = first or (peak if due > ROWS / 10 else 0)
        took, cpu_s = time.monotonic() - began, time.process_time() - cpu_s
    rows = await DB.fetch("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
    backends_s = sum(sum(psutil.Process(row["pid"]).cpu_times()[:2]) for row in rows)
    facts = {"rows": due, "took": took, "own": cpu_s, "postgres": backends_s, "peak": peak, "first": first}
    sys.stdout.write(json.dumps(facts) + "\n")
    await DB.close_connection_pool()


async def measure(double: FcmDouble) -> dict[str, float]:
    async with a_database(DATABASE) as url:
        connection = await asyncpg.connect(url)
        await connection.execute(FILL.replace("$1", str(ROWS)))
        await connection.execute("ANALYZE")
        where = (double.service_account_path, double.ca_path, double.port)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.push_worker", *map(str, where)),
            cwd=REPOSITORY,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "DATABASE_URL": url},
        )
        output, _ = await process.communicate()
        left = await connection.fetchval("SELECT count(*) FROM delivery WHERE state <> 'delivered'")
        await connection.close()
    if process.returncode or left or double.stats()["accepted"] != ROWS:
        raise RuntimeError(f"not drained: {left} rows are left, {double.stats()}")
    facts: dict[str, float] = json.loads(output)
    return facts


def main() -> None:
    with start_fcm_double() as double:
        facts = uvloop.run(measure(double))
    own, postgres = (1e6 * facts[name] / facts["rows"] for name in ("own", "postgres"))
    line = {
        "name": "push_worker",
        "value": round(own + postgres),
        "unit": "µs of CPU per message, PostgreSQL included",
        "messages_per_s": round(facts["rows"] / facts["took"]),
        "worker_us": round(own),
        "postgres_us": round(postgres),
        "memory_mb": round(facts["peak"] / 1e6),
        "memory_growth_mb": round((facts["peak"] - facts["first"]) / 1e6, 1),
        "reference": 250,
        "ratio": round(250 / (own + postgres), 2),
        "conditions": f"{ROWS} rows due at once, one worker, the double over TLS and HTTP/2 in its own process",
    }
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    if sys.argv[1:]:
        uvloop.run(drain(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
    else:
        main()
