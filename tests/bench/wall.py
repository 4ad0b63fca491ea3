"""`wall`: 1,000 idle screens on one API process (MB more), and how long a change takes to reach all of them (ms)."""

import asyncio
import json
import tempfile
import time

from uuid_utils.compat import uuid7

from tests.bench.memory import settled
from tests.bench.served import a_database, an_api

SCREENS, CHANGES = 1_000, 20
LIMIT_MB, LIMIT_MS = 60, 500
ASK = b"GET /public/live HTTP/1.1\r\nHost: bench\r\n\r\n"


async def connect(port: int) -> asyncio.StreamReader:
    """Connected once the greeting has come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
    writer.write(ASK)
    await reader.readuntil(b"event: hello")
    await reader.readuntil(b"\n\n")
    OPEN.append(writer)
    return reader


OPEN: list[asyncio.StreamWriter] = []  # a writer that nobody holds is closed


async def submit_one(token: str, port: int) -> float:
    """When its transaction had been committed, by the monotonic clock."""
    import httpx

    body = {"category": "jalan-rusak", "text": "Lubang di jalan.", "position": {"lat": -6.40, "lon": 106.79}}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        answer = await http.put(f"/v1/reports/{uuid7()}", json=body, headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 201, answer.text
    return time.monotonic()


async def reach_all(screens: list[asyncio.StreamReader], token: str, port: int) -> float:
    """Milliseconds from the answer to the reporter until the last screen has the change."""

    async def hear(screen: asyncio.StreamReader) -> float:
        await screen.readuntil(b"event: change")
        return time.monotonic()

    heard = [asyncio.create_task(hear(screen)) for screen in screens]
    committed = await submit_one(token, port)
    return 1000 * (max(await asyncio.gather(*heard)) - committed)


async def open_city(port: int) -> str:
    """A resident's token, in a city of squares."""
    import httpx

    import geo.areas
    from api.cities.onboarding import add_city
    from tests.geo.factories import a_city_of_squares
    from tests.people import NOON

    await a_city_of_squares()
    await add_city("32.76", NOON, areas=geo.areas)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        token: str = (await http.post("/v1/accounts", json={})).json()["access_token"]
    return token


def say(name: str, value: float, unit: str, limit: float) -> None:
    line = {"name": name, "value": round(value, 1), "unit": unit, "reference": limit, "ratio": round(value / limit, 2)}
    print(json.dumps({**line, "conditions": f"{SCREENS} listeners, one API process"}))  # noqa: T201  # the result


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with a_database("bench_wall"), an_api(folder) as (port, api):
            token = await open_city(port)
            await submit_one(token, port)
            before = await settled(api.pid)
            screens = [await connect(port) for _ in range(SCREENS)]
            say("wall_memory", await settled(api.pid) - before, "MB", LIMIT_MB)
            delays = sorted([await reach_all(screens, token, port) for _ in range(CHANGES)])
            say("wall_median", delays[CHANGES // 2], "ms", LIMIT_MS)
            say("wall_worst", delays[-1], "ms", LIMIT_MS)


if __name__ == "__main__":
    asyncio.run(main())
