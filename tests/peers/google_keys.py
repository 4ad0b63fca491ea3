"""A double of the address where Google publishes the certificates that sign Firebase's tokens.

In tests: `with start_google_keys() as double:`.
"""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from tests.peers.certificates import builder, private_pem
from tests.peers.process import Control, Receive, Send, answer, run_double, start_double

MAX_AGE_S = 3600


class GoogleKeys(Control):
    """The tests' side; it signs as Google would, with the private keys of the double."""

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(folder, port)
        self.folder, self.url = folder, f"https://127.0.0.1:{port}/certs"

    def rotate(self, name: str) -> None:
        """A new key of that name, and no other."""
        self.tell("rotate", name=name)

    def fail(self, status: int) -> None:
        """Instead of the keys; 200: as usual again."""
        self.tell("fail", status=status)

    @property
    def asked(self) -> int:
        return int(self.told("asked"))

    def sign(self, claims: dict[str, Any], name: str = "first", **header: Any) -> str:
        key = (self.folder / f"{name}.key").read_text()
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": name} | header)


class Service:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reset()

    def reset(self) -> None:
        self.status, self.asked = 200, 0
        self.certificates = {"first": self.make("first")}

    def make(self, name: str) -> str:
        key = rsa.generate_private_key(65537, 2048)
        (self.folder / f"{name}.key").write_text(private_pem(key))
        certificate = builder("securetoken.system.gserviceaccount.com", "securetoken", key).sign(key, hashes.SHA256())
        return certificate.public_bytes(Encoding.PEM).decode()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        said = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
        if scope["path"] == "/certs":
            self.asked += 1
            headers = {"cache-control": f"public, max-age={MAX_AGE_S}, must-revalidate"}
            await answer(send, self.status, headers, json.dumps(self.certificates).encode())
            return
        await answer(send, 200, {}, str(self.told(scope["path"].removeprefix("/__/"), said)).encode())

    def told(self, what: str, said: dict[str, str]) -> int:
        if what == "reset":
            self.reset()
        elif what == "rotate":
            self.certificates = {said["name"]: self.make(said["name"])}
        elif what == "fail":
            self.status = int(said["status"])
        return self.asked


@contextlib.contextmanager
def start_google_keys() -> Iterator[GoogleKeys]:
    with start_double("tests.peers.google_keys", GoogleKeys) as double:
        yield double


if __name__ == "__main__":
    run_double(__doc__, lambda folder, _port: Service(folder), ["localhost"])
