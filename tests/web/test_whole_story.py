"""A hole in the road, from the resident who sees it to the one who says it is gone: every app, a server, a worker."""

import os
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, expect

from api.piccolo_conf import DB
from tests.journeys.processes import a_worker, until
from tests.peers.line import Line
from tests.people import Town
from tests.web.officer import OfficerPhone, add_officer, an_officers_phone
from tests.web.resident import Phone, a_phone, a_photo

TEXT = "Lubang besar di depan pasar."
TOLD = ("diproses", "selesai, menunggu konfirmasi")  # states


async def the_report() -> dict[str, Any]:
    return dict((await DB.fetch("SELECT client_id::text AS id, tracking_id, state, version FROM report"))[0])


async def all_photos_are_ready() -> bool:
    return [row["state"] for row in await DB.fetch("SELECT DISTINCT state FROM photo")] == ["ready"]


async def test_a_hole_is_reported_mended_approved_and_confirmed(town: Town, phones: Browser, line: Line) -> None:
    async with (
        a_worker(Path(os.environ["DATA_DIR"])),
        a_phone(phones, line) as resident,
        an_officers_phone(phones, line) as officer,
    ):
        await resident.opens()
        await resident.is_ready_offline()
        number = await reports_without_a_network(resident)
        await add_officer(town, "budi")
        await mends_without_a_network(officer)
        await until(all_photos_are_ready, "the worker has looked at both photos")
        await approves(town)
        await is_told_and_confirms(resident, number)
        await is_closed_for_everybody(phones, line, number)


async def reports_without_a_network(resident: Phone) -> str:
    await resident.loses_the_network()
    await resident.writes(TEXT, photo=a_photo(800))
    await resident.sends()
    await expect(resident.page.get_by_role("heading", name="Laporan tersimpan di HP")).to_be_visible()
    await resident.finds_the_network()
    return await resident.is_promised()


async def mends_without_a_network(officer: OfficerPhone) -> None:
    await officer.signs_in("budi")
    await officer.opens_report(TEXT)
    await officer.has_it_all(1)
    await officer.loses_the_network()
    await officer.starts()
    await officer.finishes("Sudah ditambal dan dipadatkan.")
    await officer.finds_the_network()
    await officer.has_sent_all()
    assert (await the_report())["state"] == "work_done"


async def approves(town: Town) -> None:
    report, coordinator = await the_report(), await town.staff("coordinator", agency="dpupr")
    answer = await coordinator.steps(report["id"], "resolved", report["version"], note="Hasilnya rata.")
    assert answer.status_code == 201, answer.text


async def is_told_and_confirms(resident: Phone, number: str) -> None:
    """The inbox has a message of every step that concerns the reporter."""
    page = resident.page
    await page.goto("/lapor#/kabar")
    for step in TOLD:
        await expect(page.locator(".cards strong").filter(has_text=f"{number}: {step}")).to_have_count(1)
    await page.locator(".cards a").filter(has_text=TOLD[-1]).click()
    await expect(page.get_by_text("Sudah ditambal dan dipadatkan.")).to_be_visible()
    await expect(page.get_by_role("heading", name="Sesudah")).to_be_visible()
    await page.get_by_role("button", name="Ya, sudah beres").click()
    dialog = page.get_by_role("dialog", name="Bagaimana hasilnya?")
    await dialog.get_by_label("5 dari 5").check()
    await dialog.get_by_role("button", name="Ya, sudah beres").click()
    await expect(page.locator(".badge").get_by_text("Selesai", exact=True)).to_be_visible()
    confirmed = await DB.fetch("SELECT details->>'rating' AS rating FROM report_event WHERE kind = 'confirm'")
    assert [row["rating"] for row in confirmed] == ["5"]


async def is_closed_for_everybody(browser: Browser, line: Line, number: str) -> None:
    async with a_phone(browser, line, java_script_enabled=False) as stranger:
        await stranger.page.goto(f"/lacak/{number.replace('-', '')}")
        await expect(stranger.page.get_by_text("Sudah ditambal dan dipadatkan.")).to_be_visible()
        await expect(stranger.page.locator(".badge")).to_have_text("selesai")
