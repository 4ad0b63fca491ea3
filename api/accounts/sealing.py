"""What must be read again, but not from a stolen copy of the database: sealed with a key that lies in a file.

AES-256-GCM; each value is bound to its row, so that one cannot be moved to another account. The same key, derived
apart, makes the keyed hashes by which a phone number is found again.
"""

import base64
import binascii
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.settings import SettingsIncomplete

KEY_BYTES = 32
NONCE_BYTES = 12


class SealBroken(Exception):
    """Sealed with another key, or for another row: the key file is not the one that belongs to this database."""


class Seals:
    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(_derived(key, b"kentongan seal"))
        self._lookup = _derived(key, b"kentongan lookup")

    def seal(self, plain: str, row: str) -> bytes:
        """`row` says where the value belongs, such as "totp 17"; unsealing needs the same."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain.encode(), row.encode())

    def unseal(self, sealed: bytes, row: str) -> str:
        """Raises SealBroken."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], row.encode()).decode()
        except InvalidTag as error:
            raise SealBroken from error

    def keyed_hash(self, plain: str) -> bytes:
        """The same for the same text, and of no use without the key: phone numbers can be tried out."""
        return hmac.digest(self._lookup, plain.encode(), "sha256")


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(key)


def open_seals(path: Path) -> Seals:
    """With the key of that file, made at the first start. Raises SettingsIncomplete."""
    try:
        if not path.exists():
            _make_key(path)
        key = base64.b64decode(path.read_text().strip(), validate=True)
    except (OSError, UnicodeDecodeError, binascii.Error) as error:
        raise SettingsIncomplete([f"SECRETS_KEY_FILE {path}: {error}"]) from error
    if len(key) != KEY_BYTES:
        raise SettingsIncomplete([f"SECRETS_KEY_FILE {path}: needs {KEY_BYTES} bytes in base64, has {len(key)}"])
    return Seals(key)


def _make_key(path: Path) -> None:
    """Two processes may start at once: both use the key of the first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
