"""What a person wishes: kinds for the inbox only, and hours without a sound. The inbox always gets everything."""

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from push.tables import QuietHours

MAX_KINDS = 100


class PreferenceRefused(Exception):
    """`reason` is `zone`, `hours` (they begin when they end) or `kinds` (too many, or one that is too long)."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"preference refused: {reason}")
        self.reason = reason


class Quiet(msgspec.Struct, frozen=True):
    """From `begins` to `ends`, over midnight if that is earlier, on the clocks of `zone`."""

    begins: time
    ends: time
    zone: str


class Preferences(msgspec.Struct, frozen=True):
    inbox_only: frozenset[str] = frozenset()
    quiet: Quiet | None = None


def awake_at(quiet: Quiet, now: datetime) -> datetime:
    """`now`, or the end of the quiet hours that it falls into."""
    local = now.astimezone(ZoneInfo(quiet.zone))
    clock, ends_on = local.time(), local.date()
    if quiet.begins < quiet.ends:
        is_quiet = quiet.begins <= clock < quiet.ends
    else:
        is_quiet = clock >= quiet.begins or clock < quiet.ends
        ends_on += timedelta(days=clock >= quiet.begins)
    return datetime.combine(ends_on, quiet.ends, local.tzinfo).astimezone(UTC) if is_quiet else now


def check(preferences: Preferences) -> None:
    """Raises PreferenceRefused."""
    quiet, kinds = preferences.quiet, preferences.inbox_only
    if quiet:
        _check_zone(quiet.zone)
    if quiet and (quiet.begins == quiet.ends or quiet.begins.tzinfo or quiet.ends.tzinfo):
        raise PreferenceRefused("hours")
    if len(kinds) > MAX_KINDS or not all(0 < len(kind.encode()) <= 100 for kind in kinds):
        raise PreferenceRefused("kinds")


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # not there, a path, a folder
        raise PreferenceRefused("zone") from error


WISHED = """
SELECT ARRAY(SELECT i.kind FROM inbox_only AS i WHERE i.recipient = {}) AS kinds, q.begins, q.ends, q.zone
FROM (SELECT 1) AS always LEFT JOIN quiet_hours AS q ON q.recipient = {}
"""


async def wished(recipient: int) -> Preferences:
    row = (await QuietHours.raw(WISHED, recipient, recipient))[0]
    quiet = Quiet(row["begins"], row["ends"], row["zone"]) if row["zone"] else None
    return Preferences(frozenset(row["kinds"]), quiet)


WISH = """
WITH sounding AS (DELETE FROM inbox_only AS i WHERE i.recipient = {} AND i.kind <> ALL ({}::text[])),
silent AS (
    INSERT INTO inbox_only (recipient, kind) SELECT {}, kind FROM unnest({}::text[]) AS kind ON CONFLICT DO NOTHING
),
loud AS (DELETE FROM quiet_hours AS q WHERE q.recipient = {} AND {}::text IS NULL)
-- the last part: the hours, if there are any
INSERT INTO quiet_hours AS q (recipient, begins, ends, zone)
SELECT {}, {}::time, {}::time, {}::text WHERE {}::text IS NOT NULL
ON CONFLICT (recipient) DO UPDATE SET begins = EXCLUDED.begins, ends = EXCLUDED.ends, zone = EXCLUDED.zone
"""


async def wish(recipient: int, preferences: Preferences) -> None:
    """All of a person's wishes, in place of those before. Raises PreferenceRefused.

    Kinds hold for what is told from now on, hours also for what is waiting.
    """
    check(preferences)
    kinds, quiet = _in_order(preferences.inbox_only), preferences.quiet
    begins, ends, zone = (quiet.begins, quiet.ends, quiet.zone) if quiet else (None, None, None)
    mine = (recipient, kinds, recipient, kinds, recipient, zone, recipient, begins, ends, zone, zone)
    await QuietHours.raw(WISH, *mine)


def _in_order(kinds: Collection[str]) -> list[str]:
    """Two savings at once lock the same rows in the same order."""
    return sorted(kinds)
