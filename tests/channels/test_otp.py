"""A resident proves a phone number by the code that is sent to it."""

import asyncio
import logging
import re
from typing import Any

import pytest

from api.accounts.numbers import read_number
from api.errors import FieldRefused
from tests.channels.conftest import TextsSent, links
from tests.people import Town


@pytest.mark.parametrize(
    "written", ["081234567890", "0812 3456 7890", "+62 812-3456-7890", "6281234567890", "81234567890"]
)
def test_a_number_is_the_same_however_it_is_written(written: str):
    assert read_number(written) == "+6281234567890"


@pytest.mark.parametrize(
    "written", ["", "112", "0217654321", "+6591234567", "0812345", "08123456789012", "٠٨١٢٣٤٥٦٧٨٩٠", "0812345678x"]
)
def test_what_no_text_message_reaches_is_refused(written: str):
    with pytest.raises(FieldRefused):
        read_number(written)


async def test_a_phone_is_linked_by_the_code_that_was_sent_to_it(town: Town, sms: TextsSent):
    resident = await town.resident()
    assert await links(resident, sms) == resident.uid
    me = (await resident.get("/v1/me")).json()
    assert (me["phone_linked"], me["phone_ends_with"]) == (True, "890")
    assert sms.sent[0][0] == "+6281234567890"


async def test_the_message_is_in_the_residents_language_and_fits_two_parts(town: Town, sms: TextsSent):
    resident = await town.resident("en-US")
    await resident.post("/v1/otp", {"phone": "081234567890"})
    words = sms.sent[0][1]
    assert "Tell nobody" in words
    assert words.isascii()
    assert len(words) <= 160
    assert words.splitlines()[-1].endswith(f"#{sms.code}")  # browsers fill it in from this line


async def test_without_a_sender_the_resident_is_told_the_other_ways(town: Town):
    answer = await (await town.resident()).post("/v1/otp", {"phone": "081234567890"})
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/sms-not-configured")
    assert "/v1/otp/inverse" in answer.json()["detail"]
    assert "retry-after" not in answer.headers


async def test_a_gateway_that_does_not_answer_is_told(town: Town, sms: TextsSent):
    sms.is_down = True
    answer = await (await town.resident()).post("/v1/otp", {"phone": "081234567890"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


async def test_a_stranger_cannot_ask_for_codes(town: Town, sms: TextsSent):
    for path in ("/v1/otp", "/v1/otp/verify", "/v1/otp/inverse"):
        assert (await town.stranger.post(path, {"phone": "081234567890", "code": "1"})).status_code == 401


async def test_a_code_of_another_account_is_of_no_use(town: Town, sms: TextsSent):
    siti, thief = await town.resident(), await town.resident()
    await siti.post("/v1/otp", {"phone": "081234567890"})
    answer = await thief.post("/v1/otp/verify", {"phone": "081234567890", "code": sms.code})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "code"


async def test_a_code_works_once_and_for_five_minutes(town: Town, sms: TextsSent):
    resident = await town.resident()
    body = {"phone": "081234567890"}
    await resident.post("/v1/otp", body)
    town.clock.passes(minutes=5)
    assert (await resident.post("/v1/otp/verify", body | {"code": sms.code})).status_code == 422
    await resident.post("/v1/otp", body)
    right = body | {"code": sms.code}
    answers = await asyncio.gather(*(resident.post("/v1/otp/verify", right) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422]


async def test_after_five_wrong_tries_the_right_code_is_too_late(town: Town, sms: TextsSent):
    resident = await town.resident()
    body = {"phone": "081234567890"}
    await resident.post("/v1/otp", body)
    wrong = "000000" if sms.code != "000000" else "111111"
    answers = await asyncio.gather(*(resident.post("/v1/otp/verify", body | {"code": wrong}) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {422}
    late = await resident.post("/v1/otp/verify", body | {"code": sms.code})
    assert (late.status_code, late.content) == (422, answers[0].content)


async def test_one_number_is_not_bombed_with_messages_by_many_accounts(town: Town, sms: TextsSent):
    people = [await town.resident() for _ in range(4)]
    together = await asyncio.gather(*(person.post("/v1/otp", {"phone": "081234567890"}) for person in people))
    assert sorted(answer.status_code for answer in together) == [202, 429, 429, 429]
    for person in people[:3]:
        town.clock.passes(minutes=1)
        last = await person.post("/v1/otp", {"phone": "081234567890"})
    assert last.status_code == 429
    assert last.headers["retry-after"] == "3600"
    assert len(sms.sent) == 3
    assert (await people[3].post("/v1/otp", {"phone": "081234567891"})).status_code == 202


async def test_one_account_does_not_send_to_the_whole_town(town: Town, sms: TextsSent):
    resident, neighbour = await town.resident(), await town.resident()
    answers = [await resident.post("/v1/otp", {"phone": f"08123456780{n}"}) for n in range(5)]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 202, 429]
    assert (await neighbour.post("/v1/otp", {"phone": "081234567805"})).status_code == 202


async def test_number_and_code_stand_nowhere_readable(
    town: Town, sms: TextsSent, everything: Any, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    resident = await town.resident()
    await links(resident, sms)
    stored = await everything()
    assert "phone-linked" in stored
    for hidden in ("81234567890", b"81234567890".hex(), rf"\b{sms.code}\b"):
        assert not re.search(hidden, stored)
        assert not re.search(hidden, caplog.text)


async def test_a_number_can_be_unlinked(town: Town, sms: TextsSent):
    resident = await town.resident()
    await links(resident, sms)
    assert (await resident.ask("DELETE", "/v1/me/phone")).status_code == 204
    assert (await resident.get("/v1/me")).json()["phone_linked"] is False
    other = await town.resident()
    town.clock.passes(minutes=2)
    assert await links(other, sms) == other.uid
