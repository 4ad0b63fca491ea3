"""Token pairs: given, rotated, ended."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from uuid_utils.compat import uuid7

from api.accounts.sessions import ACCESS_FOR, ENDED_KEPT_FOR, GRACE, REFRESH_FOR, sweep
from api.piccolo_conf import DB
from tests.people import NOON, Person, Town

Pair = dict[str, Any]


async def a_phone(town: Town, locale: str = "id") -> Pair:
    answer = await town.http.post("/v1/accounts", json={"device": {"name": "HP", "locale": locale}})
    assert answer.status_code == 201
    pair: Pair = answer.json()
    return pair


async def refresh(town: Town, pair: Pair) -> httpx.Response:
    return await town.http.post("/v1/sessions/refresh", json={"refresh_token": pair["refresh_token"]})


async def is_admitted(town: Town, pair: Pair) -> bool:
    return (await Person(town.http, pair["access_token"]).get("/v1/me")).status_code == 200


async def test_an_account_needs_no_name_and_no_number(town: Town):
    answer = await town.http.post("/v1/accounts", json={})
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    pair = answer.json()
    assert pair["expires_in"] == 3600
    me = (await Person(town.http, pair["access_token"]).get("/v1/me")).json()
    assert (me["account_id"], me["language"], me["grants"]) == (pair["account_id"], "id", [])
    assert (me["login"], me["second_factor"]) == (None, "none")


async def test_the_account_speaks_the_language_of_its_phone(town: Town):
    pair = await a_phone(town, "en-GB")
    assert (await Person(town.http, pair["access_token"]).get("/v1/me")).json()["language"] == "en"


async def test_tokens_are_not_in_the_database(town: Town, everything: Any):
    pair = await a_phone(town)
    newer = (await refresh(town, pair)).json()
    stored = await everything()
    assert pair["account_id"] in stored
    for token in (pair["access_token"], pair["refresh_token"], newer["access_token"], newer["refresh_token"]):
        assert token not in stored
        assert token.encode().hex() not in stored


async def test_an_access_token_ends_after_its_hour(town: Town):
    pair = await a_phone(town)
    town.clock.now = NOON + ACCESS_FOR - timedelta(seconds=1)
    assert await is_admitted(town, pair)
    town.clock.now = NOON + ACCESS_FOR
    assert not await is_admitted(town, pair)


async def test_a_refresh_gives_a_new_pair_for_the_same_account(town: Town):
    pair = await a_phone(town)
    town.clock.passes(hours=2)
    answer = await refresh(town, pair)
    assert answer.status_code == 201
    newer = answer.json()
    assert newer["account_id"] == pair["account_id"]
    assert await is_admitted(town, newer)
    assert newer["refresh_token"] != pair["refresh_token"]


async def test_a_phone_that_lost_the_answer_asks_again_within_the_grace(town: Town):
    pair = await a_phone(town)
    first = (await refresh(town, pair)).json()
    town.clock.now = NOON + GRACE
    again = await refresh(town, pair)
    assert again.status_code == 201
    assert await is_admitted(town, first)
    assert await is_admitted(town, again.json())


async def test_the_grace_counts_from_the_first_use(town: Town):
    pair = await a_phone(town)
    await refresh(town, pair)
    town.clock.passes(seconds=20)
    assert (await refresh(town, pair)).status_code == 201
    town.clock.passes(seconds=20)
    assert (await refresh(town, pair)).status_code == 401


async def test_an_old_token_used_again_ends_the_whole_family(town: Town):
    pair = await a_phone(town)
    newer = (await refresh(town, pair)).json()
    town.clock.now = NOON + GRACE + timedelta(seconds=1)
    newest = (await refresh(town, newer)).json()
    assert (await refresh(town, pair)).status_code == 401
    assert [await is_admitted(town, each) for each in (pair, newer, newest)] == [False] * 3
    assert (await refresh(town, newest)).status_code == 401


async def test_other_sign_ins_of_the_town_are_left_alone(town: Town):
    pair, other = await a_phone(town), await a_phone(town)
    await refresh(town, pair)
    town.clock.passes(minutes=1)
    await refresh(town, pair)
    assert await is_admitted(town, other)


async def test_a_refresh_at_the_moment_of_a_theft_does_not_outlive_the_family(town: Town):
    pair = await a_phone(town)
    newer = (await refresh(town, pair)).json()
    town.clock.passes(minutes=1)
    late, reused = await asyncio.gather(refresh(town, newer), refresh(town, pair))
    assert reused.status_code == 401
    if late.status_code == 201:
        assert not await is_admitted(town, late.json())


async def test_a_refresh_token_ends_after_half_a_year(town: Town):
    pair = await a_phone(town)
    town.clock.now = NOON + REFRESH_FOR
    assert (await refresh(town, pair)).status_code == 401


async def test_signing_out_ends_every_token_of_this_sign_in(town: Town):
    pair = await a_phone(town)
    newer = (await refresh(town, pair)).json()
    answer = await Person(town.http, newer["access_token"]).ask("DELETE", "/v1/sessions/current")
    assert answer.status_code == 204
    assert not await is_admitted(town, pair)
    assert not await is_admitted(town, newer)
    assert (await refresh(town, newer)).status_code == 401


@pytest.mark.parametrize("token", ["", "tidak-ada", "x" * 200, "ü"])
async def test_an_unknown_refresh_token_is_refused(town: Town, token: str):
    answer = await refresh(town, {"refresh_token": token})
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/not-signed-in"


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", "Basic b3BlcmF0b3I6eA==", "Bearer salah", "Bearer a b", "Bearer \xff"]
)
async def test_without_a_good_token_nobody_is_somebody(town: Town, authorization: str):
    answer = await town.http.get("/v1/me", headers={b"authorization": authorization.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_refresh_token_does_not_open_the_house(town: Town):
    pair = await a_phone(town)
    assert not await is_admitted(town, pair | {"access_token": pair["refresh_token"]})


async def test_a_stranger_is_refused_before_the_body_is_read(town: Town):
    answer = await town.http.put(f"/v1/reports/{uuid7()}", content=b"{")
    assert answer.status_code == 401


async def kept() -> int:
    return len(await DB.fetch("SELECT FROM session"))


async def test_what_ended_goes_two_weeks_later_and_the_living_stay(town: Town):
    left, used = await a_phone(town), await a_phone(town)
    assert (await Person(town.http, left["access_token"]).ask("DELETE", "/v1/sessions/current")).status_code == 204
    newer = (await refresh(town, used)).json()
    town.clock.passes(seconds=ENDED_KEPT_FOR.total_seconds())
    assert (await sweep(town.clock()), await kept()) == (0, 3)

    town.clock.passes(seconds=1)
    assert (await sweep(town.clock()), await kept()) == (2, 1)
    assert (await refresh(town, used)).status_code == 401
    assert (await refresh(town, newer)).status_code == 201


async def test_a_sign_in_that_nobody_went_on_with_goes_too(town: Town):
    await a_phone(town)
    town.clock.passes(seconds=(REFRESH_FOR + ENDED_KEPT_FOR).total_seconds() + 1)
    assert (await sweep(town.clock()), await kept()) == (1, 0)


async def test_a_sweep_takes_a_few_at_a_time(town: Town):
    for _ in range(3):
        await a_phone(town)
    town.clock.passes(days=400)
    assert [await sweep(town.clock(), at_once=2) for _ in range(3)] == [2, 1, 0]
