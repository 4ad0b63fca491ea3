"""An officer with a phone: the app in a browser, pressed with a thumb."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Literal

import pytest
from playwright.async_api import Browser, Locator, expect

from api.accounts import enrolment
from api.accounts.speaker import Grant
from api.accounts.staff import add_account
from tests.peers.line import Line
from tests.people import Town
from tests.web.resident import Phone, a_phone, a_photo

PASSWORD = "empat kata yang mudah"

IS_READY = """
async (reports) => {
  const { all } = await import("/static/app/db.js");
  await navigator.serviceWorker.ready;
  while (!(await caches.match("/petugas?lang=id")) || (await all("details")).length < reports)
    await new Promise((done) => setTimeout(done, 50));
}
"""


async def add_officer(
    town: Town, login: str, password: str | None = PASSWORD, role: Literal["officer", "coordinator"] = "officer"
) -> int:
    grant = Grant(0, role, town.city.id, town.agency("dpupr"), None)
    return await add_account(login, password, [grant], datetime.now(UTC))


async def activation_code(account: int) -> str:
    """As an administrator hands it over; by the clock of the server, which lives in our time."""
    return (await enrolment.issue(account, datetime.now(UTC))).enrolment_code


class OfficerPhone(Phone):
    async def signs_in(self, login: str, code: str = "") -> None:
        await self.page.get_by_label("Nama akun").fill(login)
        await self.page.get_by_label("Kata sandi").fill(PASSWORD)
        await self.page.get_by_label("Kode pengaman").fill(code)
        await self.page.get_by_role("button", name="Masuk", exact=True).click()

    async def has_work(self, reports: int) -> None:
        await expect(self.page.locator(".cards > li")).to_have_count(reports)

    async def has_it_all(self, reports: int) -> None:
        """The app, and every report with its story, without a network."""
        await self.page.evaluate(IS_READY, reports)

    async def is_heard(self) -> None:
        """The stream of hints is open, so the next change is one that it tells of."""
        await expect(self.page.get_by_text("Tersambung langsung")).to_be_visible()

    def row(self, words: str) -> Locator:
        return self.page.locator(".cards > li").filter(has_text=words)

    async def opens_report(self, words: str) -> None:
        await self.page.goto("/petugas#/")
        await self.row(words).get_by_role("link").click()
        await expect(self.page.get_by_text(words)).to_be_visible()

    async def starts(self) -> None:
        await self.page.get_by_role("button", name="Mulai kerjakan").click()
        await self.page.get_by_role("dialog").get_by_role("button", name="Mulai kerjakan").click()
        await expect(self.page.get_by_role("button", name="Pekerjaan selesai")).to_be_visible()

    async def finishes(self, note: str, photo: bytes | None = None) -> None:
        await self.page.get_by_role("button", name="Pekerjaan selesai").click()
        form = self.page.get_by_role("dialog")
        file = {"name": "sesudah.jpg", "mimeType": "image/jpeg", "buffer": photo or a_photo(400)}
        await form.get_by_label("Ambil foto").set_input_files(file)
        await expect(form.get_by_role("img", name="Foto 1 dari 1")).to_be_visible()
        await form.get_by_label("Catatan untuk pelapor").fill(note)
        await form.get_by_role("button", name="Pekerjaan selesai").click()
        await expect(form).to_be_hidden()


@asynccontextmanager
async def an_officers_phone(phones: Browser, line: Line) -> AsyncIterator[OfficerPhone]:
    async with a_phone(phones, line) as phone:
        officer = OfficerPhone(phone.context, phone.page, line)
        await officer.opens("/petugas")
        yield officer


@pytest.fixture
async def phone(town: Town, phones: Browser, line: Line) -> AsyncIterator[OfficerPhone]:
    await add_officer(town, "budi")
    async with an_officers_phone(phones, line) as phone:
        yield phone
