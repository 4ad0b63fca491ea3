"""A resident with a phone: the app in a browser, pressed as a finger presses it."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.peers.line import Line

AT_HOME = {"latitude": -6.40, "longitude": 106.79, "accuracy": 12}
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


def a_photo(side: int = 1200) -> bytes:
    """As cameras make them: full of small differences, so that it stays large."""
    noise = np.random.default_rng(7).integers(90, 150, (side * 3 // 4, side, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "JPEG", quality=90)
    return file.getvalue()


IS_KEPT = """
async () => {
  const { get } = await import("/static/app/db.js");
  await navigator.serviceWorker.ready;
  while (!(await caches.match("/lapor?lang=id")) || !(await get("settings", "categories-32.76")))
    await new Promise((done) => setTimeout(done, 50));
}
"""

ALL_IS_SENT = """
async () => {
  const { all } = await import("/static/app/db.js");
  while ((await all("outbox")).some(({ state }) => state !== "sent")) await new Promise((done) => setTimeout(done, 50));
}
"""


class Phone:
    def __init__(self, context: BrowserContext, page: Page, line: Line) -> None:
        self.context, self.page, self.line = context, page, line

    async def opens(self, address: str = "/lapor") -> None:
        await self.page.goto(address)
        await expect(self.page.get_by_role("heading", level=1)).to_be_visible()

    async def is_ready_offline(self) -> None:
        """The app is kept by its service worker, and the city's categories are on the phone."""
        await self.page.evaluate(IS_KEPT)

    async def loses_the_network(self) -> None:
        self.line.is_cut = True
        self.line.cut()
        await self.context.set_offline(True)

    async def finds_the_network(self) -> None:
        self.line.is_cut = False
        await self.context.set_offline(False)

    async def writes(self, text: str, *, photo: bytes | None = None) -> None:
        """Up to the last look, with the position of the phone."""
        page = self.page
        await page.get_by_role("link", name="Buat laporan").click()
        if photo:
            file = {"name": "jalan.jpg", "mimeType": "image/jpeg", "buffer": photo}
            await page.get_by_label("Pilih dari galeri").set_input_files(file)
            await expect(page.get_by_role("img", name="Foto 1 dari 1")).to_be_visible()
        await page.get_by_role("button", name="Lanjut").click()
        await expect(page.get_by_text("Ketelitian sekitar 12 meter")).to_be_visible()
        await page.get_by_role("button", name="Lanjut").click()
        await self.names_the_problem(text)

    async def names_the_problem(self, text: str) -> None:
        page = self.page
        await page.get_by_label("Cari jenis masalah").fill("lubang jalan")
        await page.get_by_role("button", name="Jalan rusak atau berlubang").click()
        await page.get_by_label("Ceritakan singkat").fill(text)
        await page.get_by_role("button", name="Lanjut").click()
        await expect(page.get_by_role("heading", name="Periksa lalu kirim")).to_be_visible()

    async def sends(self) -> None:
        await self.page.get_by_role("button", name="Kirim laporan").click()

    async def has_sent_all(self) -> None:
        await self.page.evaluate(ALL_IS_SENT)

    async def is_promised(self) -> str:
        """The tracking number, once the report was received and all its photos have arrived."""
        await expect(self.page.get_by_role("heading", name="Laporan diterima")).to_be_visible()
        await expect(self.page.get_by_text("foto sedang dikirim")).to_be_hidden()
        return await self.page.locator(".receipt .number").inner_text()


@asynccontextmanager
async def a_phone(phones: Browser, line: Line, *, may_locate: bool = True, **more: object) -> AsyncIterator[Phone]:
    context = await phones.new_context(
        base_url=f"http://127.0.0.1:{line.port}",
        locale="id-ID",
        timezone_id="Asia/Jakarta",
        viewport={"width": 360, "height": 740},
        has_touch=True,
        reduced_motion="reduce",
        geolocation=AT_HOME if may_locate else None,
        permissions=["geolocation"] if may_locate else [],
        **more,  # type: ignore[arg-type]  # playwright's own names
    )
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield Phone(context, await context.new_page(), line)
    finally:
        await context.close()
