"""What an operator watches. The counts of sweeps outlive the worker: they are rows."""

import os
from datetime import datetime, timedelta

import msgspec

from media.rows import fetch
from media.spool import Spool
from media.sweeping import Swept

LATELY = timedelta(days=1)


class Gauges(msgspec.Struct, frozen=True):
    """Photos `waiting` to be drawn for the first time, the oldest since `oldest_s`; `redrawing` after a redaction;
    `refused` and `swept` photos of the last day by reason; `objects` ever deleted, by kind of sweep."""

    waiting: int
    oldest_s: float
    redrawing: int
    spool_bytes: int
    refused: dict[str, int]
    swept: dict[str, int]
    objects: dict[str, int]


QUEUE = """
SELECT count(*) FILTER (WHERE stale = '{}') AS waiting, count(*) FILTER (WHERE stale <> '{}') AS redrawing,
    coalesce(extract(epoch FROM $1 - min(uploaded_at) FILTER (WHERE stale = '{}')), 0)::float8 AS oldest_s
FROM photo WHERE state = 'uploaded'
"""
OVER = """
SELECT state, reason, count(*) AS photos FROM photo
WHERE state IN ('refused', 'swept') AND settled_at > $1 GROUP BY state, reason
"""
OBJECTS = """
SELECT kind, deleted FROM photo_sweep
"""


async def read_gauges(spool: Spool, now: datetime) -> Gauges:
    queue = (await fetch(QUEUE, now))[0]
    over = await fetch(OVER, now - LATELY)
    return Gauges(
        waiting=queue["waiting"],
        oldest_s=queue["oldest_s"],
        redrawing=queue["redrawing"],
        spool_bytes=sum(entry.stat().st_size for entry in os.scandir(spool.folder)),
        refused={row["reason"]: row["photos"] for row in over if row["state"] == "refused"},
        swept={row["reason"]: row["photos"] for row in over if row["state"] == "swept"},
        objects={row["kind"]: row["deleted"] for row in await fetch(OBJECTS)},
    )


COUNTED = """
INSERT INTO photo_sweep AS sweep (kind, deleted, at) SELECT kind, deleted, $3
FROM unnest($1::text[], $2::bigint[]) AS swept (kind, deleted)
ON CONFLICT (kind) DO UPDATE SET deleted = sweep.deleted + EXCLUDED.deleted, at = EXCLUDED.at
"""
KINDS = ("renditions", "originals", "unknown")


async def count(swept: Swept, now: datetime) -> None:
    await fetch(COUNTED, list(KINDS), [getattr(swept, kind) for kind in KINDS], now)
