"""Where somebody is signed in: one line a sign-in, however often its tokens were rotated."""

from datetime import datetime
from uuid import UUID

import msgspec

from api.accounts.errors import SessionUnknown
from api.accounts.sessions import ACCESS_FOR, end_family
from api.accounts.speaker import Speaker
from api.piccolo_conf import DB


class SessionShown(msgspec.Struct, frozen=True):
    id: UUID
    device_name: str
    used_at: datetime
    is_this: bool


OWN = """
-- a family of token pairs is one sign-in; its last pair tells how long it lasts
SELECT family, max(device_name) AS device_name, max(access_until) - $3::interval AS used_at,
    bool_or(id = $4) AS is_this
FROM session WHERE account = $1
GROUP BY family HAVING bool_or(revoked_at IS NULL AND refresh_until > $2)
ORDER BY max(access_until) DESC LIMIT 100
"""


async def read(speaker: Speaker, now: datetime) -> list[SessionShown]:
    rows = await DB.fetch(OWN, speaker.account, now, ACCESS_FOR, speaker.session)
    return [SessionShown(*row) for row in rows]


async def end(family: UUID, speaker: Speaker, now: datetime) -> None:
    """Raises SessionUnknown, also for a session of somebody else."""
    found = "SELECT FROM session WHERE family = $1 AND account = $2 AND revoked_at IS NULL LIMIT 1"
    if not await DB.fetch(found, family, speaker.account):
        raise SessionUnknown
    await end_family(family, now)
