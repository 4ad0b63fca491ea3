"""Parameters as the standard reads them: what is not described, or cannot be understood, is 400."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec

from api.errors import FieldRefused
from api.public.asked import Asked

T = TypeVar("T")
MAX_LIMIT, USUAL_LIMIT = 1_000, 100
# Of every address; `f` only says JSON.
EVERYWHERE = frozenset({"f", "lang"})
DAY = re.compile(r"\d{4}-\d\d-\d\d")


class ParameterRefused(Exception):
    """`parameter` is not described, or its value cannot be understood; `allowed` are the described ones."""

    def __init__(self, parameter: str, allowed: frozenset[str]) -> None:
        super().__init__(f"parameter {parameter}")
        self.parameter, self.allowed = parameter, ", ".join(sorted(allowed))


def check_names(request: Asked, allowed: frozenset[str]) -> None:
    """Raises ParameterRefused."""
    for name in request.query_params:
        if name not in allowed | EVERYWHERE:
            raise ParameterRefused(name, allowed | EVERYWHERE)
    if request.query_params.get("f", "json") not in ("json", "geojson"):
        raise ParameterRefused("f", allowed | EVERYWHERE)


def read(request: Asked, name: str, reader: Callable[[str], T]) -> T | None:
    """Raises ParameterRefused when `reader` cannot."""
    written = request.query_params.get(name)
    if written is None:
        return None
    try:
        return reader(written)
    except (ValueError, KeyError, FieldRefused):
        raise ParameterRefused(name, frozenset({name})) from None


def read_limit(written: str) -> int:
    """More than the most means the most, as the standard says."""
    if not re.fullmatch("[0-9]{1,9}", written) or int(written) < 1:
        raise ValueError(written)
    return min(int(written), MAX_LIMIT)


def read_code(written: str) -> str:
    """Of an area: digits and dots."""
    if not re.fullmatch("[0-9.]{1,13}", written):
        raise ValueError(written)
    return written


def choice_of(choices: Sequence[str]) -> Callable[[str], str]:
    return {choice: choice for choice in choices}.__getitem__


def read_interval(written: str) -> tuple[datetime | None, datetime | None]:
    """`2026-01-01T00:00:00Z`, `…/…`, `../…`, `…/..` or days: from the first to, not including, the second."""
    start, slash, end = written.partition("/")
    if not slash:
        first, last = _instant(start)
        return first, last
    since, until = _edge(start), _edge(end)
    if since is None and until is None and {start, end} - {"", ".."}:
        raise ValueError(written)
    if since and until and until[1] <= since[0]:
        raise ValueError(written)
    return since and since[0], until and until[1]


def _edge(written: str) -> tuple[datetime, datetime] | None:
    return None if written in ("", "..") else _instant(written)


def _instant(written: str) -> tuple[datetime, datetime]:
    """The moment or day: its beginning, and the first moment after it."""
    if DAY.fullmatch(written):
        day = datetime.fromisoformat(written).replace(tzinfo=UTC)
        return day, day + timedelta(days=1)
    at = msgspec.convert(written, datetime)
    if at.tzinfo is None:
        raise ValueError(written)
    return at, at + timedelta(microseconds=1)
