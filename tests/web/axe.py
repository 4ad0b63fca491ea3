"""What axe says of a screen that has come to rest."""

from pathlib import Path

from playwright.async_api import Page, expect

AXE = (Path(__file__).parent / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
FAULTS = "axe.run().then(({ violations }) => violations.map((one) => [one.id, one.nodes[0].html]))"


async def has_settled(page: Page) -> None:
    """Its heading is there, and nothing is on its way any more."""
    await expect(page.locator("h1").first).to_be_visible()
    await expect(page.locator('[aria-busy="true"]')).to_have_count(0)


async def is_open_to_all(page: Page) -> None:
    """No fault that axe knows, and nothing to scroll sideways."""
    await has_settled(page)
    await page.evaluate(AXE)
    assert await page.evaluate(FAULTS) == [], page.url
    width = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1], page.url
