"""The tracking id: eight signs a person can read aloud, one of them a check on the others.

35 random bits, so it cannot be guessed in sequence and says nothing of the reporter. Alphabet of Crockford
(no I, L, O, U); check sign by Luhn modulo 32, which finds every single wrong sign and every swap of
neighbours except one pair.
"""

import secrets

from stdnum import luhn

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_SIGNS = 7
HEARD_AS = str.maketrans("OIL", "011", "- ")


def new_tracking_id() -> str:
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_SIGNS))
    return body + luhn.calc_check_digit(body, ALPHABET)


def read_tracking_id(written: str) -> str | None:
    """The id as stored, from what somebody typed or said; None when the check sign is wrong."""
    signs = written.strip().upper().translate(HEARD_AS)
    if len(signs) != RANDOM_SIGNS + 1 or not luhn.is_valid(signs, ALPHABET):
        return None
    return signs


def shown(tracking_id: str) -> str:
    """In two groups of four, for people."""
    return f"{tracking_id[:4]}-{tracking_id[4:]}"
