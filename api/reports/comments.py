"""Reading what is said beside the story: comments, and what the speaker has said of support."""

from api.accounts.speaker import Speaker
from api.piccolo_conf import DB
from api.reports.schemas import CommentShown

COMMENTS = """
-- in the order in which they were written; hidden ones for their author, and for staff
SELECT client_id, role, note, at, actor, is_hidden FROM report_event
WHERE report = $1 AND kind = 'comment' AND (NOT is_hidden OR actor = $2 OR $3::boolean)
ORDER BY version
"""


async def read_comments(
    report: int, speaker: Speaker | None = None, is_staff: bool = False
) -> tuple[CommentShown, ...]:
    """Without a speaker those that anyone may read."""
    account = speaker.account if speaker else None
    return tuple(
        CommentShown(
            id=row["client_id"],
            role=row["role"],
            text=row["note"],
            at=row["at"],
            is_mine=account is not None and row["actor"] == account,
            is_hidden=row["is_hidden"],
        )
        for row in await DB.fetch(COMMENTS, report, account, is_staff)
    )


BESIDE = "SELECT reason FROM report_follower WHERE report = $1 AND account = $2"


async def stands_beside(report: int, speaker: Speaker) -> frozenset[str]:
    """Of support and follow, what the speaker has said of this report."""
    return frozenset(found["reason"] for found in await DB.fetch(BESIDE, report, speaker.account))
