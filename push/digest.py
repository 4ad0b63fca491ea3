"""Once a day: how much is new of the kinds that a person wants together. One notice, and the inbox has the rest."""

from datetime import datetime
from uuid import UUID

from push.tables import Digest

SUBJECT = UUID("6b656e74-6f6e-4761-8e00-646967657374")  # of every digest: a newer one takes the place of the older
KIND = "digest"
AT_A_TIME = 500

DUE = """
WITH due AS MATERIALIZED (
    SELECT d.recipient, d.zone, d.language, d.next_at FROM digest AS d
    WHERE d.next_at <= {} ORDER BY d.next_at LIMIT {} FOR UPDATE SKIP LOCKED
),
-- the next evening, also after days in which no worker was at work
moved AS (
    UPDATE digest AS d SET next_at = (
        (({}::timestamptz AT TIME ZONE due.zone)::date
            + CASE WHEN ({}::timestamptz AT TIME ZONE due.zone)::time < '18:00' THEN 0 ELSE 1 END)
        + time '18:00') AT TIME ZONE due.zone
    FROM due WHERE d.recipient = due.recipient
),
counted AS (
    SELECT due.recipient, due.language, (due.next_at AT TIME ZONE due.zone)::date - date '2020-01-01' AS day, (
        SELECT count(*) FROM notification AS n JOIN inbox_only AS i
            ON i.recipient = n.recipient AND i.kind = n.kind AND i.is_digest
        WHERE n.recipient = due.recipient AND n.seen_at IS NULL AND n.created_at > due.next_at - interval '1 day'
    ) AS news
    FROM due
    -- as push_notify asks: in ascending order
    ORDER BY due.recipient
)
SELECT (SELECT count(*) FROM due) AS due, count(push_notify(c.recipient, {}, c.day, {},
    jsonb_build_object('count', c.news, 'language', c.language), {}, '1 day'))
FROM counted AS c WHERE c.news > 0
"""


async def tell_due(now: datetime) -> int:
    """How many were due, with something to tell or not."""
    rows = await Digest.raw(DUE, now, AT_A_TIME, now, now, SUBJECT, KIND, now)
    due: int = rows[0]["due"]
    return due
