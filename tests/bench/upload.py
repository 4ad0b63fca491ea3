"""CPU for 3 MB sent in pieces, and memory of uploads that stall: `python -m tests.bench.upload`.

Two references on the same server: an ASGI app that reads the same requests and does nothing at all (`upload`),
and one that does what no honest server may leave out, without account, row or rule: each piece written and
synced, the whole hashed (`upload_durable`).
"""

import asyncio
import hashlib
import json
import os
import random
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psutil

from tests.bench.load import send_all
from tests.bench.served import a_database, an_api, cpu_s, free_port

PHOTOS, PHOTO_BYTES, PIECE_BYTES, STALLED = 20, 3_000_000, 512 * 1024, 64


async def bare(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Any]) -> None:
    while scope["type"] == "http" and (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 204, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


async def durable(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Any]) -> None:
    if scope["type"] == "http":
        await asyncio.to_thread(keep, scope["path"].rpartition("/")[2], [part async for part in parts_of(receive)])
    await bare({"type": "done"}, receive, send)


async def parts_of(receive: Callable[[], Awaitable[Any]]) -> AsyncIterator[bytes]:
    while (message := await receive())["body"] or message["more_body"]:
        yield message["body"]
        if not message["more_body"]:
            return


def keep(name: str, parts: list[bytes]) -> None:
    with (Path(os.environ["BENCH_FOLDER"]) / name).open("ab+") as file:
        file.writelines(parts)
        file.flush()
        os.fdatasync(file.fileno())
        if file.tell() == PHOTO_BYTES:
            file.seek(0)
            hashlib.file_digest(file, "sha256")


def pieces_of(photo_id: UUID, photo: bytes, token: str) -> list[bytes]:
    return [
        (
            f"PATCH /v1/uploads/{photo_id} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/offset+octet-stream\r\nUpload-Offset: {at}\r\n"
            f"Content-Length: {len(photo[at : at + PIECE_BYTES])}\r\n\r\n"
        ).encode()
        + photo[at : at + PIECE_BYTES]
        for at in range(0, len(photo), PIECE_BYTES)
    ]


async def announced(port: int, count: int, photo_bytes: int = PHOTO_BYTES) -> tuple[str, list[tuple[UUID, bytes]]]:
    """A token and the photos that its account may send."""
    from api.piccolo_conf import DB
    from tests.media.factories import announced as announce

    async with httpx.AsyncClient() as http:
        made = (await http.post(f"http://127.0.0.1:{port}/v1/accounts", json={"device": {"name": "b"}})).json()
    owner = (await DB.fetch("SELECT id FROM account WHERE uid = $1", UUID(made["account_id"])))[0]["id"]
    photos = [random.Random(number).randbytes(photo_bytes) for number in range(count)]
    told = [announce(photo) for photo in photos]
    from media.photos import expect

    await expect(told, owner, datetime.now(UTC))
    return made["access_token"], [(each.id, photo) for each, photo in zip(told, photos, strict=True)]


async def ms_of(port: int, process: psutil.Process, requests: list[bytes]) -> float:
    begun = cpu_s(process)
    measured = await send_all(port, requests, connections=1)
    assert measured.statuses == {204: len(requests)}, measured.statuses
    return 1000 * (cpu_s(process) - begun) / PHOTOS


async def reference_ms(app: str, requests: list[bytes], folder: str) -> float:
    port = free_port()
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "uvicorn", f"tests.bench.upload:{app}", "--port", str(port)),
        *("--no-access-log", "--log-level", "warning", "--lifespan", "off"),
        env={**os.environ, "BENCH_FOLDER": folder},
    )
    try:
        while True:
            try:
                await send_all(port, requests[:1], connections=1)
                for left in Path(folder).iterdir():
                    left.unlink()
                return await ms_of(port, psutil.Process(server.pid), requests)
            except OSError:
                await asyncio.sleep(0.1)
    finally:
        server.terminate()
        await server.wait()


async def stalled_kb(port: int, process: psutil.Process, token: str, photo: tuple[UUID, bytes]) -> float:
    """Of each of many connections that sent all of a piece but its end."""
    request = pieces_of(*photo, token)[0][:-1]
    before = process.memory_info().rss
    writers = []
    for _ in range(STALLED):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        await writer.drain()
        writers.append(writer)
    await asyncio.sleep(2)
    held = (process.memory_info().rss - before) / STALLED / 1000
    for writer in writers:
        writer.transport.abort()
    return held


def tell(name: str, value: float, unit: str, reference: float, conditions: str) -> None:
    line = {"name": name, "value": round(value, 1), "unit": unit, "reference": round(reference, 1)}
    sys.stdout.write(json.dumps(line | {"ratio": round(value / reference, 2), "conditions": conditions}) + "\n")


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with a_database(f"bench_upload_{os.getpid()}"), an_api(folder) as (port, process):
            token, photos = await announced(port, PHOTOS + 3)
            warm = [piece for photo in photos[:2] for piece in pieces_of(*photo, token)]
            await send_all(port, warm, connections=1)
            requests = [piece for photo in photos[3:] for piece in pieces_of(*photo, token)]
            sent_ms = await ms_of(port, process, requests)
            held_kb = await stalled_kb(port, process, token, photos[2])
    with tempfile.TemporaryDirectory() as folder:
        bare_ms = await reference_ms("bare", requests, folder)
        durable_ms = await reference_ms("durable", requests, folder)
    how = f"{PHOTOS} of 3 MB in pieces of 512 KB, one after another"
    tell("upload", sent_ms, "ms CPU per photo", bare_ms, how + ", against reading alone")
    tell(
        "upload_durable", sent_ms, "ms CPU per photo", durable_ms, how + ", against reading, writing, syncing, hashing"
    )
    tell(
        "upload_stalled",
        held_kb,
        "KB held by each",
        1000,
        f"{STALLED} connections that sent all but one byte of 512 KB",
    )


if __name__ == "__main__":
    asyncio.run(main())
