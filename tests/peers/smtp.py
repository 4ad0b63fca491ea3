"""A small mail server on loopback (RFC 5321, STARTTLS of RFC 3207, AUTH PLAIN and LOGIN), in the tests' own loop.

The mailbox chooses the fault: `gone@…` does not exist, `full@…` has no room, `grey@…` is to come again, `spam@…` is
refused after DATA, `cut@…` loses the connection after DATA.
"""

import asyncio
import ssl
import tempfile
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tests.peers.certificates import make_certificates

USERNAME, PASSWORD = "kentongan", "rahasia"
REFUSALS = {"gone": "550 5.1.1 No such user", "full": "552 5.2.2 Mailbox full", "grey": "450 4.7.1 Greylisted"}


class Session:
    def __init__(self, double: "SmtpDouble", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.double, self.reader, self.writer = double, reader, writer
        self.is_sealed = self.is_known = False
        self.to = ""

    async def say(self, *lines: str) -> None:
        code = lines[-1][:3]
        more = [f"{code}-{line[4:]}" for line in lines[:-1]]
        self.writer.write("".join(f"{line}\r\n" for line in (*more, lines[-1])).encode())
        await self.writer.drain()

    async def converse(self) -> None:
        await self.say("220 mail.kota.example ESMTP")
        while line := (await self.reader.readline()).decode().strip():
            verb, _, rest = line.partition(" ")
            self.double.heard.append(verb.upper())
            if verb.upper() == "QUIT":
                await self.say("221 Bye")
                return
            answer = getattr(self, f"on_{verb.lower()}", None)
            await (answer(rest) if answer else self.say("502 Unknown"))

    async def on_ehlo(self, _: str) -> None:
        offers = ["250 mail.kota.example"]
        if self.double.offers_tls and not self.is_sealed:
            offers.append("250 STARTTLS")
        if self.is_sealed or not self.double.offers_tls:
            offers.append("250 AUTH PLAIN LOGIN")
        await self.say(*offers, "250 8BITMIME")

    async def on_starttls(self, _: str) -> None:
        await self.say("220 Go ahead")
        await self.writer.start_tls(self.double.tls)
        self.is_sealed = True

    async def on_auth(self, rest: str) -> None:
        method, _, blob = rest.partition(" ")
        if method.upper() == "LOGIN":
            await self.say("334 VXNlcm5hbWU6")
            name = b64decode(blob or await self.reader.readline())
            await self.say("334 UGFzc3dvcmQ6")
            given = (name.decode(), b64decode(await self.reader.readline()).decode())
        else:
            given = tuple(b64decode(blob).decode().split("\0")[1:])  # type: ignore[assignment]
        self.is_known = given == (USERNAME, PASSWORD)
        await self.say("235 Welcome" if self.is_known else "535 5.7.8 Wrong password")

    async def on_mail(self, _: str) -> None:
        await self.say("250 Ok" if self.is_known or not self.double.offers_tls else "530 5.7.0 Sign in first")

    async def on_rcpt(self, rest: str) -> None:
        self.to = rest[rest.index("<") + 1 : rest.index(">")]
        await self.say(REFUSALS.get(self.to.partition("@")[0], "250 Ok"))

    async def on_rset(self, _: str) -> None:
        await self.say("250 Ok")

    async def on_data(self, _: str) -> None:
        await self.say("354 Go ahead")
        content = await self.reader.readuntil(b"\r\n.\r\n")
        if self.to.startswith("cut@"):
            self.writer.transport.abort()
            return
        if self.to.startswith("spam@"):
            await self.say("554 5.7.1 Not wanted")
            return
        made = message_from_bytes(content[:-3].replace(b"\r\n..", b"\r\n."), policy=policy.default)
        assert isinstance(made, EmailMessage)
        self.double.accepted.append((self.to, made, self.is_sealed))
        await self.say("250 2.0.0 Ok: queued")


class SmtpDouble:
    """`accepted`: mailbox, message, and whether it came through TLS."""

    def __init__(self, folder: Path, offers_tls: bool) -> None:
        self.ca, chain, key = make_certificates(folder, ["localhost"])
        self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.tls.load_cert_chain(chain, key)
        self.offers_tls, self.port = offers_tls, 0
        self.accepted: list[tuple[str, EmailMessage, bool]] = []
        self.heard: list[str] = []

    def setting(self, password: str = PASSWORD) -> str:
        return f"smtp://{USERNAME}:{password}@127.0.0.1:{self.port}"

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await Session(self, reader, writer).converse()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def a_mail_server(offers_tls: bool = True) -> AsyncIterator[SmtpDouble]:
    with tempfile.TemporaryDirectory(prefix="smtp-") as folder:
        double = SmtpDouble(Path(folder), offers_tls)
        server = await asyncio.start_server(double.meet, "127.0.0.1", 0)
        double.port = server.sockets[0].getsockname()[1]
        try:
            yield double
        finally:
            server.close()
            await server.wait_closed()
