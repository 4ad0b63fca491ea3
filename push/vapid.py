"""Who we are to push services (VAPID, RFC 8292): one key pair of this installation, and the tokens signed with it.

The pair is a row beside the subscriptions, which are bound to it: every process and machine has the same one from the
first start on, and a restored backup can still send. A file would be lost apart from them. It opens nothing that the
same database does not: who has it and no subscription can send nothing.
"""

from datetime import datetime, timedelta

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from push.subscription import base64
from push.tables import VapidKey

VALID_FOR = timedelta(hours=12)  # services take up to 24; half is for clocks that differ
MAX_ORIGINS = 1000  # of which tokens are kept


class Identity(msgspec.Struct, frozen=True):
    """`public` is the `applicationServerKey` of browsers, in base64url."""

    private: ec.EllipticCurvePrivateKey
    public: str


KEEP = """
-- the first of several starts that come at once makes the pair, the others take it
INSERT INTO vapid_key (id, private_key, created_at) VALUES (1, {}, {}) ON CONFLICT DO NOTHING
"""


async def identity(now: datetime) -> Identity:
    """Made and kept when it is asked for the first time."""
    while not (found := await VapidKey.select(VapidKey.private_key).first()):
        new = ec.generate_private_key(ec.SECP256R1())
        pem = new.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        await VapidKey.raw(KEEP, pem, now)
    private = load_pem_private_key(found["private_key"].encode(), password=None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    return Identity(private, base64(point_of(private)))


def point_of(private: ec.EllipticCurvePrivateKey) -> bytes:
    """The public key of `private`, uncompressed."""
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


class Signer:
    """Signs once for a service and half a day; `contact` is an https or mailto URL of the operator."""

    def __init__(self, identity: Identity, contact: str) -> None:
        self._identity, self._contact = identity, contact
        self._tokens: dict[str, tuple[datetime, str]] = {}

    def authorization(self, origin: str, now: datetime) -> str:
        """The header; `origin` is the endpoint's scheme and host."""
        made_at, token = self._tokens.get(origin, (None, ""))
        if made_at is None or not timedelta() <= now - made_at < VALID_FOR / 2:
            claims = {"aud": origin, "exp": int((now + VALID_FOR).timestamp()), "sub": self._contact}
            token = jwt.encode(claims, self._identity.private, algorithm="ES256")
            if len(self._tokens) >= MAX_ORIGINS:
                self._tokens.clear()
            self._tokens[origin] = (now, token)
        return f"vapid t={token}, k={self._identity.public}"
