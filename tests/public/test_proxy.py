"""`docker/proxy` in the real nginx before the real program: what is kept, what passes, what outlives the program."""

import hashlib
import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import httpx
import pytest
from uuid_utils.compat import uuid7

from api.clock import wall_clock
from geo.pyramid import fold
from tests.people import Town, a_report
from tests.public.proxying import Proxy, proxied
from tests.public.serving import served
from tests.public.test_tiles import TILE

REPORTS, AREAS = f"/tiles/reports/{TILE}", f"/tiles/areas/{TILE}"
BROWSER = {"accept-encoding": "gzip", "accept-language": "id"}
HOURS = 3600


class Site(NamedTuple):
    http: httpx.Client
    proxy: Proxy
    program: str
    lifetime: ExitStack

    def dies(self) -> None:
        self.lifetime.close()

    def gets(self, path: str, **headers: str) -> httpx.Response:
        return self.http.get(path, headers=BROWSER | {k.replace("_", "-"): v for k, v in headers.items()})


@pytest.fixture
def site(town: Town, tmp_path: Path) -> Iterator[Site]:
    folder = tmp_path / "proxy"
    folder.mkdir()
    with ExitStack() as lifetime:
        program = lifetime.enter_context(served())
        with proxied(program, folder) as proxy, httpx.Client(base_url=proxy.address, timeout=60) as http:
            yield Site(http, proxy, program, lifetime)


@pytest.mark.parametrize("path", [REPORTS, AREAS])
async def test_a_tile_is_asked_of_the_program_once(town: Town, site: Site, path: str):
    await (await town.resident()).submits()
    first, second = site.gets(path), site.gets(path)
    assert first.content == second.content != b""
    assert site.proxy.how(path, 2) == ["MISS", "HIT"]


async def test_who_has_a_tile_is_answered_304_by_either(town: Town, site: Site):
    await (await town.resident()).submits()
    tile = site.gets(REPORTS)
    for etag in (tile.headers["etag"], tile.headers["etag"].removeprefix("W/")):
        again = site.gets(REPORTS, if_none_match=etag)
        assert (again.status_code, again.content) == (304, b"")
    assert site.proxy.how(REPORTS, 3) == ["MISS", "HIT", "HIT"]
    plain = site.gets("/lapor")
    assert site.gets("/lapor", if_none_match=plain.headers["etag"]).status_code == 304
    assert site.proxy.how("/lapor", 2) == ["-", "-"]


async def test_an_old_tile_is_shown_at_once_and_asked_for_behind(town: Town, site: Site):
    resident = await town.resident()
    await resident.submits()
    await fold(town.clock())
    old = site.gets(REPORTS).content
    await resident.submits(lat=-6.4005)
    await fold(town.clock())
    site.proxy.ages(60)
    assert site.gets(REPORTS).content == old
    until = time.monotonic() + 60
    while (new := site.gets(REPORTS).content) == old:
        assert time.monotonic() < until
    assert new != old
    assert site.proxy.how(REPORTS, 2)[:2] == ["MISS", "STALE"]


async def test_the_map_outlives_the_program(town: Town, site: Site):
    await (await town.resident()).submits()
    page = site.gets("/").text
    files = set(re.findall(r'"(/(?:static|vendor)/[^"]+\?v=[^"]+)"', page))
    assert {file.partition("?")[0] for file in files} >= {"/static/map.js", "/static/map.css", "/vendor/leaflet.js"}
    paths = ["/", "/peta", REPORTS, AREAS, *files]
    before = {path: site.gets(path).content for path in paths}
    site.dies()
    for age in (0, 60, 12 * HOURS):
        site.proxy.ages(age)
        assert {path: site.gets(path).content for path in paths} == before
    assert site.proxy.how(REPORTS, 4)[-1] == site.proxy.how("/", 5)[-1] == "STALE"
    assert site.gets("/lacak").status_code == 502
    assert site.gets("/tiles/reports/3/1/1").status_code == 502


async def test_each_language_has_its_page(site: Site):
    for _ in range(2):
        assert 'lang="id"' in site.gets("/", accept_language="id").text
        assert 'lang="en"' in site.gets("/", accept_language="en").text
    assert site.proxy.how("/", 4) == ["MISS", "MISS", "HIT", "HIT"]


async def test_the_guards_of_a_page_pass(site: Site):
    for path in ("/", "/lapor", "/lacak"):
        direct, through = httpx.get(site.program + path, headers=BROWSER), site.gets(path)
        for name in ("content-security-policy", "x-content-type-options", "referrer-policy", "etag", "vary"):
            assert through.headers.get(name) == direct.headers.get(name), (path, name)
        assert "default-src 'none'" in through.headers["content-security-policy"]
        assert through.headers["server"] == "nginx"


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "//metrics", "/metrics?x=1", "/%6detrics", "/./metrics"])
async def test_figures_of_the_operation_are_not_for_everybody(site: Site, path: str):
    assert "kentongan_" in httpx.get(f"{site.program}/metrics").text
    host, port = "127.0.0.1", site.proxy.port
    with socket.create_connection((host, port)) as line:  # httpx would tidy the path up
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 404")
    assert b"kentongan_" not in answer


async def test_what_was_sent_before_a_cut_has_arrived(town: Town, site: Site):
    """Each byte of a photo goes on at once."""
    town.clock.now = wall_clock()  # the served program looks at the true one
    resident = await town.resident()
    photo, half = b"\xff\xd8" + bytes(3_000_000), 2_000_000
    photo_id = str(uuid7())
    said = {"id": photo_id, "size": len(photo), "type": "image/jpeg", "sha256": hashlib.sha256(photo).hexdigest()}
    key = {"authorization": f"Bearer {resident.token}", "tus-resumable": "1.0.0"}
    body = a_report(photos=[said])
    assert site.http.put(f"/v1/reports/{uuid7()}", json=body, headers=key).status_code == 201
    upload = f"/v1/uploads/{photo_id}"
    with socket.create_connection(("127.0.0.1", site.proxy.port)) as line:
        head = {**key, "host": "x", "content-length": len(photo), "upload-offset": 0}
        lines = [f"{name}: {value}" for name, value in head.items()]
        lines = [f"PATCH {upload} HTTP/1.1", "content-type: application/offset+octet-stream", *lines, "", ""]
        line.sendall("\r\n".join(lines).encode() + photo[:half])
        until = time.monotonic() + 60
        while sum(file.stat().st_size for file in Path(os.environ["DATA_DIR"]).rglob(UUID(photo_id).hex)) < half // 2:
            assert time.monotonic() < until
    while int(site.http.head(upload, headers=key).headers["upload-offset"]) < half:
        assert time.monotonic() < until


async def test_news_come_while_the_line_stays_open(site: Site):
    with site.http.stream("GET", "/public/live") as answer:
        assert b"event: hello" in next(answer.iter_raw())


async def test_the_log_names_neither_place_nor_number(town: Town, site: Site):
    site.gets("/v1/areas/at?lat=-6.4&lon=106.79")
    site.gets("/lacak?nomor=RAHASIA1")
    assert site.proxy.how("/lacak", 1) == ["-"]
    written = "\n".join(site.proxy.log)
    assert not [secret for secret in ("106.79", "RAHASIA1", "127.0.0.1") if secret in written]
