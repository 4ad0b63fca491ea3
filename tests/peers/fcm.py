"""A double of FCM HTTP v1 and of Google's token endpoint over TLS and HTTP/2, in a process of its own.

In tests: `with start_fcm_double() as double:`. By hand: `python -m tests.peers.fcm --port 8443 --folder DIR`.
"""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.peers.certificates import private_pem, public_pem
from tests.peers.fcm_service import EMAIL, PROJECT, Accepted, Service
from tests.peers.process import REPOSITORY, Control, run_double, start_double

__all__ = ["REPOSITORY", "Accepted", "FcmDouble", "start_fcm_double"]
NAMES = ["localhost", "fcm.googleapis.com", "oauth2.googleapis.com"]


class FcmDouble(Control):
    """The tests' side: where the double is, and what it has seen."""

    project = PROJECT

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(folder, port)
        self.service_account_path = folder / "service_account.json"
        self.url, self.resolve = f"https://fcm.googleapis.com:{port}", (self.host, port)

    def accepted(self) -> list[Accepted]:
        return msgspec.json.decode(self.told("accepted"), type=list[Accepted])

    def stats(self) -> dict[str, Any]:
        """`sent`, `accepted`, `status` and `http` (counts by key), `tokens_issued`, `tokens_denied`."""
        stats: dict[str, Any] = json.loads(self.told("stats"))
        return stats

    def revoke(self) -> None:
        """Every access token issued so far is refused from now on."""
        self.tell("revoke")

    def refuse_tokens(self, is_refusing: bool = True) -> None:
        """The token endpoint answers invalid_grant until told otherwise or reset."""
        self.tell("refuse", is_refusing=int(is_refusing))


@contextlib.contextmanager
def start_fcm_double() -> Iterator[FcmDouble]:
    with start_double("tests.peers.fcm", FcmDouble) as double:
        yield double


def make_service(folder: Path, port: int) -> Service:
    """Writes the service account, as the Firebase console would give it."""
    key = rsa.generate_private_key(65537, 2048)
    account = {
        "type": "service_account",
        "project_id": PROJECT,
        "private_key_id": "double",
        "private_key": private_pem(key),
        "client_email": EMAIL,
        "client_id": "1",
        "token_uri": f"https://localhost:{port}/token",
    }
    (folder / "service_account.json").write_text(json.dumps(account))
    return Service(public_pem(key))


if __name__ == "__main__":
    run_double(__doc__, make_service, NAMES)
