"""Photos change hands, or lose them: two accounts of one person were joined, an account was erased."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from media.facts import ERASED
from media.rows import fetch

MOVE = "UPDATE photo SET owner = $3 WHERE id = ANY($1::uuid[]) AND owner = $2"


async def move_photos(photos: Collection[UUID], source: int, target: int) -> None:
    """In the caller's transaction; an upload that is under way goes on under the new owner."""
    await fetch(MOVE, list(photos), source, target)


ERASE = """
-- the objects go with the next sweep, a file under way with the next tidying; no picture is alike any more
UPDATE photo SET state = 'swept', reason = $3, settled_at = $2, lease = NULL, leased_until = NULL, facts = NULL,
    proposals = NULL, flags = NULL, boxes = '[]', sha256 = sha256(gen_random_uuid()::text::bytea)
WHERE id = ANY($1::uuid[]) AND reason IS DISTINCT FROM $3
"""


async def erase_photos(photos: Collection[UUID], now: datetime) -> None:
    """In the caller's transaction, and for good: nobody may send them again."""
    await fetch(ERASE, list(photos), now, ERASED)


STRIP = """
-- where and when the camera was, and the name of the private original, which nobody means from here on
UPDATE photo SET facts = facts - ARRAY['lat', 'lon', 'accuracy_m', 'taken_at', 'taken_local'],
    original = CASE state WHEN 'ready' THEN replace(gen_random_uuid()::text, '-', '') ELSE original END
WHERE id = ANY($1::uuid[])
"""


async def strip_photos(photos: Collection[UUID]) -> None:
    """The pictures stay, what their files told besides goes. In the caller's transaction."""
    await fetch(STRIP, list(photos))


FORGET_QUOTA = """
WITH devices AS (DELETE FROM photo_device_quota WHERE device = ANY($2::uuid[]))
DELETE FROM photo_quota WHERE owner = ANY($1::bigint[])
"""


async def forget_owners(owners: Collection[int], devices: Collection[UUID]) -> None:
    """What counted how much they sent."""
    await fetch(FORGET_QUOTA, list(owners), list(devices))
