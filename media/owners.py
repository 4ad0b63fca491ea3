"""Photos change hands: two accounts of one person were joined."""

from collections.abc import Collection
from uuid import UUID

from media.rows import fetch

MOVE = "UPDATE photo SET owner = $3 WHERE id = ANY($1::uuid[]) AND owner = $2"


async def move_photos(photos: Collection[UUID], source: int, target: int) -> None:
    """In the caller's transaction; an upload that is under way goes on under the new owner."""
    await fetch(MOVE, list(photos), source, target)
