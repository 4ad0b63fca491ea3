"""The worker's part of the story: the push through FCM's own wire, and the photo."""

import asyncio
import hashlib
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from api.clock import wall_clock
from api.piccolo_conf import DB
from tests.journeys.processes import a_worker, until
from tests.media.factories import a_jpeg
from tests.peers.fcm import FcmDouble, start_fcm_double
from tests.people import Person, Town


@pytest.fixture(scope="module")
def fcm() -> Iterator[FcmDouble]:
    with start_fcm_double() as double:
        yield double


def reaching(fcm: FcmDouble) -> dict[str, str]:
    return {
        "FCM_SERVICE_ACCOUNT": str(fcm.service_account_path),
        "FCM_CA": str(fcm.ca_path),
        "FCM_RESOLVE": f"{fcm.host}:{fcm.port}",
    }


def announced(photo: bytes) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "size": len(photo),
        "type": "image/jpeg",
        "sha256": hashlib.sha256(photo).hexdigest(),
    }


async def photo_state(person: Person, report: str) -> dict[str, Any]:
    shown = (await person.get(f"/v1/reports/{report}")).json()
    photo: dict[str, Any] = shown["photos"][0]
    return photo


async def test_every_change_reaches_the_phone_through_fcm(town: Town, fcm: FcmDouble, tmp_path: Path):
    fcm.reset()
    town.clock.now = wall_clock()  # as the worker's, which is another process
    resident, operator = await town.resident(), await town.staff("operator")
    address = f"phone-{uuid7()}"
    assert (await resident.put(f"/v1/phones/{uuid7()}", {"kind": "fcm", "address": address})).status_code == 204
    receipt = await resident.submits()
    async with a_worker(tmp_path, **reaching(fcm)):
        assert (await operator.steps(receipt["id"], "in_progress", 2)).status_code == 201

        async def is_told() -> bool:
            return any(said.message["data"]["rev"] == "3" for said in await asyncio.to_thread(fcm.accepted))

        await until(is_told, "FCM accepted the change")
    said = next(said for said in fcm.accepted() if said.message["data"]["rev"] == "3")
    assert said.message["token"] == address
    assert said.message["data"]["subject"] == receipt["id"]
    assert receipt["tracking_id"] in said.message["notification"]["title"]
    assert "diproses" in said.message["notification"]["title"]
    for secret in ("berlubang", "106.79", address[:10]):
        assert secret not in str({k: v for k, v in said.message.items() if k != "token"})


async def test_a_photo_sent_in_pieces_is_shown_clean(town: Town, tmp_path: Path):
    resident, operator = await town.resident(), await town.staff("operator")
    photo = a_jpeg(1200, 900, noise=1, comment=b"rahasia-di-komentar")
    receipt = await resident.submits(photos=[announced(photo)])
    url = receipt["photos"][0]["upload_url"]
    half = len(photo) // 2
    for at, piece in ((0, photo[:half]), (half, photo[half:])):
        assert int((await resident.ask("HEAD", url)).headers["upload-offset"]) == at
        headers = {
            "content-type": "application/offset+octet-stream",
            "upload-offset": str(at),
            "tus-resumable": "1.0.0",
        }
        sent = await resident.ask("PATCH", url, content=piece, headers=headers)
        assert sent.status_code == 204
    async with a_worker(tmp_path):

        async def is_ready() -> bool:
            return (await photo_state(resident, receipt["id"]))["state"] == "ready"

        await until(is_ready, "the photo is ready")
    urls = (await photo_state(resident, receipt["id"]))["urls"]
    for size in ("160", "640", "1600"):
        shown = await resident.get(urls[size])
        assert shown.status_code == 200
        assert b"rahasia-di-komentar" not in shown.content
    public = urls["640"].removeprefix("/v1")
    assert (await town.stranger.get(public)).status_code == 404  # nobody of the city has seen it yet
    assert (await operator.steps(receipt["id"], "in_progress", 2)).status_code == 201
    seen = await town.stranger.get(public)
    assert seen.status_code == 200
    again = await town.stranger.get(public, headers={"if-none-match": seen.headers["etag"]})
    assert again.status_code == 304


async def test_a_picture_that_is_none_is_refused_with_a_reason_and_the_report_stands(town: Town, tmp_path: Path):
    town.clock.now = wall_clock()  # as the worker's, which is another process
    resident = await town.resident()
    forged = b"<html><script>alert(1)</script></html>"
    receipt = await resident.submits(photos=[announced(forged)])
    sent = await resident.ask("PUT", receipt["photos"][0]["upload_url"], content=forged)
    assert sent.status_code == 204
    async with a_worker(tmp_path):

        async def is_told() -> bool:
            kinds = [message["kind"] for message in (await resident.get("/v1/inbox")).json()["messages"]]
            return "photo.refused" in kinds

        await until(is_told, "the refusal is in the inbox")
    photo = await photo_state(resident, receipt["id"])
    assert (photo["state"], photo["reason"]) == ("refused", "not_an_image")
    assert photo["words"] == "Berkas itu bukan foto."
    assert (await resident.get(f"/v1/reports/{receipt['id']}")).json()["state"] == "dispatched"


async def test_a_worker_that_is_asked_to_stop_stops(town: Town, tmp_path: Path):
    town.clock.now = wall_clock()
    resident = await town.resident()
    await resident.put(f"/v1/phones/{uuid7()}", {"kind": "fcm", "address": f"phone-{uuid7()}"})
    await resident.submits()
    async with a_worker(tmp_path) as worker:

        async def is_at_work() -> bool:
            return (await DB.fetch("SELECT state FROM delivery"))[0]["state"] == "unconfigured"

        await until(is_at_work, "the worker has settled what has no sender")
        worker.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            await worker.wait()
    assert worker.returncode == 0
