import pytest

from push.mail import MailSender, MailUrlUnreadable, read_server
from push.sender import AddressDead, Delivered, Rejected, Text, TryLater
from tests.peers.smtp import SmtpDouble, a_mail_server
from tests.push.factories import a_letter

FROM = "Kentongan Kota Contoh <lapor@kota.example>"


def a_sender(double: SmtpDouble, **given: str) -> MailSender:
    return MailSender(double.setting(**given), FROM, ca=double.ca, timeout_s=10)


async def test_a_mail_arrives_through_tls_and_says_of_which_report():
    letter = a_letter(
        "dinas@kota.example",
        address_kind="email",
        text=Text(title="Laporan baru é", body="Buka meja kerja.\n.\n.titik", link="https://lapor.example/petugas"),
    )
    async with a_mail_server() as double:
        assert await a_sender(double).send(letter) == Delivered(str(letter.mid))
        [(to, mail, was_sealed)] = double.accepted
    assert (to, mail["From"], mail["Subject"], was_sealed) == ("dinas@kota.example", FROM, "Laporan baru é", True)
    assert mail["Message-ID"] == f"<{letter.mid}@kota.example>"
    assert mail["References"] == f"<{letter.subject}@kota.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n") == "Buka meja kerja.\n.\n.titik\n\nhttps://lapor.example/petugas\n"


@pytest.mark.parametrize(
    ("mailbox", "outcome"),
    [
        ("gone", AddressDead("SMTP_550")),
        ("full", Rejected("SMTP_552", "")),
        ("spam", Rejected("SMTP_554", "")),
        ("grey", TryLater(code="SMTP_450", after_s=300.0, was_sent=False)),
    ],
)
async def test_each_refusal_means_what_it_says(mailbox: str, outcome: object):
    async with a_mail_server() as double:
        assert await a_sender(double).send(a_letter(f"{mailbox}@kota.example")) == outcome


async def test_a_connection_cut_after_the_mail_may_have_brought_it():
    async with a_mail_server() as double:
        outcome = await a_sender(double).send(a_letter("cut@kota.example"))
    assert isinstance(outcome, TryLater)
    assert outcome.is_ambiguous


async def test_a_wrong_password_waits_for_the_operator():
    async with a_mail_server() as double:
        outcome = await a_sender(double, password="salah").send(a_letter("a@kota.example"))
    assert outcome == TryLater(code="SMTPAuthenticationError", after_s=1800.0, was_sent=False)


async def test_without_tls_neither_password_nor_mail_is_given():
    async with a_mail_server(offers_tls=False) as double:
        outcome = await a_sender(double).send(a_letter("a@kota.example"))
        assert set(double.heard) <= {"EHLO", "QUIT"}
    assert isinstance(outcome, TryLater)
    assert (outcome.after_s, outcome.was_sent) == (1800.0, False)


async def test_a_certificate_of_nobody_is_not_trusted():
    async with a_mail_server() as double:
        outcome = await MailSender(double.setting(), FROM).send(a_letter("a@kota.example"))
        assert double.accepted == []
    assert isinstance(outcome, TryLater)
    assert (outcome.after_s, outcome.was_sent) == (1800.0, False)


async def test_a_relay_on_this_machine_may_do_without_tls():
    async with a_mail_server(offers_tls=False) as double:
        sender = MailSender(f"smtp://127.0.0.1:{double.port}?tls=never", FROM)
        assert isinstance(await sender.send(a_letter("a@kota.example")), Delivered)


async def test_a_server_that_is_away_was_sent_nothing():
    async with a_mail_server() as double:
        sender = a_sender(double)
    assert await sender.send(a_letter("a@kota.example")) == TryLater(code="UNREACHABLE", was_sent=False)


def test_the_setting_says_host_port_and_tls():
    assert read_server("smtps://a%40b:c@mail.example").port == 465
    server = read_server("smtp://mail.example")
    assert (server.port, server.tls, server.username) == (587, "start", None)


@pytest.mark.parametrize("setting", ["", "mail.example:25", "http://a", "smtp://", "smtp://a?tls=maybe"])
def test_a_setting_that_is_no_server_is_refused(setting: str):
    with pytest.raises(MailUrlUnreadable):
        MailSender(setting, FROM)


def test_a_sender_without_an_address_is_refused():
    with pytest.raises(MailUrlUnreadable):
        MailSender("smtp://mail.example", "Kota")
