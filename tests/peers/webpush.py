"""A double of the push services that browsers use (RFC 8030, 8292), over TLS and HTTP/2, in a process of its own.

In tests: `with start_webpush_double() as double:`. It keeps what it accepted sealed, as a real one has to; a `Browser`
has the keys. It stands under the names of real services: a sender reaches it by `peers`.
"""

import contextlib
import json
import os
from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.peers.process import Control, run_double, start_double
from tests.peers.webpush_service import Accepted, Service, base64

MOZILLA, GOOGLE = "updates.push.services.mozilla.com", "fcm.googleapis.com"
NAMES = [MOZILLA, GOOGLE, "web.push.apple.com", "push.kota.example", "localhost"]


class Browser:
    """One that subscribed: it alone can read what is sent to it."""

    def __init__(self) -> None:
        self._key, self._auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        self._point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def keys(self) -> dict[str, str]:
        return {"p256dh": base64(self._point), "auth": base64(self._auth)}

    def subscription(self, name: str = "ok-1", host: str = MOZILLA) -> str:
        """As `JSON.stringify(subscription)` writes it; `name` chooses the double's answer."""
        return json.dumps({"endpoint": f"https://{host}/wpush/v2/{name}", "expirationTime": None, "keys": self.keys})

    def read(self, body: bytes) -> dict[str, Any]:
        """Opens RFC 8188's one record with RFC 8291's key; raises InvalidTag when it is for somebody else."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        point, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        about = b"WebPush: info\0" + self._point + point
        secret = HKDF(SHA256(), 32, self._auth, about).derive(self._key.exchange(ec.ECDH(), sender))
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
        content, delimiter, _ = AESGCM(key).decrypt(nonce, sealed, None).rpartition(b"\x02")
        assert delimiter
        message: dict[str, Any] = json.loads(content)
        return message


class WebPushDouble(Control):
    @property
    def peers(self) -> Mapping[str, tuple[str, int]]:
        return dict.fromkeys(NAMES, (self.host, self.port))

    def accepted(self) -> list[Accepted]:
        return msgspec.json.decode(self.told("accepted"), type=list[Accepted])

    def stats(self) -> dict[str, Any]:
        """`sent`, `accepted`, and `status` and `http` (counts by key)."""
        stats: dict[str, Any] = json.loads(self.told("stats"))
        return stats

    def set_clock(self, now: datetime) -> None:
        """The time at which it reads VAPID tokens, until it is reset: 0 means that it looks at no times."""
        self.tell("clock", at=int(now.timestamp()))


def body_of(accepted: Accepted) -> bytes:
    return b64decode(accepted.body)


@contextlib.contextmanager
def start_webpush_double() -> Iterator[WebPushDouble]:
    with start_double("tests.peers.webpush", WebPushDouble) as double:
        yield double


def make_service(folder: Path, port: int) -> Service:
    return Service()


if __name__ == "__main__":
    run_double(__doc__, make_service, NAMES)
