"""The worker's push chore in a process of its own, on a clock that runs sixty times as fast: a lease lasts a second."""

import asyncio
import os
import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

from api.piccolo_conf import DB
from api.worker import repeat
from push.fcm import FcmSender
from tests.push.factories import NOW, a_deliverer

FASTER = 60
BATCH = 20


def end_with_stdin() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


async def main(account: str, ca: str, port: str) -> None:
    began = time.monotonic()

    def clock() -> datetime:
        return NOW + FASTER * timedelta(seconds=time.monotonic() - began)

    await DB.start_connection_pool(min_size=1, max_size=2)
    async with FcmSender(Path(account), Path(ca), ("127.0.0.1", int(port))) as sender:
        deliverer = a_deliverer(sender, batch=BATCH, patience_s=0.25)

        async def push() -> bool:
            return bool(await deliverer.deliver_due(clock()))

        await repeat(push, lambda: asyncio.sleep(0.05), "push")


if __name__ == "__main__":
    threading.Thread(target=end_with_stdin, daemon=True).start()
    asyncio.run(main(*sys.argv[1:]))
