"""Photos sent by somebody else's client to the real server: tuspy knows tus, and nothing of us."""

import asyncio
import base64
import hashlib
import io
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from tusclient import client as tus
from tusclient.exceptions import TusUploadFailed

from api.piccolo_conf import DB
from media.photos import states
from media.sweeping import UNFINISHED_AFTER
from tests.media.factories import a_jpeg, an_expected_photo
from tests.media.object_stores import free_port


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[str]:
    url = f"http://127.0.0.1:{(port := free_port())}"
    settings = {**os.environ, "PORT": str(port), "DATA_DIR": str(tmp_path), "LOG_LEVEL": "WARNING"}
    log = (tmp_path / "log").open("wb")
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "api", "serve", env=settings, stderr=log)
    log.close()
    try:
        async with asyncio.timeout(60), httpx.AsyncClient() as http:
            while True:
                try:
                    await http.get(f"{url}/health/live")
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
        yield url
    finally:
        process.terminate()
        await process.wait()


@pytest.fixture
async def phone(server: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server) as http:
        made = (await http.post("/v1/accounts", json={"device": {"name": "test", "locale": "id"}})).json()
        http.headers.update({"authorization": f"Bearer {made['access_token']}", "tus-resumable": "1.0.0"})
        http.headers["x-account"] = made["account_id"]
        yield http


async def announced(phone: httpx.AsyncClient) -> tuple[UUID, bytes]:
    owner = (await DB.fetch("SELECT id FROM account WHERE uid = $1", UUID(phone.headers["x-account"])))[0]["id"]
    photo_id, photo = await an_expected_photo(a_jpeg(1600, 1200, noise=11), owner=owner)
    await DB.fetch("UPDATE photo SET expected_at = $2 WHERE id = $1", photo_id, datetime.now(UTC))
    return photo_id, photo


def uploader(phone: httpx.AsyncClient, photo_id: UUID, photo: bytes, **more: Any) -> Any:
    client = tus.TusClient(f"{phone.base_url}/v1/uploads", headers={"Authorization": phone.headers["authorization"]})
    return client.uploader(
        file_stream=io.BytesIO(photo), url=f"{phone.base_url}/v1/uploads/{photo_id}", chunk_size=100_000, **more
    )


@pytest.mark.parametrize("is_checked", [False, True])
async def test_tuspy_sends_a_photo(phone: httpx.AsyncClient, is_checked: bool) -> None:
    photo_id, photo = await announced(phone)
    await asyncio.to_thread(uploader(phone, photo_id, photo, upload_checksum=is_checked).upload)
    assert [photo.state for photo in await states([photo_id])] == ["uploaded"]


async def test_tuspy_goes_on_where_it_stopped(phone: httpx.AsyncClient) -> None:
    photo_id, photo = await announced(phone)
    await asyncio.to_thread(uploader(phone, photo_id, photo).upload, stop_at=200_000)
    later = await asyncio.to_thread(uploader, phone, photo_id, photo)
    assert later.offset == 200_000
    await asyncio.to_thread(later.upload)
    assert [photo.state for photo in await states([photo_id])] == ["uploaded"]


async def test_tuspy_is_told_of_another_photo_at_the_end(phone: httpx.AsyncClient) -> None:
    photo_id, photo = await announced(phone)
    with pytest.raises(TusUploadFailed):
        await asyncio.to_thread(uploader(phone, photo_id, bytes(len(photo))).upload)
    assert [photo.state for photo in await states([photo_id])] == ["expected"]


async def test_a_damaged_piece_is_not_taken(phone: httpx.AsyncClient) -> None:
    photo_id, photo = await announced(phone)
    headers = {"content-type": "application/offset+octet-stream", "upload-offset": "0"}
    right = "sha256 " + base64.b64encode(hashlib.sha256(photo[:300_000]).digest()).decode()
    damaged = await phone.patch(
        f"/v1/uploads/{photo_id}", content=bytes(300_000), headers=headers | {"upload-checksum": right}
    )
    assert damaged.status_code == 460
    assert damaged.json()["current"] == 0
    assert (await phone.head(f"/v1/uploads/{photo_id}")).headers["upload-offset"] == "0"
    again = await phone.patch(
        f"/v1/uploads/{photo_id}", content=photo[:300_000], headers=headers | {"upload-checksum": right}
    )
    assert (again.status_code, again.headers["upload-offset"]) == (204, "300000")


@pytest.mark.parametrize("said", ["md5 AAAA", "sha256", "sha256 ???", "crc32 AA=="])
async def test_a_checksum_of_another_kind_is_a_bad_request(phone: httpx.AsyncClient, said: str) -> None:
    photo_id, photo = await announced(phone)
    headers = {"content-type": "application/offset+octet-stream", "upload-offset": "0", "upload-checksum": said}
    answer = await phone.patch(f"/v1/uploads/{photo_id}", content=photo[:10], headers=headers)
    assert answer.status_code in (400, 460)
    assert (await phone.head(f"/v1/uploads/{photo_id}")).headers["upload-offset"] == "0"


async def test_a_phone_that_hangs_up_is_no_fault_of_ours(phone: httpx.AsyncClient, tmp_path: Path) -> None:
    photo_id, photo = await announced(phone)
    _, writer = await asyncio.open_connection("127.0.0.1", phone.base_url.port)
    head = (
        f"PATCH /v1/uploads/{photo_id} HTTP/1.1\r\nHost: test\r\nUpload-Offset: 0\r\nContent-Length: {len(photo)}\r\n"
        f"Authorization: {phone.headers['authorization']}\r\nContent-Type: application/offset+octet-stream\r\n\r\n"
    )
    writer.write(head.encode())
    writer.write(photo[:100_000])
    await writer.drain()
    writer.close()
    async with asyncio.timeout(30):
        while (await phone.head(f"/v1/uploads/{photo_id}")).headers["upload-offset"] != "100000":
            await asyncio.sleep(0.02)
    assert "failed" not in (tmp_path / "log").read_text()


async def test_an_unfinished_upload_says_until_when(phone: httpx.AsyncClient) -> None:
    photo_id, photo = await announced(phone)
    waiting = await phone.head(f"/v1/uploads/{photo_id}")
    until = parsedate_to_datetime(waiting.headers["upload-expires"])
    assert abs(until - datetime.now(UTC) - UNFINISHED_AFTER).total_seconds() < 3700
    sent = await phone.put(f"/v1/uploads/{photo_id}", content=photo)
    assert sent.status_code == 204
    assert "upload-expires" not in sent.headers


@pytest.mark.parametrize("path", ["/v1/uploads", "/v1/uploads/0190a7a0-0000-7000-8000-000000000001"])
async def test_what_is_spoken_is_told_to_everybody(server: str, path: str) -> None:
    async with httpx.AsyncClient() as stranger:
        answer = await stranger.options(server + path)
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert answer.headers["tus-extension"] == "checksum,expiration"
    assert answer.headers["tus-checksum-algorithm"] == "sha1,sha256"
    assert int(answer.headers["tus-max-size"]) > 10_000_000
