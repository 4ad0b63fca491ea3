"""Who changed what of a city's configuration: written with the change, read by its admins, operators and auditors."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from api.accounts.errors import NotAllowed
from api.accounts.speaker import Role, Speaker
from api.piccolo_conf import DB

PAGE = 100
CHANGES_IT: frozenset[Role] = frozenset({"admin"})
SEES_IT: frozenset[Role] = frozenset({"admin", "operator", "auditor"})


class Author(msgspec.Struct, frozen=True):
    """Who writes, and when. Without an account: somebody at the command line."""

    account: int | None
    now: datetime


class ChangeShown(msgspec.Struct, frozen=True):
    """`what`: the kind of entry, `key` its name; `before` is None for a new entry, `after` for a removed one."""

    id: int
    at: datetime
    by: str | None
    what: str
    key: str
    before: msgspec.Raw | None
    after: msgspec.Raw | None


def holds(speaker: Speaker, roles: frozenset[Role], city: int) -> bool:
    return any(grant.role in roles and grant.city in (None, city) for grant in speaker.grants)


def check_sees(speaker: Speaker, city: int) -> None:
    """Raises NotAllowed."""
    if not holds(speaker, SEES_IT, city):
        raise NotAllowed("see the configuration")


def check_changes(speaker: Speaker, city: int) -> None:
    """Raises NotAllowed."""
    if not holds(speaker, CHANGES_IT, city):
        raise NotAllowed("change the configuration")


RECORD = """
INSERT INTO city_change (city_id, at, account, what, key, before, after)
VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb)
"""


async def record(city: int, author: Author, what: str, key: str, step: tuple[object | None, object | None]) -> None:
    """In the transaction of the change; `step` is what stood there before and after it."""
    before, after = (None if one is None else msgspec.json.encode(one).decode() for one in step)
    await DB.fetch(RECORD, city, author.now, author.account, what, key, before, after)


CHANGES = """
-- newest first; of staff the login is shown
SELECT c.id, c.at, account.login AS by, c.what, c.key, c.before::text AS before, c.after::text AS after
FROM city_change AS c LEFT JOIN account ON account.id = c.account
WHERE c.city_id = $1 AND c.id < $2 ORDER BY c.id DESC LIMIT $3
"""


async def read_changes(city: int, cursor: int | None) -> tuple[Sequence[ChangeShown], str | None]:
    rows = await DB.fetch(CHANGES, city, cursor or 2**62, PAGE + 1)
    shown = [
        ChangeShown(**{**dict(row), "before": _raw(row["before"]), "after": _raw(row["after"])}) for row in rows[:PAGE]
    ]
    return shown, str(shown[-1].id) if len(rows) > PAGE else None


def _raw(json: str | None) -> msgspec.Raw | None:
    return msgspec.Raw(json.encode()) if json is not None else None
