"""At the desk: a face is covered in the photo, by mouse and by keys, and a photo is kept from the public."""

import hashlib
import json
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, expect
from uuid_utils.compat import uuid7

from api.clock import wall_clock
from api.piccolo_conf import DB
from tests.journeys.processes import a_worker, until
from tests.people import Town
from tests.web.axe import is_open_to_all
from tests.web.conftest import a_served_api
from tests.web.resident import a_photo
from tests.web.test_meja import a_desk, pane


async def a_pictured_report(town: Town) -> str:
    warga, picture = await town.resident(), a_photo(400)
    photo = {"id": str(uuid7()), "size": len(picture), "type": "image/jpeg"}
    receipt = await warga.submits(photos=[{**photo, "sha256": hashlib.sha256(picture).hexdigest()}])
    sent = await warga.ask("PUT", receipt["photos"][0]["upload_url"], content=picture)
    assert sent.status_code == 204
    report: str = receipt["id"]
    return report


async def photo() -> dict[str, Any]:
    return dict((await DB.fetch("SELECT state, key, boxes::text AS boxes, hidden_at FROM photo"))[0])


async def is_ready() -> bool:
    return (await photo())["state"] == "ready"


async def test_a_face_is_covered_and_the_photo_hidden(town: Town, phones: Browser, tmp_path: Path) -> None:
    town.clock.now = wall_clock()
    report = await a_pictured_report(town)
    async with a_worker(tmp_path), a_served_api(DATA_DIR=str(tmp_path)) as line:
        await until(is_ready, "the worker has rendered the photo")
        before = await photo()
        async with a_desk(phones, line, await town.staff("operator"), bypass_csp=True) as page:
            await page.goto(f"/meja#/cari/q%3D/{report}")
            await covers_two_places(page)
            await until(is_ready, "the photo is drawn again")
            await expect(pane(page).get_by_role("img", name="Foto, foto 1 dari 1")).to_be_visible()
            await hides_it(page)
    boxes = json.loads((await photo())["boxes"])
    assert [round(box["x"], 2) for box in boxes if box["w"] == 0.2] == [0.42]
    assert len(boxes) == 2
    assert (await photo())["key"] != before["key"]
    assert (await photo())["hidden_at"]


async def covers_two_places(page: Page) -> None:
    await page.get_by_role("button", name="Tutupi bagian").click()
    sheet = page.get_by_role("dialog", name="Tutupi bagian foto")
    await sheet.get_by_role("button", name="Tambah kotak").click()
    await sheet.get_by_role("button", name="Kotak 1: dari kiri 40%").press("ArrowRight")
    await expect(sheet.get_by_role("button", name="Kotak 1: dari kiri 42%")).to_be_visible()
    await is_open_to_all(page)
    frame = await sheet.locator(".cover img").bounding_box()
    assert frame is not None
    await page.mouse.move(frame["x"] + 10, frame["y"] + 10)
    await page.mouse.down()
    await page.mouse.move(frame["x"] + 60, frame["y"] + 50)
    await page.mouse.up()
    await expect(sheet.locator(".covering")).to_have_count(2)
    await sheet.get_by_label("Alasan menutupi").fill("Wajah anak")
    await sheet.get_by_role("button", name="Tutupi 2 bagian").click()
    await expect(sheet).to_be_hidden()


async def hides_it(page: Page) -> None:
    await page.get_by_role("button", name="Sembunyikan Foto, foto 1").click()
    sheet = page.get_by_role("dialog", name="Sembunyikan")
    await sheet.get_by_label("Alasan menyembunyikan").fill("Menunggu telaah")
    await sheet.get_by_role("button", name="Sembunyikan").click()
    await expect(pane(page).get_by_text("Tersembunyi dari publik")).to_be_visible()
