"""Who may do what: the field's role matrix as data. Pure.

The handbook (docker/README.md) shows the same table to people, and a test compares the two. What a role covers, one
report, an agency, an area, a city, is found elsewhere: `permits` in api/reports, `granting` here.
"""

import re
from collections.abc import Iterable
from typing import Literal, get_args

import msgspec

MatrixRole = Literal["public", "resident", "officer", "coordinator", "area_head", "operator", "auditor", "admin"]
Scope = Literal["all", "own", "agency", "area", "assigned", "on_behalf", "open_data"]
Action = Literal[
    "read_public",
    "speak_as_reporter",
    "support_follow_comment",
    "read_restricted",
    "see_contact",
    "verify_reject_ask",
    "dispatch",
    "dispose",
    "start_schedule_forward",
    "file_evidence",
    "approve",
    "merge",
    "redact_hide",
    "correct_place_category",
    "administer",
    "export",
]
ROLES: tuple[MatrixRole, ...] = get_args(MatrixRole)
SCOPES: dict[str, Scope] = {"A": "all", "O": "own", "G": "agency", "R": "area", "assigned": "assigned"}
WORDS: dict[str, Scope] = {"on behalf": "on_behalf", "open data": "open_data"}


class Cell(msgspec.Struct, frozen=True):
    """`only` narrows in words (`ask`, `propose`, `view`, …); `is_logged`: with a reason, and somebody reads the log."""

    scope: Scope
    is_logged: bool = False
    only: str = ""


def read_cell(written: str) -> Cell | None:
    """A cell as the field writes it: "G L", "R (restricted)", "O until verified", "propose"; None for "–"."""
    words = written.strip()
    if words.startswith("–"):
        return None
    if words in WORDS:
        return Cell(WORDS[words])
    first, _, rest = words.partition(" ")
    if first not in SCOPES:  # of all that the role covers: "L", "view", "propose"
        return Cell("all", is_logged=words == "L", only=_rest(words))
    return Cell(SCOPES[first], is_logged=rest == "L", only=_rest(rest))


def _rest(words: str) -> str:
    return "" if words == "L" else re.sub("[()]", "", words)


# the columns in the order of ROLES
AS_WRITTEN: dict[Action, str] = {
    "read_public": "A | A | A | A | A | A | A | A",
    "speak_as_reporter": "– | O | O | O | O | on behalf | – | –",
    "support_follow_comment": "– | A | A | A | A | A | – | A",
    "read_restricted": "– | O | assigned | G | R (restricted) | A | A | A",
    "see_contact": "– | O | – (relay) | G L | – | A L | A L | L",
    "verify_reject_ask": "– | – | – | G (ask) | R | A | – | –",
    "dispatch": "– | – | – | propose | R | A | – | –",
    "dispose": "– | – | – | G | – | A | – | –",
    "start_schedule_forward": "– | – | assigned (start) | G | – | A | – | –",
    "file_evidence": "– | – | assigned | G | R | A | – | –",
    "approve": "– | – | – | G | R | A | – | –",
    "merge": "– | – | – | propose | propose | A | – | –",
    "redact_hide": "– | O redact | – | G | R | A | – | A",
    "correct_place_category": "– | O until verified | propose | G | R | A | – | –",
    "administer": "– | – | – | G accounts | – | view | view | A",
    "export": "open data | O | – | G | R | A without contact | A | A",
}
MATRIX: dict[Action, dict[MatrixRole, Cell | None]] = {
    action: dict(zip(ROLES, map(read_cell, line.split("|")), strict=True)) for action, line in AS_WRITTEN.items()
}


def may(action: Action, standings: Iterable[str]) -> tuple[Cell, ...]:
    """The cells that allow it to somebody who stands so towards the subject; empty: nobody of these may.

    A standing is a role whose grant covers the subject, `reporter` (a resident towards the own), or `resident`.
    """
    found = (_cell(action, standing) for standing in standings)
    return tuple(cell for cell in found if cell is not None)


def _cell(action: Action, standing: str) -> Cell | None:
    row = MATRIX[action]
    if standing == "reporter":
        return row["resident"]
    cell = next((row[role] for role in ROLES if role == standing), None)
    return None if cell and cell.scope == "own" else cell
