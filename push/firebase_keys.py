"""The public keys with which Firebase signs its users in: fetched from Google once for all who wait, kept as long as
Google says, and asked for again when a new one appears, but not for every name that somebody invents.
"""

import asyncio
import logging
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate
from pyreqwest.exceptions import PyreqwestError

from push.reach import builder

log = logging.getLogger(__name__)

GOOGLE = "https://www.googleapis.com/robot/v1/metadata/x509/securetoken@system.gserviceaccount.com"
TIMEOUT_S = 10.0
PAUSE_S = 60.0  # between two questions that a failure or an unknown name has caused
MIN_KEPT_S, MAX_KEPT_S = 300.0, 86400.0
MAX_BYTES = 100_000


class KeysUnavailable(Exception):
    """There are none yet, or they are older than a day, and Google does not answer."""


class FirebaseKeys:
    """`url` answers {name: certificate in PEM}."""

    def __init__(
        self, url: str = GOOGLE, ca: Path | None = None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._url, self._ca, self._monotonic = url, ca, monotonic
        self._keys: Mapping[str, RSAPublicKey] = {}
        self._fresh_until = self._not_before = float("-inf")
        self._fetching: asyncio.Task[None] | None = None

    async def key(self, name: str) -> RSAPublicKey | None:
        """None for a name that Google does not know. Raises KeysUnavailable.

        While Google does not answer, the keys we have go on for a day: that is how often they change.
        """
        now = self._monotonic()
        if (now >= self._fresh_until or name not in self._keys) and now >= self._not_before:
            if self._fetching is None or self._fetching.done():
                self._fetching = asyncio.create_task(self._fetch())
            await asyncio.shield(self._fetching)
        if self._monotonic() > self._fresh_until + MAX_KEPT_S:
            raise KeysUnavailable
        return self._keys.get(name)

    async def _fetch(self) -> None:
        try:
            async with builder(self._ca, {}, TIMEOUT_S).build() as client:
                response = await client.get(self._url).build().send()
                content = bytes(await response.bytes())
            if response.status != 200 or len(content) > MAX_BYTES:
                raise ValueError(f"status {response.status}, {len(content)} bytes")
            self._keys = read_certificates(content)
            self._fresh_until = self._monotonic() + kept_s(response.get_header("cache-control") or "")
        except (PyreqwestError, ValueError, msgspec.DecodeError) as error:
            log.warning("no keys from Google: %s", type(error).__name__)
        self._not_before = self._monotonic() + PAUSE_S


def read_certificates(content: bytes) -> dict[str, RSAPublicKey]:
    """Raises ValueError, msgspec.DecodeError."""
    keys: dict[str, RSAPublicKey] = {}
    for name, pem in msgspec.json.decode(content, type=dict[str, str]).items():
        key = load_pem_x509_certificate(pem.encode()).public_key()
        if isinstance(key, RSAPublicKey):
            keys[name] = key
    if not keys:
        raise ValueError("no key")
    return keys


def kept_s(cache_control: str) -> float:
    found = re.search(r"\bmax-age=([0-9]{1,9})", cache_control)
    return min(max(float(found[1]) if found else MIN_KEPT_S, MIN_KEPT_S), MAX_KEPT_S)
