"""Sends text messages through a gateway that speaks Kannel's `sendsms`: for people who have no app.

Kannel 1.4.5 was asked by hand: GET with everything in the query, POST with `X-Kannel-*` headers and the text as body.
POST keeps numbers and texts out of the gateway's URLs; many gateways that call themselves compatible know only GET.
Outcomes name no number and no text, for they are kept in the ledger.
"""

import re
from pathlib import Path
from types import TracebackType
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec
from pyreqwest.request import ConsumedRequest

from push.reach import Answer, Reach, builder, retry_after_s
from push.sender import Delivered, Letter, Outcome, Rejected, SenderMisconfigured, TryLater

Method = Literal["get", "post"]
QUOTA_PER_MINUTE = 600  # a gateway's usual 10 a second
OPERATOR_S = 1800.0  # a fault that only the operator can mend: the password, the credit, the address
MAX_CHARACTERS = {"0": 306, "2": 134}  # two parts: 153 characters of GSM 03.38, or 67 of UCS-2, each
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
MESSAGE_ID = re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")  # Kannel 1.5 and later name it
REFUSAL = re.compile(rb"\s*(?:err|-\d|[1245]\d*:)", re.IGNORECASE)  # of gateways that say 200 all the same


class SmsUrlUnreadable(SenderMisconfigured):
    """Not repeated in words, for it holds a password."""

    def __init__(self) -> None:
        super().__init__("the gateway's address is not of the form http(s)://user:password@host/path")


class Gateway(msgspec.Struct, frozen=True):
    """`more` are parameters of every message, by Kannel's names: from, smsc, dlr-mask, dlr-url, …"""

    url: str
    username: str
    password: str
    more: dict[str, str]


def read_gateway(setting: str) -> Gateway:
    """Raises SmsUrlUnreadable."""
    try:
        parts = urlsplit(setting)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise SmsUrlUnreadable from None
    if parts.scheme not in ("http", "https") or not host or not parts.username:
        raise SmsUrlUnreadable
    name = f"[{host}]" if ":" in host else host
    url = f"{parts.scheme}://{name}{f':{port}' if port else ''}{parts.path or '/'}"
    more = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Gateway(url, unquote(parts.username), unquote(parts.password or ""), more)


class SmsSender:
    """Use as `async with`. `setting` is SMS_URL; raises SmsUrlUnreadable."""

    def __init__(self, setting: str, method: Method = "get", ca: Path | None = None, timeout_s: float = 15.0) -> None:
        self._gateway, self._method = read_gateway(setting), method
        is_https = self._gateway.url.startswith("https:")
        self._client = builder(ca, {}, timeout_s).https_only(is_https).no_proxy().build()
        self._reach = Reach(QUOTA_PER_MINUTE)

    async def __aenter__(self) -> "SmsSender":
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def send(self, letter: Letter) -> Outcome:
        return await self.text(letter.address, words_of(letter))

    async def text(self, phone: str, text: str) -> Outcome:
        """`phone` in E.164, with its plus. Longer texts than two parts are cut: each part costs the city."""
        if paced := await self._reach.turn():
            return paced
        answer = await self._reach.ask(self._request(phone, text))
        return answer if isinstance(answer, TryLater) else outcome(answer)

    def _request(self, phone: str, text: str) -> ConsumedRequest:
        gateway, coding = self._gateway, coding_of(text)
        said = {"username": gateway.username, "password": gateway.password, "to": phone, "coding": coding}
        body = cut(text, coding)
        if self._method == "get":
            query = gateway.more | said | {"charset": "UTF-8", "text": body}
            return self._client.get(gateway.url).query(query).build()
        headers = {f"x-kannel-{name}": value for name, value in (gateway.more | said).items()}
        headers["content-type"] = "text/plain; charset=UTF-8"
        return self._client.post(gateway.url).headers(headers).body_bytes(body.encode()).build()


def words_of(letter: Letter) -> str:
    """One line: the title says of which report, the link where the rest is."""
    text = letter.text
    return " ".join(filter(None, (f"{text.title}.", text.body, text.public_link)))


def coding_of(text: str) -> str:
    """`0` for GSM's seven bits, `2` for UCS-2, of which half as much fits."""
    return "0" if GSM.issuperset(text) else "2"


def cut(text: str, coding: str) -> str:
    """UCS-2 counts two for a sign outside the basic plane."""
    limit = MAX_CHARACTERS[coding]
    if len(text.encode("utf-16-be")) // 2 <= limit:
        return text
    return text.encode("utf-16-be")[: (limit - 3) * 2].decode("utf-16-be", "ignore") + "..."


def outcome(answer: Answer) -> Outcome:
    status = answer.status
    if 200 <= status < 300:
        if REFUSAL.match(answer.body):
            return TryLater(code="GATEWAY_REFUSED", after_s=OPERATOR_S, was_sent=False)
        name = MESSAGE_ID.search(answer.body)
        return Delivered(name[0].decode() if name else "")
    if status == 400:
        return Rejected("HTTP_400", "")  # the number, or the sender's name
    if status == 429:
        return TryLater(code="THROTTLED", after_s=retry_after_s(answer.headers) or 60.0)
    if status < 500:
        return TryLater(code=f"HTTP_{status}", after_s=OPERATOR_S, was_sent=False)
    return TryLater(code=f"HTTP_{status}", after_s=retry_after_s(answer.headers), is_ambiguous=status != 503)
