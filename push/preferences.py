"""What a person wishes: kinds for the inbox only, or once a day together, and hours without a sound.

The inbox always gets everything.
"""

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from push.tables import QuietHours

MAX_KINDS = 100
DIGEST_AT = time(18)


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
    """`digest` are kinds that come once a day, counted; `zone` is the clock of the digest, `language` its words."""

    inbox_only: frozenset[str] = frozenset()
    quiet: Quiet | None = None
    digest: frozenset[str] = frozenset()
    zone: str = "Asia/Jakarta"
    language: str = "id"


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
    quiet, kinds = preferences.quiet, preferences.inbox_only | preferences.digest
    _check_zone(preferences.zone)
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
SELECT ARRAY(SELECT i.kind FROM inbox_only AS i WHERE i.recipient = {} AND NOT i.is_digest) AS kinds,
    ARRAY(SELECT i.kind FROM inbox_only AS i WHERE i.recipient = {} AND i.is_digest) AS digested,
    q.begins, q.ends, q.zone, d.zone AS digest_zone, d.language
FROM (SELECT {}::bigint AS recipient) AS me
LEFT JOIN quiet_hours AS q USING (recipient) LEFT JOIN digest AS d USING (recipient)
"""


async def wished(recipient: int) -> Preferences:
    row = (await QuietHours.raw(WISHED, recipient, recipient, recipient))[0]
    quiet = Quiet(row["begins"], row["ends"], row["zone"]) if row["zone"] else None
    found = Preferences(frozenset(row["kinds"]), quiet, frozenset(row["digested"]))
    if row["digest_zone"]:
        found = msgspec.structs.replace(found, zone=row["digest_zone"], language=row["language"])
    return found


WISH = """
WITH wished AS (
    SELECT kind, kind = ANY ({}::text[]) AS is_digest FROM unnest({}::text[]) AS kind
),
sounding AS (DELETE FROM inbox_only AS i WHERE i.recipient = {} AND i.kind NOT IN (SELECT kind FROM wished)),
silent AS (
    INSERT INTO inbox_only AS i (recipient, kind, is_digest) SELECT {}, kind, is_digest FROM wished
    ON CONFLICT (recipient, kind) DO UPDATE SET is_digest = EXCLUDED.is_digest
),
-- once a day, or not at all
undigested AS (DELETE FROM digest AS d WHERE d.recipient = {} AND {}::timestamptz IS NULL),
digested AS (
    INSERT INTO digest AS d (recipient, zone, language, next_at)
    SELECT {}, {}::text, {}::text, {}::timestamptz WHERE {}::timestamptz IS NOT NULL
    ON CONFLICT (recipient) DO UPDATE SET zone = EXCLUDED.zone, language = EXCLUDED.language,
        next_at = EXCLUDED.next_at
),
loud AS (DELETE FROM quiet_hours AS q WHERE q.recipient = {} AND {}::text IS NULL)
-- the last part: the hours, if there are any
INSERT INTO quiet_hours AS q (recipient, begins, ends, zone)
SELECT {}, {}::time, {}::time, {}::text WHERE {}::text IS NOT NULL
ON CONFLICT (recipient) DO UPDATE SET begins = EXCLUDED.begins, ends = EXCLUDED.ends, zone = EXCLUDED.zone
"""


async def wish(recipient: int, preferences: Preferences, now: datetime) -> None:
    """All of a person's wishes, in place of those before. Raises PreferenceRefused.

    Kinds hold for what is told from now on, hours also for what is waiting.
    """
    check(preferences)
    digest, quiet = _in_order(preferences.digest), preferences.quiet
    kinds = _in_order(preferences.inbox_only | preferences.digest)
    next_at = digest_after(now, preferences.zone) if digest else None
    begins, ends, zone = (quiet.begins, quiet.ends, quiet.zone) if quiet else (None, None, None)
    silent = (digest, kinds, recipient, recipient)
    daily = (recipient, next_at, recipient, preferences.zone, preferences.language, next_at, next_at)
    hours = (recipient, zone, recipient, begins, ends, zone, zone)
    await QuietHours.raw(WISH, *silent, *daily, *hours)


def digest_after(now: datetime, zone: str) -> datetime:
    """The next evening."""
    local = now.astimezone(ZoneInfo(zone))
    today = datetime.combine(local.date(), DIGEST_AT, local.tzinfo)
    return (today if today > local else today + timedelta(days=1)).astimezone(UTC)


def _in_order(kinds: Collection[str]) -> list[str]:
    """Two savings at once lock the same rows in the same order."""
    return sorted(kinds)
