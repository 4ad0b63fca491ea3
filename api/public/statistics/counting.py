"""Keeping the sums: read what changed, count the months that it touched. A chore of the worker.

Each batch is one transaction with the cursor, so that a killed worker neither loses nor doubles anything.
"""

from datetime import datetime

from api.database import Statement
from api.piccolo_conf import DB
from api.public.open_reports import STAFF
from api.reports.flags import SERIOUS
from api.reports.status import CLOSED

BATCH = 5_000
UNDONE = ("rejected", "withdrawn", "duplicate")
Place = tuple[int, int]  # transaction and report

LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('statistic')) AS is_ours"

READING = """
INSERT INTO statistic_reading AS r (id, xid, report, at) VALUES (1, 0, 0, '-infinity')
ON CONFLICT (id) DO UPDATE SET xid = r.xid RETURNING xid, report
"""

CHANGED = """
SELECT id, changed_xid, pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS still_open FROM report
WHERE (changed_xid, id) > ($1, $2) ORDER BY changed_xid, id LIMIT $3
"""

READ = Statement("""
WITH gone AS (
    -- hidden since, or no longer public
    DELETE FROM statistic_fact AS f USING report AS r
    WHERE r.id = f.report AND f.report = ANY (:ids ::bigint[]) AND r.visibility <> 'public'
    RETURNING f.city, f.month
), before AS (
    -- moved to another city: both are stale
    SELECT city, month FROM statistic_fact WHERE report = ANY (:ids ::bigint[])
), fact AS (
    INSERT INTO statistic_fact AS f (report, city, month, agency, category, village_code, is_open, responded_s,
        resolved_s, is_kept, due_at, is_closed, is_unconfirmed, is_disputed, has_evidence, is_flagged)
    SELECT r.id, r.city, date_trunc('month', r.created_at AT TIME ZONE city.timezone)::date, r.agency, r.category,
        r.village_code, r.state <> ALL (:closed ::text[]),
        extract(epoch FROM story.responded_at - r.created_at)::bigint,
        CASE WHEN r.state IN ('resolved', 'closed')
            THEN extract(epoch FROM story.resolved_at - r.created_at)::bigint END,
        -- who rejects keeps no promise by it, but breaks one that was over by then
        CASE WHEN promise.stopped_at > promise.due_at THEN false
            WHEN promise.stopped_at <= promise.due_at AND r.state <> ALL (:undone ::text[]) THEN true END,
        CASE WHEN promise.stopped_at IS NULL THEN promise.due_at END,
        r.state = 'closed', r.state = 'closed' AND story.is_unconfirmed, story.is_disputed,
        evidence.photos > 0, evidence.flagged > 0
    FROM report AS r JOIN city ON city.id = r.city
    CROSS JOIN LATERAL (
        SELECT min(e.at) FILTER (WHERE e.role = ANY (:staff ::text[])) AS responded_at,
            max(e.at) FILTER (WHERE e.to_state = 'resolved' AND e.from_state <> 'resolved') AS resolved_at,
            -- by its last end: the one before was taken back
            coalesce((array_agg(e.reason = 'unconfirmed' ORDER BY e.version DESC)
                FILTER (WHERE e.to_state = 'closed' AND e.from_state <> 'closed'))[1], false) AS is_unconfirmed,
            coalesce(bool_or(e.kind = 'dispute'), false) AS is_disputed
        FROM report_event AS e WHERE e.report = r.id
    ) AS story
    LEFT JOIN LATERAL (
        SELECT c.due_at, c.stopped_at FROM report_clock AS c
        WHERE c.report = r.id AND c.clock IN ('resolve', 'information_request') ORDER BY c.started_at DESC LIMIT 1
    ) AS promise ON true
    CROSS JOIN LATERAL (
        SELECT count(*) AS photos, count(*) FILTER (WHERE EXISTS (
            SELECT FROM jsonb_array_elements(photo.flags) AS flag WHERE flag ->> 'name' = ANY (:serious ::text[])
        )) AS flagged
        FROM report_event AS e JOIN photo ON photo.id = ANY (e.evidence)
        WHERE e.report = r.id AND e.evidence <> '{}'
    ) AS evidence
    WHERE r.id = ANY (:ids ::bigint[]) AND r.visibility = 'public'
    ON CONFLICT (report) DO UPDATE SET city = excluded.city, month = excluded.month, agency = excluded.agency,
        category = excluded.category, village_code = excluded.village_code, is_open = excluded.is_open,
        responded_s = excluded.responded_s, resolved_s = excluded.resolved_s, is_kept = excluded.is_kept,
        due_at = excluded.due_at, is_closed = excluded.is_closed, is_unconfirmed = excluded.is_unconfirmed,
        is_disputed = excluded.is_disputed, has_evidence = excluded.has_evidence, is_flagged = excluded.is_flagged
    RETURNING f.city, f.month
)
INSERT INTO statistic_stale (city, month)
SELECT city, month FROM gone UNION SELECT city, month FROM before UNION SELECT city, month FROM fact
ON CONFLICT DO NOTHING
""")

REMEMBER = "UPDATE statistic_reading SET xid = $1, report = $2"

OVERDUE = """
-- promises that broke by themselves since the last look
WITH looked AS (UPDATE statistic_reading AS r SET at = $1 FROM statistic_reading AS old
                WHERE r.id = 1 AND old.id = 1 RETURNING old.at)
INSERT INTO statistic_stale (city, month)
SELECT DISTINCT f.city, f.month FROM statistic_fact AS f, looked WHERE f.due_at > looked.at AND f.due_at <= $1
ON CONFLICT DO NOTHING
"""


async def count_statistics(now: datetime) -> bool:
    """All that has changed; never more at once."""
    place: Place | None = None
    while place := await _read_changed(place):
        pass
    await DB.fetch(OVERDUE, now)
    while await _count_stale(now):
        pass
    return False


async def _read_changed(place: Place | None) -> Place | None:
    """Reads one batch, from `place` or where the last worker stopped; where to go on, None at the end.

    What is remembered stops before the oldest transaction that is still open: what commits later is not passed over,
    and the few that follow are read again.
    """
    async with DB.transaction():
        if not (await DB.fetch(LOCK))[0]["is_ours"]:
            return None
        changed = await DB.fetch(CHANGED, *(place or tuple((await DB.fetch(READING))[0])), BATCH)
        if not changed:
            return None
        ids = [row["id"] for row in changed]
        await READ.fetch(
            DB, ids=ids, staff=list(STAFF), serious=list(SERIOUS), closed=list(CLOSED), undone=list(UNDONE)
        )
        settled = [(row["changed_xid"], row["id"]) for row in changed if row["changed_xid"] < row["still_open"]]
        if settled:
            await DB.fetch(REMEMBER, *settled[-1])
    return (changed[-1]["changed_xid"], changed[-1]["id"]) if len(changed) == BATCH else None


STALE = (
    "DELETE FROM statistic_stale WHERE (city, month) = (SELECT city, month FROM statistic_stale LIMIT 1) RETURNING *"
)
FORGET = "DELETE FROM statistic WHERE city = $1 AND month = $2"
FORGET_TIMES = "DELETE FROM statistic_time WHERE city = $1 AND month = $2"
SUMS = """
-- each report counts for its city, its agency, its category and its village
INSERT INTO statistic (city, dimension, key, month, reports, open, closed, resolved, unconfirmed, disputed, promised,
    kept, evidenced, flagged)
SELECT f.city, d.dimension, d.key, f.month, count(*), count(*) FILTER (WHERE f.is_open),
    -- what is disputed was resolved once, wherever it is now
    count(*) FILTER (WHERE f.is_closed), count(*) FILTER (WHERE f.resolved_s IS NOT NULL OR f.is_disputed),
    count(*) FILTER (WHERE f.is_unconfirmed),
    count(*) FILTER (WHERE f.is_disputed),
    -- a promise that is broken and still runs counts as broken
    count(*) FILTER (WHERE f.is_kept IS NOT NULL OR f.due_at <= $3), count(*) FILTER (WHERE f.is_kept),
    count(*) FILTER (WHERE f.has_evidence), count(*) FILTER (WHERE f.is_flagged)
FROM statistic_fact AS f
CROSS JOIN LATERAL (VALUES ('city', ''), ('agency', f.agency::text), ('category', f.category::text),
    ('village', f.village_code)) AS d (dimension, key)
WHERE f.city = $1 AND f.month = $2 AND d.key IS NOT NULL
GROUP BY f.city, d.dimension, d.key, f.month
"""
TIMES = """
INSERT INTO statistic_time (city, dimension, key, month, step, bucket, reports)
SELECT f.city, d.dimension, d.key, f.month, t.step, round(16 * log(2, greatest(t.seconds, 60) / 60.0)), count(*)
FROM statistic_fact AS f
CROSS JOIN LATERAL (VALUES ('city', ''), ('agency', f.agency::text), ('category', f.category::text),
    ('village', f.village_code)) AS d (dimension, key)
CROSS JOIN LATERAL (VALUES ('respond', f.responded_s), ('resolve', f.resolved_s)) AS t (step, seconds)
WHERE f.city = $1 AND f.month = $2 AND d.key IS NOT NULL AND t.seconds IS NOT NULL
GROUP BY f.city, d.dimension, d.key, f.month, t.step, 6
"""


async def _count_stale(now: datetime) -> bool:
    """One month of one city anew; False when there is none, or another worker is at it."""
    async with DB.transaction():
        if not (await DB.fetch(LOCK))[0]["is_ours"]:
            return False
        for stale in await DB.fetch(STALE):
            for statement in (FORGET, FORGET_TIMES):
                await DB.fetch(statement, stale["city"], stale["month"])
            await DB.fetch(SUMS, stale["city"], stale["month"], now)
            await DB.fetch(TIMES, stale["city"], stale["month"])
            return True
    return False


def seconds_of(bucket: int) -> float:
    """The middle of a step of the histograms."""
    step: float = 60 * 2 ** (bucket / 16)
    return step
