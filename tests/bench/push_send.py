"""push_send: messages per CPU-second of our sender, against firebase-admin's `send_each_async` in the same run.

Each sends in a process of its own to FCM's double, which is a third: `python -m tests.bench.push_send`. They take
turns, for a machine that others use too is not equally fast all the time; the medians are compared.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from uuid import uuid4

import uvloop

from tests.peers.fcm import REPOSITORY, FcmDouble, start_fcm_double

OURS, THEIRS, AT_A_TIME, TURNS = 20_000, 1_200, 400, 3  # messages a turn


async def measured(send: Callable[[], Awaitable[int]], count: int) -> float:
    """Messages per CPU-second of this process, all its threads included. A first batch opens the connections."""
    await send()
    began, accepted = time.process_time(), 0
    for _ in range(0, count, AT_A_TIME):
        accepted += await send()
    return accepted / (time.process_time() - began)


async def ours(account: Path, ca: Path, port: int) -> float:
    from push.fcm import FcmSender
    from push.sender import Delivered
    from tests.push.factories import a_letter

    letters = [a_letter(f"ok-{number}") for number in range(AT_A_TIME)]
    async with FcmSender(account, ca, ("127.0.0.1", port), quota_per_minute=6_000_000) as sender:

        async def send() -> int:
            outcomes = await asyncio.gather(*[sender.send(letter) for letter in letters])
            return sum(isinstance(outcome, Delivered) for outcome in outcomes)

        return await measured(send, OURS)


async def theirs(account: Path, ca: Path, port: int) -> float:
    import firebase_admin
    from firebase_admin import credentials, messaging

    app = firebase_admin.initialize_app(credentials.Certificate(str(account)))
    service = messaging._get_messaging_service(app)
    service._fcm_url = f"https://localhost:{port}/v1/projects/{FcmDouble.project}/messages:send"

    def message(number: int) -> messaging.Message:
        subject = str(uuid4())
        return messaging.Message(
            token=f"ok-{number}",
            data={"mid": str(uuid4()), "rev": "3", "kind": "report.changed", "subject": subject},
            notification=messaging.Notification(title="Laporan", body="Sudah dikerjakan"),
            android=messaging.AndroidConfig(ttl=3600, notification=messaging.AndroidNotification(tag=subject)),
            apns=messaging.APNSConfig(payload=messaging.APNSPayload(aps=messaging.Aps(thread_id=subject))),
        )

    messages = [message(number) for number in range(AT_A_TIME)]

    async def send() -> int:
        answer = await messaging.send_each_async(messages)
        return int(answer.success_count)

    return await measured(send, THEIRS)


def in_a_process(name: str, double: FcmDouble) -> float:
    where = (double.service_account_path, double.ca_path, double.port)
    trusted = {"SSL_CERT_FILE": str(double.ca_path), "REQUESTS_CA_BUNDLE": str(double.ca_path)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.push_send", name, *map(str, where)],
        env=os.environ | trusted | {"PICCOLO_CONF": "api.piccolo_conf", "DATABASE_URL": "postgresql:///none"},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def main() -> None:
    with start_fcm_double() as double:
        turns = [(in_a_process("ours", double), in_a_process("theirs", double)) for _ in range(TURNS)]
    value, reference = (median(rates) for rates in zip(*turns, strict=True))
    line = {
        "name": "push_send",
        "value": round(value),
        "unit": "messages per CPU-second",
        "reference": round(reference),
        "ratio": round(value / reference, 1),
        "conditions": f"medians of {TURNS} turns with {OURS} and {THEIRS} messages, {AT_A_TIME} at a time,"
        " TLS and HTTP/2, firebase-admin's send_each_async, the double in its own process",
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    if sys.argv[1:]:
        warnings.simplefilter("ignore", DeprecationWarning)
        sender = {"ours": ours, "theirs": theirs}[sys.argv[1]]
        rate = uvloop.run(sender(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])))
        sys.stdout.write(f"{rate}\n")
    else:
        main()
