"""Mobile numbers of Indonesia as people write them: 0812…, 62812…, +62 812-…"""

import re

from api.errors import FieldRefused

WRITTEN = re.compile(r"(?:\+?62|0)?(8[1-9][0-9]{7,10})", re.ASCII)
BETWEEN = str.maketrans("", "", " -.()\u00a0")


def read_number(written: str) -> str:
    """E.164, with its plus. Raises FieldRefused: no text message reaches a landline, and one abroad costs the city."""
    found = WRITTEN.fullmatch(written.translate(BETWEEN))
    if found is None:
        raise FieldRefused("phone", "phone-unreadable")
    return f"+62{found[1]}"
