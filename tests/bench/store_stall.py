"""What others feel while the object store hangs: `python -m tests.bench.store_stall`.

A store that takes every connection and never says a word, thirty-two visitors who want photos from it, and one who
asks for something else, again and again.
"""

import asyncio
import json
import os
import sys
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx

from tests.bench.create import a_city, requests
from tests.bench.load import send_all
from tests.bench.served import a_database, an_api

VISITORS, OTHERS = 32, 2000


async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(65536):
        pass
    writer.close()


async def a_public_photo(port: int) -> UUID:
    """Of a report through the front door; what the worker and the city did is written here."""
    from api.accounts.sessions import open_anonymous
    from api.piccolo_conf import DB
    from tests.media.factories import an_expected_photo

    token = (await open_anonymous("bench", "id", datetime.now(UTC))).access_token
    await send_all(port, requests([token], 1), 1)
    photo, _ = await an_expected_photo()
    await DB.fetch("UPDATE photo SET state = 'ready', settled_at = now() WHERE id = $1", photo)
    await DB.fetch("UPDATE report SET triaged_at = now(), state = 'in_progress'")
    await DB.fetch("INSERT INTO report_photo SELECT $1, id, account, 'report', 1 FROM report", photo)
    return photo


async def wanting(http: httpx.AsyncClient, photo: UUID, statuses: list[int]) -> None:
    while True:
        with suppress(httpx.HTTPError):
            statuses.append((await http.get(f"/photos/{photo}/640")).status_code)


async def main() -> None:
    store = await asyncio.start_server(never, "127.0.0.1", 0)
    os.environ["MEDIA_URL"] = (
        f"s3://k:s@127.0.0.1:{store.sockets[0].getsockname()[1]}/photos?region=us-east-1&secure=false"
    )
    with tempfile.TemporaryDirectory() as folder:
        async with a_database(f"bench_stall_{os.getpid()}"):
            await a_city()
            async with an_api(folder) as (port, _):
                photo, other = await a_public_photo(port), [b"GET /v1/config HTTP/1.1\r\nHost: bench\r\n\r\n"] * OTHERS
                await send_all(port, other, connections=1)
                calm = await send_all(port, other, connections=1)
                statuses: list[int] = []
                async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
                    visitors = [asyncio.create_task(wanting(http, photo, statuses)) for _ in range(VISITORS)]
                    await asyncio.sleep(1)
                    stalled = await send_all(port, other, connections=1)
                    for visitor in visitors:
                        visitor.cancel()
                    await asyncio.gather(*visitors, return_exceptions=True)
    store.close()
    tell(calm.p99_ms, stalled.p99_ms, statuses)


def tell(calm_ms: float, stalled_ms: float, statuses: list[Any]) -> None:
    line = {
        "name": "store_stall",
        "value": round(stalled_ms - calm_ms, 2),
        "unit": "ms more at p99 of other requests",
        "reference": 20,
        "ratio": round((stalled_ms - calm_ms) / 20, 3),
        "conditions": f"{OTHERS} × GET /v1/config, p99 {calm_ms:.2f} ms before, {stalled_ms:.2f} ms while {VISITORS} "
        "visitors wait for a store that never answers",
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
