"""Residents who sign in with Firebase: Google's word is taken, nobody else's."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from api.accounts.firebase import ISSUER
from api.accounts.tables import Account
from api.app import create_app
from api.settings import SettingsIncomplete, read_settings
from tests.peers.google_keys import GoogleKeys, start_google_keys
from tests.people import NOON, Person, Town

PROJECT = "kentongan-uji"


@pytest.fixture(scope="module")
def double() -> Iterator[GoogleKeys]:
    with start_google_keys() as double:
        yield double


@pytest.fixture
def google(double: GoogleKeys) -> GoogleKeys:
    double.reset()
    return double


@pytest.fixture
async def site(town: Town, google: GoogleKeys, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = {"DATABASE_URL": "unused", "DATA_DIR": str(tmp_path), "FIREBASE_PROJECT": PROJECT}
    settings |= {"FIREBASE_KEYS_URL": google.url, "OUTSIDE_CA": str(google.ca_path)}
    transport = httpx.ASGITransport(create_app(read_settings(settings), town.clock))
    async with httpx.AsyncClient(transport=transport, base_url="http://town") as http:
        yield http


def claims(**changed: Any) -> dict[str, Any]:
    """None takes a claim away."""
    now = int(NOON.timestamp())
    said = {"aud": PROJECT, "iss": f"{ISSUER}{PROJECT}", "sub": "siti", "iat": now, "auth_time": now, "exp": now + 3600}
    return {name: value for name, value in (said | changed).items() if value is not None}


async def brings(site: httpx.AsyncClient, token: str, **more: Any) -> httpx.Response:
    return await site.post("/v1/sessions/firebase", json={"id_token": token, **more})


async def test_a_resident_finds_the_same_account_with_every_phone(site: httpx.AsyncClient, google: GoogleKeys):
    first = await brings(site, google.sign(claims()), device={"name": "HP", "locale": "en"})
    again = await brings(site, google.sign(claims()))
    other = await brings(site, google.sign(claims(sub="budi")))
    assert first.status_code == 201, first.text
    assert first.json()["account_id"] == again.json()["account_id"] != other.json()["account_id"]
    me = (await Person(site, first.json()["access_token"]).get("/v1/me")).json()
    assert (me["language"], me["grants"], me["login"]) == ("en", [], None)


async def test_a_page_gets_cookies(site: httpx.AsyncClient, google: GoogleKeys):
    answer = await brings(site, google.sign(claims()), cookie=True)
    assert "access_token" not in answer.json()
    assert (await site.get("/v1/me")).status_code == 200


async def test_two_phones_at_once_make_one_account(site: httpx.AsyncClient, google: GoogleKeys):
    token = google.sign(claims())
    answers = await asyncio.gather(*(brings(site, token) for _ in range(4)))
    assert len({answer.json()["account_id"] for answer in answers}) == 1


NOW = int(NOON.timestamp())


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "proyek-lain"},
        {"aud": [PROJECT, "proyek-lain"]},
        {"iss": "https://securetoken.google.com/proyek-lain"},
        {"iss": "https://accounts.google.com"},
        {"exp": NOW - 61},
        {"exp": None},
        {"exp": True},
        {"exp": "besok"},
        {"iat": NOW + 61},
        {"iat": None},
        {"auth_time": NOW + 61},
        {"auth_time": None},
        {"sub": ""},
        {"sub": None},
        {"sub": "x" * 129},
    ],
)
async def test_a_token_with_a_wrong_claim_opens_nothing(
    site: httpx.AsyncClient, google: GoogleKeys, changed: dict[str, Any]
):
    answer = await brings(site, google.sign(claims(**changed)))
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/sign-in-refused")
    assert await Account.count() == 0


async def test_a_stranger_who_signs_tokens_opens_nothing(site: httpx.AsyncClient, google: GoogleKeys):
    good = google.sign(claims())
    head, body, signature = good.split(".")
    forged = [
        jwt.encode(claims(), None, algorithm="none", headers={"kid": "first"}),
        jwt.encode(claims(), "x" * 32, algorithm="HS256", headers={"kid": "first"}),
        google.sign(claims(), kid="karangan"),
        jwt.encode(claims(), (google.folder / "first.key").read_text(), algorithm="RS256"),
        f"{head}.{body}.{signature[:-8]}AAAAAAAA",
        f"{head}.{body}.",
        "a.b.c",
        "",
        "bukan token",
        "ü.ü.ü",
        "eyJhbGciOiJSUzI1NiIsImtpZCI6WzFdfQ.e30.AAAA",  # the key's name is a list
    ]
    answers = [await brings(site, token) for token in forged]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


async def test_a_clock_a_minute_off_is_forgiven(site: httpx.AsyncClient, google: GoogleKeys):
    early = claims(iat=NOW + 59, auth_time=NOW + 59)
    assert (await brings(site, google.sign(early))).status_code == 201
    assert (await brings(site, google.sign(claims(exp=NOW - 59)))).status_code == 201


async def test_while_google_is_silent_nobody_is_turned_away_for_good(site: httpx.AsyncClient, google: GoogleKeys):
    google.fail(503)
    answer = await brings(site, google.sign(claims()))
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/firebase-unavailable")
    assert answer.headers["retry-after"]


async def test_a_closed_account_stays_closed(site: httpx.AsyncClient, google: GoogleKeys):
    await brings(site, google.sign(claims()))
    await Account.update({Account.disabled_at: NOON}, force=True)
    assert (await brings(site, google.sign(claims()))).status_code == 401


async def test_a_city_without_firebase_has_no_such_address(town: Town, google: GoogleKeys):
    answer = await town.stranger.post("/v1/sessions/firebase", {"id_token": google.sign(claims())})
    assert answer.status_code == 404


def test_with_the_emulators_variable_the_program_does_not_start():
    with pytest.raises(SettingsIncomplete, match="FIREBASE_AUTH_EMULATOR_HOST"):
        read_settings({"DATABASE_URL": "x", "FIREBASE_AUTH_EMULATOR_HOST": "localhost:9099"})
