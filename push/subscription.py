"""A browser's Web Push subscription: its text, and what of it may be trusted. No input or output.

Anybody who signs in may hand us an endpoint to which we then send: only the services that browsers use, or that the
city named, are taken.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

# A leading dot stands for every host below it.
SERVICES = ("fcm.googleapis.com", "updates.push.services.mozilla.com", ".push.apple.com", ".notify.windows.com")
# Stricter than URLs are, so that no two parsers can disagree about the host: no user, no other port, no backslash.
ENDPOINT = re.compile(r"https://([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::443)?/[A-Za-z0-9/._~:=?&%+,;@!$*-]*")
AUTH_BYTES, POINT_BYTES = 16, 65  # RFC 8291, 3.2 and 3.1


class SubscriptionRefused(Exception):
    """`reason` is `subscription` (not readable), `service` (not one that we send to) or `keys`."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"subscription refused: {reason}")
        self.reason = reason


class Keys(msgspec.Struct, frozen=True):
    """Both in base64url; `p256dh` is a point of P-256, uncompressed."""

    p256dh: str
    auth: str


class Subscription(msgspec.Struct, frozen=True):
    """As `PushSubscription.toJSON()` gives it."""

    endpoint: str
    keys: Keys

    @property
    def host(self) -> str:
        return self.endpoint.removeprefix("https://").split("/", 1)[0].removesuffix(":443")


def read(address: str, services: Sequence[str]) -> Subscription:
    """Raises SubscriptionRefused. The same subscription in another spelling gives the same value."""
    try:
        found = msgspec.json.decode(address, type=Subscription)
    except msgspec.DecodeError as error:
        raise SubscriptionRefused("subscription") from error
    endpoint = ENDPOINT.fullmatch(found.endpoint)
    if not endpoint or not _is_listed(endpoint[1], services):
        raise SubscriptionRefused("service")
    point, auth = unbase64(found.keys.p256dh), unbase64(found.keys.auth)
    public_key(point)
    if len(auth) != AUTH_BYTES:
        raise SubscriptionRefused("keys")
    return Subscription(found.endpoint, Keys(base64(point), base64(auth)))


def write(subscription: Subscription) -> str:
    return msgspec.json.encode(subscription).decode()


def _is_listed(host: str, services: Sequence[str]) -> bool:
    return any(host.endswith(service) if service.startswith(".") else host == service for service in services)


def public_key(point: bytes) -> ec.EllipticCurvePublicKey:
    """A point beside the curve would give away bits of the key that it is combined with."""
    try:
        if len(point) != POINT_BYTES:
            raise ValueError
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise SubscriptionRefused("keys") from error


def base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def unbase64(text: str) -> bytes:
    """base64url, with or without padding. Raises SubscriptionRefused."""
    try:
        return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except ValueError as error:
        raise SubscriptionRefused("keys") from error
