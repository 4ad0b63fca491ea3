from collections.abc import AsyncIterator

import pytest

from push.sender import Delivered, Rejected, Text, TryLater
from push.sms import Method, SmsSender, SmsUrlUnreadable, coding_of, cut, read_gateway
from tests.peers.kannel import KannelDouble, a_kannel
from tests.push.factories import a_letter

PHONE = "+6281200000001"


@pytest.fixture
async def kannel() -> AsyncIterator[KannelDouble]:
    async with a_kannel() as double:
        yield double


@pytest.mark.parametrize("method", ["get", "post"])
async def test_a_text_message_arrives_as_it_was_written(kannel: KannelDouble, method: Method):
    async with SmsSender(kannel.setting, method) as sender:
        assert isinstance(await sender.text(PHONE, "Kode & 100% = 123456"), Delivered)
        assert isinstance(await sender.text(PHONE, "Sudah ☕"), Delivered)
    first, second = kannel.accepted
    assert (first.to, first.sender, first.text, first.coding) == (PHONE, "KENTONGAN", "Kode & 100% = 123456", "0")
    assert (second.text, second.coding, second.method) == ("Sudah ☕", "2", method.upper())


async def test_a_number_stands_in_no_url_when_posted(kannel: KannelDouble):
    async with SmsSender(kannel.setting, "post") as sender:
        await sender.text(PHONE, "Halo")
    assert [message.query for message in kannel.accepted] == [""]


async def test_a_letter_becomes_one_line(kannel: KannelDouble):
    said = Text(title="Laporan ABCD-EFGH: selesai", body="Mohon periksa.", public_link="https://lapor.example/l/ABCD")
    async with SmsSender(kannel.setting) as sender:
        await sender.send(a_letter(PHONE, address_kind="sms", text=said))
    assert kannel.accepted[0].text == "Laporan ABCD-EFGH: selesai. Mohon periksa. https://lapor.example/l/ABCD"


@pytest.mark.parametrize(
    ("number", "code", "was_sent", "is_ambiguous"),
    [
        ("+62000401", "HTTP_401", False, False),
        ("+62000404", "HTTP_404", False, False),
        ("+62000429", "THROTTLED", True, False),
        ("+62000500", "HTTP_500", True, True),
        ("+62000503", "HTTP_503", True, False),
        ("+62002", "GATEWAY_REFUSED", False, False),
    ],
)
async def test_a_gateway_in_trouble_is_asked_later(
    kannel: KannelDouble, number: str, code: str, was_sent: bool, is_ambiguous: bool
):
    async with SmsSender(kannel.setting) as sender:
        outcome = await sender.text(number, "Halo")
    assert isinstance(outcome, TryLater)
    assert (outcome.code, outcome.was_sent, outcome.is_ambiguous) == (code, was_sent, is_ambiguous)


async def test_a_queued_message_counts_as_taken_on(kannel: KannelDouble):
    async with SmsSender(kannel.setting) as sender:
        assert await sender.text("+62001", "Halo") == Delivered("")


async def test_a_number_that_the_gateway_does_not_take_is_given_up(kannel: KannelDouble):
    async with SmsSender(kannel.setting) as sender:
        assert await sender.text("nomor", "Halo") == Rejected("HTTP_400", "")


async def test_a_wrong_password_waits_for_the_operator(kannel: KannelDouble):
    async with SmsSender(kannel.setting.replace("rahasia", "salah")) as sender:
        outcome = await sender.text(PHONE, "Halo")
    assert isinstance(outcome, TryLater)
    assert (outcome.code, outcome.after_s) == ("HTTP_403", 1800.0)


async def test_a_gateway_that_is_away_was_sent_nothing():
    async with a_kannel() as kannel:
        setting = kannel.setting
    async with SmsSender(setting) as sender:
        outcome = await sender.text(PHONE, "Halo")
    assert isinstance(outcome, TryLater)
    assert (outcome.code, outcome.was_sent) == ("UNREACHABLE", False)


@pytest.mark.parametrize(
    ("text", "coding", "kept"),
    [
        ("a" * 306, "0", "a" * 306),
        ("a" * 307, "0", "a" * 303 + "..."),
        ("é" * 306, "0", "é" * 306),
        ("ă" * 134, "2", "ă" * 134),
        ("ă" * 135, "2", "ă" * 131 + "..."),
        ("😀" * 67, "2", "😀" * 67),
        ("😀" * 68, "2", "😀" * 65 + "..."),
    ],
)
def test_a_message_is_two_parts_at_most(text: str, coding: str, kept: str):
    assert coding_of(text) == coding
    assert cut(text, coding) == kept


def test_the_setting_is_read_with_its_parameters():
    gateway = read_gateway("https://a%40b:c%3Ad@sms.example:8443/send?from=KOTA&smsc=satu")
    assert (gateway.url, gateway.username, gateway.password) == ("https://sms.example:8443/send", "a@b", "c:d")
    assert gateway.more == {"from": "KOTA", "smsc": "satu"}


@pytest.mark.parametrize("setting", ["", "sms.example", "ftp://a:b@c/", "http://sms.example/x", "http://a:b@[x/"])
def test_a_setting_that_is_no_gateway_is_refused_without_its_password(setting: str):
    with pytest.raises(SmsUrlUnreadable) as refused:
        read_gateway(setting)
    assert setting == "" or setting not in str(refused.value)
