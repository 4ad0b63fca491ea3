"""Web Push on the wire: a letter sealed for one browser (RFC 8188 and 8291), and the outcome that an answer means.

No input or output. The sealing is our own 20 lines on `cryptography`: the one library for it (http-ece) is an sdist of
2024 that also opens three abandoned encodings; a test holds these to the RFC's example.
"""

import os
from collections.abc import Mapping

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from push.reach import retry_after_s
from push.sender import AddressDead, Delivered, Letter, Outcome, Rejected, TryLater
from push.subscription import Keys, public_key, unbase64
from push.vapid import point_of

MAX_BODY_BYTES = 4096  # what every service takes, RFC 8030
OVERHEAD_BYTES = 16 + 4 + 1 + 65 + 1 + 16  # salt, record size, length of the key, the key; delimiter and tag
MAX_TTL_S = 28 * 86400
OPERATOR_S = 1800.0  # a fault that only the operator can mend: the clock, or a key that is not the browser's


class Shown(msgspec.Struct, omit_defaults=True):
    """What the service worker of the web app gets, as JSON (`/sw.js` reads these names).

    `mid` and `rev` tell it what to drop; `subject` is the tag: the report, or what else it is about; `link` is there
    when there is a page of its own to open.
    """

    mid: str
    rev: int
    kind: str
    subject: str
    title: str
    body: str
    link: str | None = None


def content(letter: Letter) -> bytes | Rejected:
    plain = msgspec.json.encode(
        Shown(
            mid=str(letter.mid),
            rev=letter.rev,
            kind=letter.kind,
            subject=str(letter.subject),
            title=letter.text.title,
            body=letter.text.body,
            link=letter.text.link,
        )
    )
    if len(plain) > MAX_BODY_BYTES - OVERHEAD_BYTES:
        return Rejected("TOO_LARGE", f"message has {len(plain)} bytes, the limit is {MAX_BODY_BYTES - OVERHEAD_BYTES}")
    return plain


def headers(letter: Letter, authorization: str) -> dict[str, str]:
    """A newer revision takes the place of an older one that the service still has: same topic."""
    return {
        "authorization": authorization,
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
        "ttl": str(max(0, min(letter.valid_for_s, MAX_TTL_S))),
        "urgency": letter.text.urgency,
        "topic": letter.subject.hex,  # at most 32 characters of base64url, RFC 8030
    }


def seal(plain: bytes, keys: Keys) -> bytes:
    """The body: for this browser only, with a key and a salt of its own each time."""
    return sealed(plain, keys, ec.generate_private_key(ec.SECP256R1()), os.urandom(16))


def sealed(plain: bytes, keys: Keys, own: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    theirs, point = unbase64(keys.p256dh), point_of(own)
    shared = own.exchange(ec.ECDH(), public_key(theirs))
    secret = _derive(shared, unbase64(keys.auth), b"WebPush: info\0" + theirs + point, 32)
    key = _derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + MAX_BODY_BYTES.to_bytes(4, "big") + bytes([len(point)]) + point
    return head + AESGCM(key).encrypt(nonce, plain + b"\x02", None)  # 2: the last record, and the only one


def _derive(secret: bytes, salt: bytes, about: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, about).derive(secret)


def outcome(status: int, headers: Mapping[str, str]) -> Outcome:
    """`headers` by lower-case name."""
    if status in (200, 201, 202, 204):
        return Delivered(headers.get("location", "").rpartition("/")[2][:200])
    if status in (404, 410):
        return AddressDead(f"HTTP_{status}")
    if status == 429 or status >= 500:
        return _later(status, retry_after_s(headers))
    if status in (401, 403) or status < 400:
        return TryLater(code=f"HTTP_{status}", after_s=OPERATOR_S)
    return Rejected(f"HTTP_{status}", "")


def _later(status: int, after_s: float | None) -> TryLater:
    if status == 429:
        return TryLater(code="THROTTLED", after_s=60.0 if after_s is None else after_s)
    return TryLater(code=f"HTTP_{status}", after_s=after_s, is_ambiguous=status != 503)
