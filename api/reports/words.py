"""What a resident may write, and when it may have happened. Pure."""

import unicodedata
from datetime import datetime, timedelta

from api.errors import FieldRefused

MAX_AGE = timedelta(days=365)
CLOCK_SKEW = timedelta(minutes=10)  # cheap phones are minutes off
# Overrides, embeddings and isolates of the writing direction: invisible, typed by nobody, and they make
# a text read otherwise than it is stored. The harmless marks U+200E and U+200F stay.
_DIRECTION = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def clean(field: str, written: str) -> str:
    """Without direction controls and outer blanks, in Unicode's NFC. Raises FieldRefused for other controls."""
    for sign in written:
        if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\r\t":
            raise FieldRefused(field, "text-control", code=f"{ord(sign):04X}")
    return unicodedata.normalize("NFC", written.translate(_DIRECTION)).strip()


def clean_text(field: str, written: str) -> str:
    """As `clean`, and never empty."""
    text = clean(field, written)
    if not text:
        raise FieldRefused(field, "text-empty")
    return text


def check_occurred(occurred_at: datetime, now: datetime) -> None:
    if occurred_at > now + CLOCK_SKEW:
        raise FieldRefused("occurred_at", "occurred-future")
    if occurred_at < now - MAX_AGE:
        raise FieldRefused("occurred_at", "occurred-ancient", days=MAX_AGE.days)
