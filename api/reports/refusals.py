"""A photo that cannot be used, or never came: its sender is told why, once."""

from datetime import datetime, timedelta

from api.piccolo_conf import DB
from push.outbox import Notice, notify

VALID = timedelta(days=2)

REFUSED = """
SELECT photo.id AS photo, photo.state, photo.reason, link.account, report.client_id AS report, report.tracking_id,
    account.language
FROM photo
JOIN report_photo AS link ON link.photo = photo.id
JOIN report ON report.id = link.report
JOIN account ON account.id = link.account
WHERE photo.state IN ('refused', 'swept') AND photo.settled_at > $1
ORDER BY link.account
"""


async def tell_refused(since: datetime, now: datetime) -> None:
    """Again and again if need be: the same photo makes one notification."""
    for row in await DB.fetch(REFUSED, since):
        params = {name: row[name] for name in ("tracking_id", "reason", "language")} | {"report": str(row["report"])}
        kind, rev = ("photo.refused", 1) if row["state"] == "refused" else ("photo.swept", 2)
        await notify(
            Notice(recipient=row["account"], subject=row["photo"], rev=rev, kind=kind, params=params), now, VALID
        )
