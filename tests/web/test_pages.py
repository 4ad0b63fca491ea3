import base64
import hashlib
import json
import re
from collections.abc import Callable

import httpx
import pytest

from api.reports.tracking import new_tracking_id, shown
from tests.web.conftest import pages_app


def policy_of(answer: httpx.Response) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";"))
    return {name: sources for name, _, sources in parts}


@pytest.mark.parametrize("address", ["/", "/peta"])
async def test_the_map_stands_at_both_addresses(browser: httpx.AsyncClient, address: str) -> None:
    answer = await browser.get(address)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert 'id="map"' in answer.text


async def test_a_page_runs_nothing_inline_and_asks_nobody_else(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/")

    policy = policy_of(answer)
    assert policy["default-src"] == "'none'"
    assert "unsafe" not in str(policy)
    assert policy["img-src"] == "'self' data:"
    assert "://" not in str(policy)
    assert not re.search(r"\son\w+=|\sstyle=|javascript:", answer.text)


async def test_the_only_inline_script_is_the_import_map_of_the_policy(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/")

    scripts = re.findall(r"<script(?P<kind>[^>]*)>(?P<body>.*?)</script>", answer.text, re.DOTALL)
    inline = [(kind, body) for kind, body in scripts if body and "application/json" not in kind]
    assert [kind for kind, _ in inline] == [' type="importmap"']
    digest = base64.b64encode(hashlib.sha256(inline[0][1].encode()).digest()).decode()
    assert policy_of(answer)["script-src"] == f"'self' 'sha256-{digest}'"


async def test_only_a_configured_base_map_may_send_pictures() -> None:
    app = pages_app(basemap_url="https://tiles.city.example/{z}/{x}/{y}.png")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://kentongan.test") as browser:
        answer = await browser.get("/")

    assert policy_of(answer)["img-src"] == "'self' data: https://tiles.city.example"
    assert policy_of(answer)["connect-src"] == "'self'"
    assert 'data-basemap="https://tiles.city.example/{z}/{x}/{y}.png"' in answer.text


async def test_a_page_that_the_browser_has_is_not_sent_again(browser: httpx.AsyncClient) -> None:
    first = await browser.get("/")

    again = await browser.get("/", headers={"If-None-Match": first.headers["etag"]})
    in_english = await browser.get("/", headers={"If-None-Match": first.headers["etag"], "Accept-Language": "en"})

    assert (again.status_code, again.content) == (304, b"")
    assert in_english.status_code == 200


@pytest.mark.parametrize(
    ("address", "accept_language", "language", "title"),
    [
        ("/", "", "id", "Peta laporan warga"),
        ("/", "id-ID,id;q=0.9,en;q=0.8", "id", "Peta laporan warga"),
        ("/", "en-GB,en;q=0.9", "en", "Map of residents’ reports"),
        ("/?lang=en", "id", "en", "Map of residents’ reports"),
        ("/?lang=id", "en", "id", "Peta laporan warga"),
        ("/?lang=<script>", "", "id", "Peta laporan warga"),
    ],
)
async def test_a_page_speaks_the_reader_s_language(
    browser: httpx.AsyncClient, address: str, accept_language: str, language: str, title: str
) -> None:
    answer = await browser.get(address, headers={"Accept-Language": accept_language})

    assert f'<html lang="{language}">' in answer.text
    assert f"<title>{title} · " in answer.text
    assert answer.headers["content-language"] == language
    assert "Accept-Language" in answer.headers["vary"]


async def test_an_asked_language_stays_through_the_page_s_links(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/lacak?lang=en")

    assert 'href="/peta?lang=en"' in answer.text
    assert '<input type="hidden" name="lang" value="en">' in answer.text


async def test_the_modules_get_their_texts_in_the_page_s_language(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/?lang=en")

    texts = re.search(r'<script id="words" type="application/json">(.*?)</script>', answer.text)
    assert texts is not None
    assert json.loads(texts[1])["server_unreachable"].startswith("The server cannot be reached")


@pytest.mark.parametrize("write", [str, str.lower, shown, lambda number: f"  {shown(number).replace('-', ' ')} "])
async def test_a_number_however_written_leads_to_its_report(
    browser: httpx.AsyncClient, write: Callable[[str], str]
) -> None:
    number = new_tracking_id()

    answer = await browser.get("/lacak", params={"nomor": write(number)})

    assert (answer.status_code, answer.headers["location"]) == (303, f"/lacak/{number}")


async def test_a_number_with_a_wrong_check_sign_is_asked_for_again(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/lacak", params={"nomor": "0000-0001"})

    assert answer.status_code == 404
    assert "Periksa kembali hurufnya" in answer.text
    assert 'value="0000-0001"' in answer.text


async def test_what_was_typed_is_shown_as_text(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/lacak", params={"nomor": '"><script>alert(1)</script>'})

    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
