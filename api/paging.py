"""Cursors that are the last id seen."""

from api.errors import FieldRefused


def read_id(cursor: str | None, field: str = "cursor") -> int | None:
    """None for the first page. Raises FieldRefused."""
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise FieldRefused(field, "cursor-unreadable")
    return int(cursor) if cursor else None
