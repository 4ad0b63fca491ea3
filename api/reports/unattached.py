"""After-photos that were announced and then never filed, and photos whose report is gone."""

from datetime import datetime, timedelta
from uuid import UUID

from api.piccolo_conf import DB

UNATTACHED_AFTER = timedelta(hours=24)
LOOK_BACK = timedelta(days=30)  # a worker that was away longer leaves some behind

UNATTACHED = """
-- announced in these days and here, but named by no event of the report
SELECT photo.id FROM photo
LEFT JOIN report_photo AS link ON link.photo = photo.id
WHERE photo.expected_at BETWEEN $1 AND $2 AND photo.state IN ('uploaded', 'ready')
  AND (link.photo IS NULL OR (link.purpose = 'evidence' AND NOT EXISTS (
        SELECT FROM report_event AS e WHERE e.report = link.report AND link.photo = ANY (e.evidence))))
LIMIT 1000
"""


async def unattached(now: datetime) -> list[UUID]:
    rows = await DB.fetch(UNATTACHED, now - UNATTACHED_AFTER - LOOK_BACK, now - UNATTACHED_AFTER)
    return [row["id"] for row in rows]
