"""A page is signed in by cookies that its scripts cannot read and that no other site can use."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from uuid_utils.compat import uuid7

from api.accounts.sessions import ACCESS_FOR, GRACE
from api.accounts.speaker import Grant
from api.accounts.staff import add_account
from api.app import create_app
from api.settings import read_settings
from tests.people import NOON, Person, Town, a_report

OURS = {"x-requested-by": "kentongan"}
PASSWORD = "kentongan-berbunyi"


def browser_of(app: Any, url: str = "http://town") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=url)


@pytest.fixture
async def browser(town: Town) -> AsyncIterator[httpx.AsyncClient]:
    """A cookie jar of its own."""
    async with browser_of(town.app) as http:
        yield http


async def opens(browser: httpx.AsyncClient) -> httpx.Response:
    answer = await browser.post("/v1/accounts", json={"cookie": True})
    assert answer.status_code == 201, answer.text
    return answer


async def refreshes(browser: httpx.AsyncClient) -> httpx.Response:
    return await browser.post("/v1/sessions/refresh", json={}, headers=OURS)


async def test_a_page_gets_cookies_and_no_tokens(browser: httpx.AsyncClient):
    answer = await opens(browser)
    assert set(answer.json()) == {"account_id", "expires_in"}
    session, refresh = answer.headers.get_list("set-cookie")
    assert session.startswith("session=")
    assert set(session.lower().split("; ")[1:]) == {"httponly", "max-age=3600", "path=/", "samesite=lax"}
    assert refresh.startswith("refresh=")
    assert {"httponly", "path=/v1/sessions/refresh", "samesite=strict"} < set(refresh.lower().split("; "))
    me = await browser.get("/v1/me")
    assert me.json()["account_id"] == answer.json()["account_id"]


async def test_staff_sign_in_to_a_page(town: Town, browser: httpx.AsyncClient):
    await add_account("operator", PASSWORD, [Grant(0, "operator", town.city.id, None, None)], NOON)
    answer = await browser.post("/v1/sessions", json={"login": "operator", "password": PASSWORD, "cookie": True})
    assert answer.status_code == 201
    assert "access_token" not in answer.text
    assert [grant["role"] for grant in (await browser.get("/v1/me")).json()["grants"]] == ["operator"]


async def test_under_https_the_cookies_are_bound_to_this_host(town: Town, tmp_path: Path):
    settings = {"DATABASE_URL": "unused", "DATA_DIR": str(tmp_path), "PUBLIC_URL": "https://lapor.example.go.id"}
    app = create_app(read_settings(settings), town.clock)
    async with browser_of(app, "https://lapor.example.go.id") as browser:
        session, refresh = (await opens(browser)).headers.get_list("set-cookie")
        assert session.startswith("__Host-session=")
        assert refresh.startswith("__Secure-refresh=")
        assert {"secure", "path=/"} < set(session.lower().split("; "))
        assert "secure" in refresh.lower().split("; ")
        assert "domain=" not in (session + refresh).lower()
        assert (await browser.get("/v1/me")).status_code == 200
        assert (await refreshes(browser)).status_code == 201


@pytest.mark.parametrize("headers", [{}, {"x-requested-by": "someone"}, {"x-requested-by": ""}])
async def test_a_stranger_on_another_site_cannot_change_anything_in_my_name(
    browser: httpx.AsyncClient, headers: dict[str, str]
):
    await opens(browser)
    report = f"/v1/reports/{uuid7()}"
    answer = await browser.put(report, json=a_report(), headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/csrf-header-missing")
    for method, path in [("DELETE", "/v1/sessions/current"), ("POST", "/v1/sessions/refresh")]:
        assert (await browser.request(method, path, json={}, headers=headers)).status_code == 403
    assert (await browser.get(report)).status_code == 404


async def test_the_resident_on_our_own_page_can(browser: httpx.AsyncClient):
    await opens(browser)
    answer = await browser.put(f"/v1/reports/{uuid7()}", json=a_report(), headers=OURS)
    assert answer.status_code == 201


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    ("path", "body"), [("/v1/accounts", {}), ("/v1/sessions", {"login": "penyerang", "password": "x"})]
)
async def test_a_stranger_cannot_sign_a_browser_in_to_their_own_account(
    browser: httpx.AsyncClient, path: str, body: dict[str, Any], site: str
):
    answer = await browser.post(path, json=body | {"cookie": True}, headers={"sec-fetch-site": site})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_a_phone_with_a_bearer_token_needs_no_header(town: Town):
    resident = await town.resident()
    assert (await resident.put(f"/v1/reports/{uuid7()}", a_report())).status_code == 201


async def test_a_bearer_token_that_is_wrong_is_not_saved_by_a_cookie(browser: httpx.AsyncClient):
    await opens(browser)
    for authorization in ("Bearer salah", "Bearer", "Basic x", ""):
        answer = await browser.get("/v1/me", headers={"authorization": authorization})
        assert answer.status_code == 401


async def test_a_cookie_that_somebody_planted_is_never_taken_over(town: Town, browser: httpx.AsyncClient):
    browser.cookies.set("session", "dipasang-penyerang")
    assert (await browser.get("/v1/me")).status_code == 401
    await opens(browser)
    stolen = browser_of(town.app)
    stolen.cookies.set("session", "dipasang-penyerang")
    assert (await stolen.get("/v1/me")).status_code == 401


async def test_signing_in_again_makes_a_new_session(town: Town, browser: httpx.AsyncClient):
    await opens(browser)
    before = browser.cookies["session"]
    await opens(browser)
    assert browser.cookies["session"] != before


async def test_cookies_are_renewed_by_a_refresh(town: Town, browser: httpx.AsyncClient):
    account = (await opens(browser)).json()["account_id"]
    old = dict(browser.cookies)
    town.clock.passes(seconds=ACCESS_FOR.total_seconds() + 1)
    assert (await browser.get("/v1/me")).status_code == 401
    assert (await refreshes(browser)).json() == {"account_id": account, "expires_in": 3600}
    assert (await browser.get("/v1/me")).status_code == 200
    assert {browser.cookies[name] for name in old}.isdisjoint(old.values())


async def test_two_tabs_and_a_service_worker_that_refresh_at_once_all_stay_signed_in(
    town: Town, browser: httpx.AsyncClient
):
    await opens(browser)
    tabs = [browser_of(town.app) for _ in range(3)]
    for tab in tabs:
        tab.cookies.update(browser.cookies)
    assert [(await answer).status_code for answer in asyncio.as_completed(map(refreshes, tabs))] == [201] * 3
    assert [(await tab.get("/v1/me")).status_code for tab in tabs] == [200] * 3
    town.clock.passes(seconds=GRACE.total_seconds() + 1)
    assert [(await refreshes(tab)).status_code for tab in tabs] == [201] * 3


async def test_a_refresh_cookie_used_long_after_ends_the_family(town: Town, browser: httpx.AsyncClient):
    await opens(browser)
    thief = browser_of(town.app)
    thief.cookies.update(browser.cookies)
    await refreshes(browser)
    town.clock.passes(minutes=1)
    assert (await refreshes(thief)).status_code == 401
    assert (await browser.get("/v1/me")).status_code == 401


async def test_signing_out_takes_the_cookies_away(browser: httpx.AsyncClient):
    await opens(browser)
    kept = httpx.Cookies(browser.cookies)
    answer = await browser.delete("/v1/sessions/current", headers=OURS)
    assert answer.status_code == 204
    assert not dict(browser.cookies)
    browser.cookies.update(kept)
    assert (await browser.get("/v1/me")).status_code == 401


async def test_a_refresh_without_any_token_is_refused(town: Town):
    answer = await town.stranger.post("/v1/sessions/refresh", {})
    assert answer.status_code == 401


async def test_a_phone_that_signs_out_gets_no_cookie(town: Town):
    resident = await town.resident()
    answer = await Person(town.http, resident.token).ask("DELETE", "/v1/sessions/current")
    assert "set-cookie" not in answer.headers
