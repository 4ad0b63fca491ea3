"""Who hears of clocks that run out, and in how many notices. Pure, from the grants as they stand."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from api.catalogue import Language
from api.reports.escalation import SEVERAL, Addressee, Level

ONE_BY_ONE = 5  # so many notices a round; more are told as one


class Holder(msgspec.Struct, frozen=True):
    """A grant of somebody who may have to hear; without a city: of all."""

    account: int
    language: Language
    role: str
    city: int | None
    agency: int | None
    area_code: str | None


class Fired(msgspec.Struct, frozen=True):
    """A level of a clock that was reached, and nobody has been told yet."""

    level: Level
    addressees: tuple[Addressee, ...]
    city: int
    kind: str
    subject: UUID
    report: UUID
    tracking_id: str
    clock: str
    due_at: datetime


def notices(fired: Iterable[Fired], holders: Sequence[Holder]) -> list[dict[str, Any]]:
    """The rows for push, in ascending order of recipients. One account hears once of one clock: its highest level."""
    heard: dict[int, dict[UUID, Fired]] = defaultdict(dict)
    doors, languages = _doors(holders), {holder.account: holder.language for holder in holders}
    for one in sorted(fired, key=lambda one: one.level):
        for account in _accounts(one, doors):
            heard[account][one.subject] = one
    return [
        row for account in sorted(heard) for row in _told(account, languages[account], list(heard[account].values()))
    ]


def _doors(holders: Iterable[Holder]) -> Mapping[tuple[object, ...], set[int]]:
    """Where a grant is found: by the role, and by the agency, the area or the city that it is for."""
    doors: dict[tuple[object, ...], set[int]] = defaultdict(set)
    for holder in holders:
        kept = {"coordinator": holder.agency, "area_head": holder.area_code}
        doors[holder.role, kept.get(holder.role, holder.city)].add(holder.account)
    return doors


def _accounts(fired: Fired, doors: Mapping[tuple[object, ...], set[int]]) -> set[int]:
    found: set[int] = set()
    for addressee in fired.addressees:
        if addressee.level == fired.level:
            subjects = (*addressee.agencies, *addressee.areas) or (fired.city, None)
            found.update(*(doors.get((addressee.role, subject), ()) for subject in subjects))
    return found


def _told(account: int, language: Language, fired: list[Fired]) -> Iterator[dict[str, Any]]:
    """Nobody hears of forty reports one by one: the longest overdue stands for the others."""
    if len(fired) <= ONE_BY_ONE:
        yield from (_row(account, language, one, one.kind, 1) for one in fired)
    else:
        longest = min(fired, key=lambda one: (-one.level, one.due_at))
        yield _row(account, language, longest, SEVERAL, len(fired))


def _row(account: int, language: Language, fired: Fired, kind: str, count: int) -> dict[str, Any]:
    params = {
        "tracking_id": fired.tracking_id,
        "report": fired.report,
        "clock": fired.clock,
        "due_at": fired.due_at,
        "count": count,
        "language": language,
    }
    return {"recipient": account, "subject": fired.subject, "rev": fired.level, "kind": kind, "params": params}
