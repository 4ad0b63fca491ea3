"""The frame of the apps: documents, manifests, icons and the service worker's list."""

import json
import re
import struct
import zlib

import httpx
import pytest

from api.web.apps import APPS, kept_addresses, release
from api.web.icons import ICON_SIZES
from tests.web.test_pages import policy_of


@pytest.fixture(params=sorted(APPS))
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


async def test_an_app_s_page_runs_nothing_inline_and_asks_nobody_else(browser: httpx.AsyncClient, name: str) -> None:
    answer = await browser.get(f"/{name}")

    policy = policy_of(answer)
    assert answer.status_code == 200
    assert "unsafe" not in str(policy)
    assert "://" not in str(policy)
    assert policy["worker-src"] == policy["manifest-src"] == "'self'"
    assert policy["img-src"] == "'self' data: blob:"
    assert not re.search(r"\son\w+=|\sstyle=|javascript:", answer.text)


async def test_an_app_speaks_the_reader_s_language(browser: httpx.AsyncClient, name: str) -> None:
    english = await browser.get(f"/{name}?lang=en")
    indonesian = await browser.get(f"/{name}", headers={"Accept-Language": "id"})

    assert '<html lang="en">' in english.text
    assert '<html lang="id">' in indonesian.text
    words = json.loads(re.findall(r'<script id="words" type="application/json">(.*?)</script>', english.text)[0])
    assert words["app_back"] == "Back"
    assert words["state.closed"] == "closed"


async def test_an_app_can_be_installed(browser: httpx.AsyncClient, name: str) -> None:
    page = await browser.get(f"/{name}")
    address = re.findall(r'<link rel="manifest" href="(.+?)">', page.text)[0]

    answer = await browser.get(address)

    said = answer.json()
    assert answer.headers["content-type"].startswith("application/manifest+json")
    assert (said["start_url"], said["scope"], said["display"]) == (f"/{name}", f"/{name}", "standalone")
    assert {(icon["sizes"], icon["purpose"]) for icon in said["icons"]} >= {("192x192", "maskable"), ("512x512", "any")}
    for icon in said["icons"]:
        drawn = await browser.get(icon["src"])
        assert (drawn.status_code, drawn.headers["content-type"].split(";")[0]) == (200, icon["type"])


async def test_there_is_no_manifest_of_no_app(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/apps/other/manifest.webmanifest")).status_code == 404


@pytest.mark.parametrize("size", ICON_SIZES)
async def test_an_icon_is_a_png_of_its_size_with_the_drum_in_the_middle(browser: httpx.AsyncClient, size: int) -> None:
    png = (await browser.get(f"/static/app/icon-{size}.png")).content

    assert struct.unpack(">II", png[16:24]) == (size, size)
    start = png.index(b"IDAT") + 4
    rows = zlib.decompress(png[start : start + struct.unpack(">I", png[start - 8 : start - 4])[0]])
    pixel = {place: rows[y * (3 * size + 1) + 1 + 3 * x :][:3] for place, (x, y) in places(size).items()}
    assert pixel == {"corner": b"\x0f\x5f\x5c", "wood": b"\xf3\xd9\xa4", "slit": b"\x0f\x5f\x5c"}


def places(size: int) -> dict[str, tuple[int, int]]:
    return {"corner": (0, 0), "wood": (size * 13 // 32, size // 2), "slit": (size // 2, size // 2)}


async def test_the_service_worker_is_asked_for_anew_and_knows_every_file_of_an_app(
    browser: httpx.AsyncClient, name: str
) -> None:
    answer = await browser.get("/sw.js")

    head = answer.text.split("\n")
    kept = json.loads(head[1].removeprefix("const APPS = ").removesuffix(";"))
    assert answer.headers["cache-control"] == "no-cache"
    assert head[0] == f'const RELEASE = "{release("")}";'
    for address in kept[f"/{name}"]:
        assert "immutable" in (await browser.get(address)).headers["cache-control"], address
    page = await browser.get(f"/{name}")
    asked = re.findall(r'(?:src|href)="(/(?:static|vendor)/.+?\.(?:js|css|svg)\?.+?)"', page.text)
    assert set(asked) - set(kept[f"/{name}"]) == set()
    assert page.headers["app-release"] == release("")


async def test_what_is_kept_is_not_kept_twice() -> None:
    for app in APPS.values():
        addresses = kept_addresses(app)
        assert len(addresses) == len(set(addresses))
