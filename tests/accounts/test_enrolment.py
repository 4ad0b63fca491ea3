"""An officer's first day: the code from the administrator, a password of their own, the second factor."""

import asyncio
import re
from typing import Any

import httpx
import pyotp
import pytest

from api.accounts.enrolment import VALID_FOR, Enrolment, issue
from api.accounts.speaker import Grant
from api.accounts.staff import add_account
from api.accounts.tables import Account
from tests.people import NOON, Person, Town

PASSWORD = "palu godam di tiang ronda"


@pytest.fixture
async def given(town: Town) -> Enrolment:
    """What the administrator hands over."""
    account = await add_account("petugas", None, [Grant(0, "operator", town.city.id, None, None)], NOON)
    return await issue(account, NOON)


async def enrols(town: Town, code: str, password: str = PASSWORD) -> httpx.Response:
    return await town.http.post("/v1/enrolments", json={"login": "Petugas", "code": code, "password": password})


async def sign_in(town: Town, **more: Any) -> httpx.Response:
    return await town.http.post("/v1/sessions", json={"login": "petugas", "password": PASSWORD, **more})


@pytest.fixture
async def petugas(town: Town, given: Enrolment) -> Person:
    """Enrolled, without a second factor yet."""
    answer = await enrols(town, given.enrolment_code)
    assert answer.status_code == 201, answer.text
    return Person(town.http, answer.json()["access_token"], answer.json()["account_id"])


async def secret_of(person: Person, **more: Any) -> str:
    answer = await person.post("/v1/me/totp", {"password": PASSWORD, **more})
    assert answer.status_code == 201, answer.text
    secret: str = answer.json()["secret"]
    return secret


def shown_by_the_app(secret: str, town: Town) -> str:
    return pyotp.TOTP(secret).at(town.clock())


async def with_second_factor(town: Town, person: Person) -> tuple[str, list[str]]:
    secret = await secret_of(person)
    answer = await person.post("/v1/me/totp/confirm", {"code": shown_by_the_app(secret, town)})
    assert answer.status_code == 201, answer.text
    town.clock.passes(seconds=30)
    return secret, answer.json()["recovery_codes"]


async def test_the_grants_wait_for_the_second_factor(town: Town, petugas: Person):
    before = (await petugas.get("/v1/me")).json()
    assert (before["grants"], before["second_factor"]) == ([], "required")
    await with_second_factor(town, petugas)
    after = (await petugas.get("/v1/me")).json()
    assert after["second_factor"] == "confirmed"
    assert [(grant["role"], grant["city_name"]) for grant in after["grants"]] == [("operator", town.city.name)]


async def test_the_secret_comes_as_a_picture_for_the_app(petugas: Person):
    begun = (await petugas.post("/v1/me/totp", {"password": PASSWORD})).json()
    assert pyotp.parse_uri(begun["otpauth_uri"]).secret == begun["secret"]
    assert begun["qr_svg"].startswith("<svg")
    assert not re.search(r"<script|href", begun["qr_svg"])


async def test_an_enrolment_code_works_once(town: Town, given: Enrolment):
    written = given.enrolment_code.lower().replace("-", " ")
    answers = await asyncio.gather(*(enrols(town, written) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 401, 401]


async def test_an_enrolment_code_ends_after_three_days(town: Town, given: Enrolment):
    town.clock.now = NOON + VALID_FOR
    assert (await enrols(town, given.enrolment_code)).status_code == 401


async def test_a_stranger_without_the_code_cannot_enrol(town: Town, given: Enrolment):
    wrong = await enrols(town, "0000-0000-0000-0000")
    nobody = await town.http.post("/v1/enrolments", json={"login": "x", "code": "x", "password": PASSWORD})
    empty = await enrols(town, "")
    assert {answer.status_code for answer in (wrong, nobody, empty)} == {401}
    assert wrong.content == nobody.content == empty.content


@pytest.mark.parametrize("password", ["pendek", "petugas     ", "aaaaaaaaaaaaaaaaa"])
async def test_a_weak_password_is_refused_with_a_reason(town: Town, given: Enrolment, password: str):
    answer = await enrols(town, given.enrolment_code, password)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "password"
    assert (await enrols(town, given.enrolment_code)).status_code == 201


async def test_before_the_enrolment_nobody_can_sign_in(town: Town, given: Enrolment):
    assert (await sign_in(town)).status_code == 401
    assert (await sign_in(town, password="")).status_code == 401


async def test_afterwards_the_app_is_asked_for_its_code(town: Town, petugas: Person):
    secret, _ = await with_second_factor(town, petugas)
    assert (await sign_in(town)).status_code == 401
    assert (await sign_in(town, totp=shown_by_the_app(secret, town))).status_code == 201


async def test_a_recovery_code_works_once_in_place_of_the_app(town: Town, petugas: Person):
    _, codes = await with_second_factor(town, petugas)
    assert len(set(codes)) == 10
    assert (await sign_in(town, totp=codes[0].lower())).status_code == 201
    assert (await sign_in(town, totp=codes[0])).status_code == 401
    together = await asyncio.gather(*(sign_in(town, totp=codes[1]) for _ in range(3)))
    assert sorted(answer.status_code for answer in together) == [201, 401, 401]


async def test_recovery_codes_can_be_made_anew(town: Town, petugas: Person):
    secret, old = await with_second_factor(town, petugas)
    proof = {"password": PASSWORD, "totp": shown_by_the_app(secret, town)}
    new = (await petugas.post("/v1/me/recovery-codes", proof)).json()["recovery_codes"]
    assert (await sign_in(town, totp=old[0])).status_code == 401
    assert (await sign_in(town, totp=new[0])).status_code == 201


@pytest.mark.parametrize("path", ["/v1/me/totp", "/v1/me/recovery-codes", "/v1/me/password"])
async def test_who_borrows_a_phone_cannot_change_what_protects_the_account(town: Town, petugas: Person, path: str):
    await with_second_factor(town, petugas)
    body = {"password": "salah", "new_password": "kata sandi si pencuri"}
    assert (await petugas.post(path, body)).status_code == 401
    assert (await petugas.post(path, body | {"password": PASSWORD})).status_code == 401


async def test_a_resident_has_no_password_to_prove(town: Town):
    resident = await town.resident()
    assert (await resident.post("/v1/me/totp", {"password": ""})).status_code == 403


async def test_a_secret_counts_only_when_a_code_confirms_it(town: Town, petugas: Person):
    assert (await petugas.post("/v1/me/totp/confirm", {"code": "123456"})).status_code == 422
    secret = await secret_of(petugas)
    wrong = await petugas.post("/v1/me/totp/confirm", {"code": "abcdef"})
    assert wrong.json()["errors"][0]["field"] == "code"
    assert (await petugas.get("/v1/me")).json()["second_factor"] == "required"
    assert (await petugas.post("/v1/me/totp/confirm", {"code": shown_by_the_app(secret, town)})).status_code == 201


async def test_a_new_password_ends_the_sign_ins_elsewhere(town: Town, petugas: Person):
    secret, _ = await with_second_factor(town, petugas)
    other = (await sign_in(town, totp=shown_by_the_app(secret, town))).json()
    town.clock.passes(seconds=30)
    new = "kata sandi yang lebih panjang"
    proof = {"password": PASSWORD, "totp": shown_by_the_app(secret, town), "new_password": new}
    assert (await petugas.post("/v1/me/password", proof)).status_code == 204
    assert (await petugas.get("/v1/me")).status_code == 200
    assert (await Person(town.http, other["access_token"]).get("/v1/me")).status_code == 401
    town.clock.passes(seconds=30)
    code = shown_by_the_app(secret, town)
    assert (await sign_in(town, totp=code, device_token=other["device_token"])).status_code == 401
    assert (await sign_in(town, password=new, totp=code)).status_code == 201


async def test_a_new_code_from_the_administrator_ends_all_that_was(town: Town, petugas: Person):
    secret, codes = await with_second_factor(town, petugas)
    account = await Account.objects().get(Account.login == "petugas")
    assert account is not None
    again = await issue(account.id, town.clock())
    assert (await petugas.get("/v1/me")).status_code == 401
    for totp in (shown_by_the_app(secret, town), codes[0], None):
        assert (await sign_in(town, totp=totp)).status_code == 401
    assert (await enrols(town, again.enrolment_code)).status_code == 201


async def test_neither_secret_nor_codes_stand_in_the_database(
    town: Town, given: Enrolment, petugas: Person, everything: Any
):
    secret, codes = await with_second_factor(town, petugas)
    stored = await everything()
    for hidden in (given.enrolment_code, secret, *codes):
        for written in (hidden, hidden.replace("-", "")):
            assert written not in stored
            assert written.encode().hex() not in stored


async def test_my_sign_ins_are_listed_and_one_can_be_ended(town: Town, petugas: Person):
    secret, _ = await with_second_factor(town, petugas)
    code = shown_by_the_app(secret, town)
    other = (await sign_in(town, totp=code, device={"name": "Tablet loket"})).json()
    listed = (await petugas.get("/v1/me/sessions")).json()
    assert [(each["device_name"], each["is_this"]) for each in listed] == [("Tablet loket", False), ("", True)]
    assert (await petugas.ask("DELETE", f"/v1/me/sessions/{listed[0]['id']}")).status_code == 204
    assert (await Person(town.http, other["access_token"]).get("/v1/me")).status_code == 401
    assert len((await petugas.get("/v1/me/sessions")).json()) == 1


async def test_a_sign_in_of_somebody_else_cannot_be_ended(town: Town, petugas: Person):
    own = (await petugas.get("/v1/me/sessions")).json()[0]["id"]
    resident = await town.resident()
    assert (await resident.ask("DELETE", f"/v1/me/sessions/{own}")).status_code == 404
    assert (await petugas.get("/v1/me")).status_code == 200
