"""Sends e-mail through the city's own mail server: for agencies and staff who keep no app open."""

import ssl
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
import msgspec

from push.sender import AddressDead, Delivered, Letter, Outcome, Rejected, SenderMisconfigured, TryLater

PORTS = {"smtp": 587, "smtps": 465}
OPERATOR_S = 1800.0  # a fault that only the operator can mend: the password, the certificate, the sender's address
GREYLISTED_S = 300.0
NO_SUCH_MAILBOX = (550, 551, 553)


class MailUrlUnreadable(SenderMisconfigured):
    """Not repeated in words, for it holds a password."""

    def __init__(self) -> None:
        super().__init__("the mail server is not of the form smtp(s)://user:password@host:port, or has no sender")


class MailServer(msgspec.Struct, frozen=True):
    """`tls`: from the first byte, by STARTTLS (demanded, not merely tried), or never (a relay on this machine)."""

    host: str
    port: int
    username: str | None
    password: str | None
    tls: str


def read_server(setting: str) -> MailServer:
    """`smtp://` means STARTTLS, unless `?tls=never`; `smtps://` TLS at once. Raises MailUrlUnreadable."""
    try:
        parts = urlsplit(setting)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise MailUrlUnreadable from None
    if parts.scheme not in PORTS or not host:
        raise MailUrlUnreadable
    asked = parse_qs(parts.query).get("tls", ["start"])[0]
    if asked not in ("start", "never"):
        raise MailUrlUnreadable
    username, password = (unquote(part) if part else None for part in (parts.username, parts.password))
    return MailServer(
        host, port or PORTS[parts.scheme], username, password, "wrap" if parts.scheme == "smtps" else asked
    )


class MailSender:
    """One connection a letter: there are few, and a server that restarts is met anew. Raises MailUrlUnreadable."""

    def __init__(self, setting: str, sender: str, ca: Path | None = None, timeout_s: float = 30.0) -> None:
        self._server, self._timeout_s = read_server(setting), timeout_s
        self._sender, self._address = sender, parseaddr(sender)[1]
        if "@" not in self._address:
            raise MailUrlUnreadable
        self._tls = ssl.create_default_context()
        if ca:
            self._tls.load_verify_locations(ca)

    async def send(self, letter: Letter) -> Outcome:
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            local_hostname=self._address.rpartition("@")[2],
            timeout=self._timeout_s,
            use_tls=server.tls == "wrap",
            start_tls=server.tls == "start",
            tls_context=None if server.tls == "never" else self._tls,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            return unconnected(error)
        try:
            return await self._hand_over(client, letter)
        finally:
            client.close()

    async def _hand_over(self, client: aiosmtplib.SMTP, letter: Letter) -> Outcome:
        content = message(letter, self._sender).as_bytes(policy=WIRE)
        try:
            await client.sendmail(self._address, [letter.address], content)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return refusal(refused.recipients[0].code, NO_SUCH_MAILBOX)
        except aiosmtplib.SMTPSenderRefused as refused:
            return TryLater(code=f"SMTP_{refused.code}", after_s=OPERATOR_S, was_sent=False)
        except aiosmtplib.SMTPResponseException as refused:
            return refusal(refused.code, ())
        except (aiosmtplib.SMTPException, OSError) as error:
            return TryLater(code=type(error).__name__, is_ambiguous=True)
        return Delivered(f"{letter.mid}")


def unconnected(error: Exception) -> TryLater:
    """Nothing left this machine. A refused password or an unknown certificate waits for the operator."""
    if isinstance(error, OSError) and not isinstance(error, ssl.SSLError):  # aiosmtplib's are ConnectionErrors too
        return TryLater(code="UNREACHABLE", was_sent=False)
    return TryLater(code=type(error).__name__, after_s=OPERATOR_S, was_sent=False)


def refusal(code: int, dead: tuple[int, ...]) -> Outcome:
    """4xx is "not now", often greylisting; of 5xx some mean that the mailbox does not exist."""
    if code < 500:
        return TryLater(code=f"SMTP_{code}", after_s=GREYLISTED_S, was_sent=False)
    return AddressDead(f"SMTP_{code}") if code in dead else Rejected(f"SMTP_{code}", "")


def message(letter: Letter, sender: str) -> EmailMessage:
    """Named by `mid`, so that a mail that comes twice is known; of one report they lie together."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, letter.address, letter.text.title
    made["Date"] = _now_of(letter)
    made["Message-ID"], made["References"] = f"<{letter.mid}@{domain}>", f"<{letter.subject}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer of a holiday machine
    made.set_content("\n\n".join(filter(None, (letter.text.body, letter.text.link))))
    return made


def _now_of(letter: Letter) -> datetime:
    return letter.valid_until - timedelta(seconds=letter.valid_for_s)
