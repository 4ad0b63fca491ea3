"""Staff sign in: login, password, code."""

import asyncio
from typing import Any

import httpx
import pyotp
import pytest

from api.accounts.errors import LoginTaken
from api.accounts.passwords import HASHER, NOBODY
from api.accounts.signing_in import LOCKED_FOR, MAX_FAILURES
from api.accounts.speaker import Grant
from api.accounts.staff import add_account
from api.accounts.tables import Account
from tests.people import NOON, Person, Town

PASSWORD = "kentongan-berbunyi"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
async def operator(town: Town) -> int:
    return await add_account("operator", PASSWORD, [Grant(0, "operator", town.city.id, None, None)], NOON)


async def sign_in(town: Town, login: str = "operator", password: str = PASSWORD, **more: Any) -> httpx.Response:
    return await town.http.post("/v1/sessions", json={"login": login, "password": password, **more})


async def with_totp(town: Town, account: int) -> None:
    sealed = town.app.state.seals.seal(SECRET, f"totp {account}")
    await Account.update({Account.totp_sealed: sealed}).where(Account.id == account)


async def failed(account: int, times: int) -> None:
    """As many failures as if they had been tried; each costs a quarter of a second."""
    await Account.update({Account.failures: times}).where(Account.id == account)


def code(town: Town, steps_later: int = 0) -> str:
    return pyotp.HOTP(SECRET).at(int(town.clock().timestamp()) // 30 + steps_later)


async def test_the_right_password_opens_a_session_with_the_grants(town: Town, operator: int):
    answer = await sign_in(town, login=" Operator ")
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    me = (await Person(town.http, answer.json()["access_token"]).get("/v1/me")).json()
    assert [(grant["role"], grant["city"]) for grant in me["grants"]] == [("operator", town.city.id)]


async def test_every_failure_has_the_same_answer(town: Town, operator: int):
    await with_totp(town, operator)
    wrong = await sign_in(town, password="salah")
    unknown = await sign_in(town, login="tidak-ada")
    without_code = await sign_in(town)
    wrong_code = await sign_in(town, totp="000000")
    nobody = await sign_in(town, login="")
    answers = [wrong, unknown, without_code, wrong_code, nobody]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(answer.headers.multi_items()) for answer in answers}) == 1


async def test_a_resident_without_a_password_cannot_sign_in_with_one(town: Town):
    await town.resident()
    assert (await sign_in(town, login="", password="")).status_code == 401


async def test_an_account_is_locked_after_five_failures_and_says_nothing_of_it(town: Town, operator: int):
    refusals = [await sign_in(town, password="salah") for _ in range(MAX_FAILURES)]
    locked = await sign_in(town)
    assert (locked.status_code, locked.content) == (401, refusals[0].content)


async def test_the_lock_ends_by_itself_and_is_not_lengthened(town: Town, operator: int):
    await failed(operator, MAX_FAILURES - 1)
    await sign_in(town, password="salah")
    town.clock.passes(minutes=14)
    assert (await sign_in(town, password="salah")).status_code == 401
    assert (await sign_in(town)).status_code == 401
    town.clock.now = NOON + LOCKED_FOR
    assert (await sign_in(town)).status_code == 201


async def test_a_success_forgives_the_failures_before_it(town: Town, operator: int):
    await failed(operator, MAX_FAILURES - 1)
    assert (await sign_in(town)).status_code == 201
    await sign_in(town, password="salah")
    assert (await sign_in(town)).status_code == 201


async def test_guesses_at_once_are_counted_one_by_one(town: Town, operator: int):
    await asyncio.gather(*(sign_in(town, password="salah") for _ in range(MAX_FAILURES)))
    assert (await sign_in(town)).status_code == 401


async def test_people_with_the_right_password_at_once_all_come_in(town: Town, operator: int):
    answers = await asyncio.gather(*(sign_in(town) for _ in range(MAX_FAILURES + 1)))
    assert {answer.status_code for answer in answers} == {201}


async def test_with_a_secret_a_code_is_needed_and_works_once(town: Town, operator: int):
    await with_totp(town, operator)
    assert (await sign_in(town)).status_code == 401
    assert (await sign_in(town, totp=code(town))).status_code == 201
    assert (await sign_in(town, totp=code(town))).status_code == 401
    town.clock.passes(seconds=30)
    assert (await sign_in(town, totp=code(town))).status_code == 201


async def test_one_code_used_twice_at_once_lets_one_in(town: Town, operator: int):
    await with_totp(town, operator)
    answers = await asyncio.gather(*(sign_in(town, totp=code(town)) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 401, 401, 401]


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 201), (1, 201), (2, 401)])
async def test_a_clock_half_a_minute_off_is_forgiven(town: Town, operator: int, steps: int, status: int):
    await with_totp(town, operator)
    assert (await sign_in(town, totp=code(town, steps))).status_code == status


async def test_a_code_does_not_replace_the_password(town: Town, operator: int):
    await with_totp(town, operator)
    assert (await sign_in(town, password="salah", totp=code(town))).status_code == 401


@pytest.mark.parametrize("login", ["a\0b", "x" * 201])
async def test_a_login_that_cannot_be_is_refused_with_a_reason(town: Town, login: str):
    answer = await sign_in(town, login=login)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_login_belongs_to_one(town: Town, operator: int):
    with pytest.raises(LoginTaken) as taken:
        await add_account(" OPERATOR", PASSWORD, [], NOON)
    assert taken.value.login == "operator"


async def test_neither_password_nor_token_stands_in_the_database(town: Town, operator: int, everything: Any):
    pair = (await sign_in(town)).json()
    stored = await everything()
    assert "operator" in stored
    for secret in (PASSWORD, pair["access_token"], pair["refresh_token"]):
        assert secret not in stored
        assert secret.encode().hex() not in stored


async def test_a_device_that_signed_in_before_is_not_locked_out_by_strangers(town: Town, operator: int):
    device = (await sign_in(town)).json()["device_token"]
    for _ in range(MAX_FAILURES):
        await sign_in(town, password="salah")
    assert (await sign_in(town)).status_code == 401
    known = await sign_in(town, device_token=device)
    assert known.status_code == 201
    assert known.json()["device_token"] == device
    assert (await sign_in(town)).status_code == 401  # and the strangers stay locked out


async def test_a_known_device_that_fails_too_often_is_a_stranger_for_a_while(town: Town, operator: int):
    device = (await sign_in(town)).json()["device_token"]
    for _ in range(MAX_FAILURES):
        await sign_in(town, password="salah", device_token=device)
    await failed(operator, MAX_FAILURES - 1)
    await sign_in(town, password="salah", device_token=device)
    assert (await sign_in(town, device_token=device)).status_code == 401
    town.clock.passes(seconds=LOCKED_FOR.total_seconds())
    assert (await sign_in(town, device_token=device)).status_code == 201


async def test_the_device_of_one_is_a_stranger_to_another(town: Town, operator: int):
    await add_account("petugas", PASSWORD, [], NOON)
    device = (await sign_in(town, login="petugas")).json()["device_token"]
    await failed(operator, MAX_FAILURES - 1)
    await sign_in(town, password="salah", device_token=device)
    assert (await sign_in(town, device_token=device)).status_code == 401


async def test_a_device_token_that_somebody_planted_is_not_taken_over(town: Town, operator: int):
    planted = await sign_in(town, device_token="dipasang-penyerang")
    assert planted.json()["device_token"] != "dipasang-penyerang"


async def test_a_closed_account_cannot_sign_in_and_its_sessions_end(town: Town, operator: int):
    pair = (await sign_in(town)).json()
    await Account.update({Account.disabled_at: NOON}).where(Account.id == operator)
    assert (await sign_in(town)).status_code == 401
    assert (await Person(town.http, pair["access_token"]).get("/v1/me")).status_code == 401


def test_an_unknown_login_costs_as_much_as_a_known_one():
    assert not HASHER.check_needs_rehash(NOBODY)
