"""The real sender with firebase-admin's credentials, over TLS and HTTP/2, against the double."""

import asyncio
import json
import socket
from pathlib import Path

import pytest

from push.fcm import FcmSender
from push.fcm_token import ServiceAccountUnreadable
from push.sender import AddressDead, Delivered, Rejected, Text, TryLater
from tests.peers.fcm import FcmDouble
from tests.push.factories import a_letter


async def test_a_letter_arrives_under_its_address_with_mid_rev_kind_and_subject(fcm: FcmDouble, sender: FcmSender):
    letter = a_letter("a-token")
    outcome = await sender.send(letter)
    assert isinstance(outcome, Delivered)
    assert outcome.provider_id.startswith(f"projects/{fcm.project}/messages/")
    [accepted] = fcm.accepted()
    assert accepted.address == "a-token"
    assert accepted.message["data"] == {
        "mid": str(letter.mid),
        "rev": "3",
        "kind": "report.changed",
        "subject": str(letter.subject),
    }
    assert accepted.message["android"]["notification"]["tag"] == str(letter.subject)
    assert fcm.stats()["http"] == {"2": 1}


async def test_an_installation_id_is_sent_as_fid(fcm: FcmDouble, sender: FcmSender):
    await sender.send(a_letter("an-installation", address_kind="fid"))
    assert fcm.accepted()[0].message["fid"] == "an-installation"


async def test_a_thousand_letters_need_one_access_token(fcm: FcmDouble, sender: FcmSender):
    outcomes = await asyncio.gather(*[sender.send(a_letter(f"ok-{n}")) for n in range(1000)])
    assert all(isinstance(outcome, Delivered) for outcome in outcomes)
    assert fcm.stats()["tokens_issued"] == 1


@pytest.mark.parametrize(
    ("address", "outcome"),
    [
        ("dead-1", AddressDead("UNREGISTERED")),
        ("foreign-1", AddressDead("SENDER_ID_MISMATCH")),
        ("bad-1", Rejected("INVALID_ARGUMENT", "The registration token is not a valid FCM registration token")),
        ("apns-1", TryLater(code="THIRD_PARTY_AUTH_ERROR", after_s=300)),
        ("denied-1", TryLater(code="PERMISSION_DENIED", after_s=300)),
        ("noproject-1", TryLater(code="NOT_FOUND", after_s=300)),
        ("quota-9-1", TryLater(code="DEVICE_QUOTA", after_s=1)),
        ("pquota-9-1", TryLater(code="PROJECT_QUOTA", after_s=30)),
        ("busy-9-1", TryLater(code="UNAVAILABLE", after_s=1)),
        ("boom-9-1", TryLater(code="INTERNAL", is_ambiguous=True)),
        ("html-9-1", TryLater(code="HTTP_502", is_ambiguous=True)),
    ],
)
async def test_each_answer_of_fcm_is_an_outcome(fcm: FcmDouble, sender: FcmSender, address: str, outcome: object):
    assert await sender.send(a_letter(address)) == outcome
    assert fcm.accepted() == []


async def test_five_hundred_at_once_all_answered_503_come_back_at_once(fcm: FcmDouble, sender: FcmSender):
    outcomes = await asyncio.gather(*[sender.send(a_letter(f"busy-1-{n}")) for n in range(500)])
    assert {type(outcome) for outcome in outcomes} == {TryLater}


async def test_a_refused_access_token_is_replaced_once_for_all(fcm: FcmDouble, sender: FcmSender):
    await sender.send(a_letter("ok-first"))
    fcm.revoke()
    outcomes = await asyncio.gather(*[sender.send(a_letter(f"ok-{n}")) for n in range(200)])
    assert all(isinstance(outcome, Delivered) for outcome in outcomes)
    assert fcm.stats()["tokens_issued"] == 2


async def test_two_hundred_refused_for_ever_do_not_ask_for_two_hundred_tokens(fcm: FcmDouble, sender: FcmSender):
    outcomes = await asyncio.gather(*[sender.send(a_letter(f"authz-9-{n}")) for n in range(200)])
    assert {type(outcome) for outcome in outcomes} == {TryLater}
    assert fcm.stats()["tokens_issued"] <= 4


async def test_a_devices_own_quota_holds_up_nobody_else(fcm: FcmDouble, sender: FcmSender):
    await sender.send(a_letter("quota-9-1"))
    assert isinstance(await sender.send(a_letter("ok-1")), Delivered)


async def test_the_projects_quota_holds_up_all_as_long_as_fcm_asked(fcm: FcmDouble, sender: FcmSender):
    await sender.send(a_letter("pquota-9-1"))
    held = await sender.send(a_letter("ok-1"))
    assert isinstance(held, TryLater)
    assert (held.code, held.was_sent) == ("PACED", False)
    assert 2 < (held.after_s or 0) <= 30
    assert fcm.stats()["sent"] == 1


async def test_an_answer_that_does_not_come_while_others_do_is_ambiguous(fcm: FcmDouble):
    async with FcmSender(fcm.service_account_path, fcm.ca_path, fcm.resolve, timeout_s=0.5) as sender:
        await sender.send(a_letter("ok-0"))
        lost = asyncio.create_task(sender.send(a_letter("drop-1")))
        await sender.send(a_letter("slow-50-1"))
        assert await lost == TryLater(code="NO_ANSWER", is_ambiguous=True)
    assert [accepted.address for accepted in fcm.accepted()].count("drop-1") == 1


async def test_when_nobody_is_answered_it_is_an_outage_and_no_message_is_blamed(fcm: FcmDouble):
    async with FcmSender(fcm.service_account_path, fcm.ca_path, fcm.resolve, timeout_s=0.3) as sender:
        outcome = await sender.send(a_letter("hole-1-1"))
    assert isinstance(outcome, TryLater)
    assert (outcome.code, outcome.is_ambiguous) == ("OUTAGE", False)


async def test_a_slow_answer_within_the_timeout_counts(fcm: FcmDouble, sender: FcmSender):
    assert isinstance(await sender.send(a_letter("slow-300-1")), Delivered)


async def test_a_refused_connection_sends_nothing_and_opens_the_breaker(fcm: FcmDouble):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refuses
        async with FcmSender(fcm.service_account_path, fcm.ca_path, taken.getsockname()) as sender:
            outcomes = [await sender.send(a_letter(f"ok-{n}")) for n in range(2)]
    assert [(outcome.code, outcome.was_sent) for outcome in outcomes] == [("UNREACHABLE", False), ("PACED", False)]


async def test_a_token_endpoint_that_refuses_is_a_later_and_not_an_error(fcm: FcmDouble, sender: FcmSender):
    fcm.refuse_tokens()
    outcomes = await asyncio.gather(*[sender.send(a_letter(f"ok-{n}")) for n in range(50)])
    assert set(outcomes) == {TryLater(code="TOKEN_RefreshError", after_s=15, was_sent=False)}
    assert fcm.stats()["tokens_denied"] == 1


async def test_a_token_endpoint_that_is_down_is_a_later(fcm: FcmDouble, tmp_path: Path):
    account = json.loads(fcm.service_account_path.read_text())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        path = tmp_path / "account.json"
        path.write_text(json.dumps(account | {"token_uri": f"https://localhost:{taken.getsockname()[1]}/token"}))
        async with FcmSender(path, fcm.ca_path, fcm.resolve) as sender:
            outcome = await sender.send(a_letter("ok-1"))
    assert outcome == TryLater(code="TOKEN_TransportError", after_s=15, was_sent=False)


async def test_an_unknown_authority_is_not_trusted(fcm: FcmDouble):
    async with FcmSender(fcm.service_account_path, resolve=fcm.resolve) as sender:
        outcome = await sender.send(a_letter("ok-1"))
    assert isinstance(outcome, TryLater)
    assert not outcome.was_sent
    assert fcm.stats()["sent"] == 0


async def test_a_letter_larger_than_fcm_takes_is_not_sent(fcm: FcmDouble, sender: FcmSender):
    outcome = await sender.send(a_letter(text=Text(title="Laporan", body="é" * 2000)))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "TOO_LARGE"
    assert fcm.stats()["sent"] == 0


def test_a_file_that_is_no_service_account_is_named(tmp_path: Path):
    path = tmp_path / "account.json"
    path.write_text("{}")
    with pytest.raises(ServiceAccountUnreadable) as refused:
        FcmSender(path)
    assert refused.value.path == path
