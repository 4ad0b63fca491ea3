import gzip
import json
import re
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from api.web.apps import APPS
from api.web.files import (
    APP_PACKAGE_NAMES,
    CHART_PACKAGE_NAMES,
    PACKAGE_NAMES,
    ROOM,
    BrowserLibrariesMissing,
    modules_of,
    read_files,
    served_files,
    versioned,
)

LOCK = ROOM / "package-lock.json"


async def test_a_file_that_the_browser_has_is_not_sent_again(browser: httpx.AsyncClient) -> None:
    first = await browser.get("/static/map.js")

    again = await browser.get("/static/map.js", headers={"If-None-Match": f'"other", {first.headers["etag"]}'})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["cache-control"] == first.headers["cache-control"]


async def test_a_browser_with_an_older_file_gets_the_new_one(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/static/map.js", headers={"If-None-Match": 'W/"older"'})

    assert answer.status_code == 200
    assert answer.content == (ROOM / "static" / "map.js").read_bytes()


async def test_only_the_versioned_address_is_kept_for_ever(browser: httpx.AsyncClient) -> None:
    plain = await browser.get("/static/page.css")
    current = await browser.get(versioned("/static/page.css"))
    outdated = await browser.get("/static/page.css?v=0123456789abcdef")

    assert "immutable" in current.headers["cache-control"]
    assert plain.headers["cache-control"] == outdated.headers["cache-control"] == "no-cache"


async def test_a_file_is_compressed_only_for_a_browser_that_asks(browser: httpx.AsyncClient) -> None:
    compressed = await browser.get("/vendor/leaflet.js")
    plain = await browser.get("/vendor/leaflet.js", headers={"Accept-Encoding": "gzip;q=0, identity"})

    assert compressed.headers["content-encoding"] == "gzip"
    assert int(compressed.headers["content-length"]) < len(plain.content) / 3
    assert "content-encoding" not in plain.headers
    assert compressed.content == plain.content


@pytest.mark.parametrize(
    ("address", "content_type"),
    [
        ("/static/map.js", "text/javascript; charset=utf-8"),
        ("/static/map.css", "text/css; charset=utf-8"),
        ("/static/kentongan.svg", "image/svg+xml"),
        ("/vendor/vector-tile.js", "text/javascript; charset=utf-8"),
    ],
)
async def test_a_file_says_its_type_and_nobody_may_guess(
    browser: httpx.AsyncClient, address: str, content_type: str
) -> None:
    answer = await browser.head(address)

    assert answer.headers["content-type"] == content_type
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content == b""


@pytest.mark.parametrize(
    "address",
    ["/static/other.js", "/static/..%2fpages.py", "/vendor/package.json", "/vendor/%2e%2e%2fpackage-lock.json"],
)
async def test_nothing_leaves_the_room_but_the_listed_files(browser: httpx.AsyncClient, address: str) -> None:
    assert (await browser.get(address)).status_code == 404


NO_MODULES = ("/vendor/leaflet.js", "/vendor/swagger", "/vendor/maplibre")  # scripts that are loaded as they are


def test_every_import_of_a_module_leads_to_a_served_file() -> None:
    packages = PACKAGE_NAMES | APP_PACKAGE_NAMES | CHART_PACKAGE_NAMES
    for address, file in served_files().items():
        if file.content_type == "text/javascript" and not address.startswith(NO_MODULES):
            names = re.findall(
                r'^import\b[^"\']*["\'](.+?)["\'];|import\(["\'](.+?)["\']\)', file.body.decode(), re.MULTILINE
            )
            for name in map("".join, names):
                assert packages.get(name, urljoin(address, name)) in served_files(), f"{address} imports {name}"


def test_an_app_loads_no_module_of_the_map_page() -> None:
    for app in APPS.values():
        imports = json.loads(app.imports)["imports"]
        assert {address.rpartition("/")[0] for address in imports if address.startswith("/")} == {
            "/static/app",
            f"/static/{app.name}",
            *(f"/static/{room}" for room in app.rooms),
        }


def test_missing_libraries_are_named_with_the_command_that_brings_them(tmp_path: Path) -> None:
    with pytest.raises(BrowserLibrariesMissing, match=r"leaflet\.js.*npm ci --prefix api/web"):
        read_files(tmp_path)


def test_the_lock_names_versions_and_hashes_but_no_host() -> None:
    lock = json.loads(LOCK.read_text())

    packages = {name: facts for name, facts in lock["packages"].items() if name}
    assert all(facts["integrity"].startswith("sha512-") for facts in packages.values())
    assert "://" not in LOCK.read_text()


def test_the_map_page_weighs_less_than_100_kb_on_the_wire() -> None:
    names = [*modules_of(("",)), "/vendor/leaflet.js"]
    of_the_map = [served_files()[address] for address in (*names, "/static/page.css", "/static/map.css")]
    assert (
        sum(len(file.gzipped or file.body) for file in of_the_map) < 75_000
    )  # the document and the first tiles are the rest


def test_compressed_bytes_are_the_same_in_every_process() -> None:
    for file in served_files().values():
        if file.gzipped is not None:
            assert file.gzipped[4:8] == bytes(4), "a time of compression would make two processes differ"
            assert gzip.decompress(file.gzipped) == file.body
