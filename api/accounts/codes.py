"""Codes that people copy from paper or hear by phone: 80 random bits in signs that are not mistaken for each other."""

import hashlib
import secrets

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
LENGTH = 16
GROUP = 4
MISREAD = str.maketrans("OIL", "011")


def make_code() -> str:
    signs = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    return "-".join(signs[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def read_code(written: str) -> str | None:
    """Without hyphens and spaces, misread signs put right; None for what cannot be such a code."""
    signs = "".join(sign for sign in written.upper() if sign.isalnum()).translate(MISREAD)
    return signs if len(signs) == LENGTH and all(sign in SIGNS for sign in signs) else None


def code_hash(written: str) -> bytes:
    """80 bits need no slow hash. What is no code has a hash that no code has."""
    return hashlib.sha256((read_code(written) or "").encode()).digest()
