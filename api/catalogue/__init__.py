"""Every text that people see: Indonesian first, English second, one entry per key in the TOML files beside this.

`[key]` has `id` and `en`; `{name}` is filled by the caller. Nothing else in the code speaks to people.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from litestar.connection import ASGIConnection

Language = Literal["id", "en"]


@cache
def entries() -> dict[str, dict[str, str]]:
    """Key → {"id": …, "en": …}, all files together. Raises ValueError for a key that stands twice."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted(files(__name__).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            for key, words in tomllib.loads(file.read_text(encoding="utf-8")).items():
                if key in found:
                    raise ValueError(f"{file.name}: {key} stands twice in the catalogue")
                found[key] = words
    return found


def text(key: str, language: Language, /, **values: object) -> str:
    """Raises KeyError for an unknown key: a missing text is a fault of ours, not of the reader's."""
    return entries()[key][language].format(**values)


def language_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Language:
    """`?lang=`, else `Accept-Language`, else that of the account, else Indonesian."""
    asked = connection.query_params.get("lang") or _first(connection.headers.get("accept-language", ""))
    if asked in ("id", "en"):
        return "en" if asked == "en" else "id"
    return getattr(connection.scope.get("user"), "language", "id")


_QUALITY = re.compile(r"\s*q=([01](?:\.[0-9]{0,3})?)\s*")


def _first(accept_language: str) -> str:
    """The language with the highest quality of those we speak."""
    best, best_quality = "", 0.0
    for part in accept_language.split(","):
        tag, _, parameter = part.partition(";")
        language = tag.strip().split("-")[0].lower()
        quality = _QUALITY.fullmatch(parameter)
        weight = float(quality[1]) if quality else 1.0
        if language in ("id", "en") and weight > best_quality:
            best, best_quality = language, weight
    return best
