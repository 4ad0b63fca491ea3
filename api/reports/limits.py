"""How much somebody may say: by account, by device, by what earlier reports were worth; never by address or by city.

Trust is a number of the account: a report that the city worked on and closed adds one, one that was rejected as spam
takes five. Whom a city has blocked may read, answer and confirm there, and report to every other city; 112 is open to
them as to everybody.
"""

from datetime import datetime, timedelta

import asyncpg
import msgspec

from api.accounts.speaker import Speaker
from api.errors import AccountBlocked, TooMuchSaid
from api.piccolo_conf import DB
from api.reports.schemas import Channel
from api.reports.status import State

PER_HOUR = 10
MORE_BY_TRUST = 2
FEWEST = 2
DAY = 3  # times the hour
MOST_TRUSTED, LEAST_TRUSTED = 50, -20
SPAM = "spam"  # how a rejection says it, whatever follows the word
DIRECT: frozenset[Channel] = frozenset({"app", "web"})  # other channels have keys and measures of their own


class Limit(msgspec.Struct, frozen=True):
    per_hour: int
    per_day: int


def limit_of(speaker: Speaker) -> Limit | None:
    """None for staff, who enter what others tell them."""
    if speaker.grants:
        return None
    per_hour = max(FEWEST, PER_HOUR + MORE_BY_TRUST * speaker.trust)
    return Limit(per_hour, DAY * per_hour)


def limit_values(speaker: Speaker, channel: Channel) -> dict[str, object]:
    """By the names in SUBMIT."""
    limit = limit_of(speaker) if channel in DIRECT else None
    return {"per_hour": limit and limit.per_hour, "per_day": limit and limit.per_day}


def check_limit(raised: asyncpg.RaiseError) -> None:
    """Raises TooMuchSaid when that is what `report_allow` meant."""
    name, *rest = str(raised).split()
    if name == "report_limit":
        raise TooMuchSaid(rest[0], int(rest[1]), int(rest[2])) from raised


def check_may_speak(speaker: Speaker, city: int, now: datetime) -> None:
    """Raises AccountBlocked."""
    for block in speaker.blocks:
        if block.city in (None, city) and block.until > now:
            raise AccountBlocked(block.reason, block.until)


COMMENTS = """
SELECT count(*), min(e.at) FROM report_event AS e WHERE e.actor = $1 AND e.kind = 'comment' AND e.at > $2
"""
HOUR = timedelta(hours=1)


async def check_comment(speaker: Speaker, city: int, now: datetime) -> None:
    """Of residents. Raises AccountBlocked, TooMuchSaid."""
    check_may_speak(speaker, city, now)
    limit = limit_of(speaker)
    if limit is None:
        return
    said, since = (await DB.fetch(COMMENTS, speaker.account, now - HOUR))[0]
    if said >= limit.per_hour:
        raise TooMuchSaid("hour", limit.per_hour, int((since + HOUR - now).total_seconds()))


TRUST = """
UPDATE account SET trust = greatest(least(trust + $2, $3), $4) WHERE id = $1
"""


async def judge(account: int, before: State, to: State, reason: str) -> None:
    """What the end of a report says of its author. In the caller's transaction."""
    worth = 1 if (before, to) == ("resolved", "closed") else 0
    if to == "rejected" and reason.lower().startswith(SPAM):
        worth = -5
    if worth:
        await DB.fetch(TRUST, account, worth, MOST_TRUSTED, LEAST_TRUSTED)
