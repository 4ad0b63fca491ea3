"""Reports, supports and followings of one account become another's: two accounts of one person are joined."""

from uuid import UUID

from api.piccolo_conf import DB

HOLD = "SELECT id FROM report WHERE account = ANY($1::bigint[]) ORDER BY id FOR UPDATE"

DOUBLES = """
-- what both have said, and what now would be said of the own report
DELETE FROM report_follower AS f USING report AS r
WHERE r.id = f.report AND (
    (f.account = $1 AND (r.account = $2 OR EXISTS (
        SELECT FROM report_follower AS o WHERE o.report = f.report AND o.reason = f.reason AND o.account = $2)))
    OR (f.account = $2 AND r.account = $1))
RETURNING f.report, f.reason
"""

FEWER = """
UPDATE report SET supports = supports - gone.number
FROM (SELECT report, count(*) AS number FROM unnest($1::bigint[]) AS report GROUP BY report) AS gone
WHERE report.id = gone.report
"""


PHOTOS = """
UPDATE report_photo AS p SET account = $2 FROM report AS r
WHERE r.account = $2 AND p.report = r.id AND p.account = $1 RETURNING p.photo
"""


async def move_reports(source: int, target: int) -> list[UUID]:
    """The photos that go with them. In the caller's transaction.

    Events keep who made them: their chain is a proof.
    """
    await DB.fetch(HOLD, [source, target])
    doubles = await DB.fetch(DOUBLES, source, target)
    await DB.fetch(FEWER, [row["report"] for row in doubles if row["reason"] == "support"])
    await DB.fetch("UPDATE report_follower SET account = $2 WHERE account = $1", source, target)
    await DB.fetch("UPDATE report SET account = $2 WHERE account = $1", source, target)
    return [row["photo"] for row in await DB.fetch(PHOTOS, source, target)]
