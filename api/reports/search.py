"""What staff look for among the reports of their grants."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from api.accounts.speaker import Speaker
from api.catalogue import Language
from api.cities.book import City, CityBook
from api.piccolo_conf import DB
from api.reports.holding import REASONS
from api.reports.permits import agency_and_below
from api.reports.queries import PAGE, page, report_rows
from api.reports.schemas import ReportPage
from api.reports.status import State
from api.reports.tracking import read_tracking_id


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """Filters of staff; `area` is a code and covers its subtree, `q` looks into text, address and tracking id.

    `attention`: what only an operator can set right; `held`: what looks like spam and waits. `oldest`: what is open,
    the longest waiting first.
    """

    states: tuple[State, ...] = ()
    agency: str | None = None
    area: str | None = None
    overdue: bool = False
    attention: bool = False
    held: bool = False
    q: str = ""
    oldest: bool = False


NEWEST = """
SELECT r.* FROM report_shown AS r
-- what the speaker's grants cover: whole cities, agencies with their units, areas
WHERE (r.city = ANY($1::int[]) OR r.agency = ANY($2::int[]) OR r.coordinating && $2::int[]
       OR r.village_code LIKE ANY($3::text[]))
    AND r.id < $4
-- the filters
    AND ($5::text[] = '{}' OR r.state = ANY($5))
    AND ($6::int[] IS NULL OR r.agency = ANY($6))
    AND ($7::text IS NULL OR r.village_code LIKE $7)
    AND (NOT $8::boolean OR EXISTS (
        SELECT FROM report_clock AS c WHERE c.report = r.id AND c.stopped_at IS NULL AND c.due_at <= $9
            AND c.clock NOT IN ('confirm', 'objection', 'needs_info', 'ombudsman')))
-- given back twice, or disputed twice: the operator decides
    AND (NOT $10::boolean OR (r.state = 'verified' AND r.bounces >= 2)
         OR (r.is_escalated AND r.state IN ('in_progress', 'scheduled', 'forwarded', 'work_done')))
-- taken in and shown to nobody until somebody of the city has looked
    AND ($11::text[] IS NULL OR (r.state = 'submitted' AND r.triaged_at IS NULL AND r.routing_reason = ANY($11)))
ORDER BY r.id DESC LIMIT $12
"""
# What is closed is left out, so that the index of what is open gives the order.
OLDEST = NEWEST.replace(
    "r.id < $4", "r.id > $4 AND r.state NOT IN ('closed', 'duplicate', 'rejected', 'resolved', 'withdrawn')"
).replace("DESC", "ASC")

FOUND = """
-- the words as their stems begin (lubang for berlubang and lubangnya); or the number
WITH sought AS (
    SELECT to_tsquery('indonesian', coalesce(string_agg(word || ':*', ' & '), '')) AS words
    FROM regexp_split_to_table($13::text, '[^[:alnum:]]+') AS word WHERE word <> ''
),
found AS MATERIALIZED (
    SELECT id FROM report
    WHERE to_tsvector('indonesian', text || ' ' || address) @@ (SELECT words FROM sought)
    UNION SELECT id FROM report WHERE tracking_id = $14
)
"""
OF_FOUND = ("FROM report_shown AS r", "FROM found JOIN report_shown AS r ON r.id = found.id")
NEWEST_FOUND, OLDEST_FOUND = (FOUND + one.replace(*OF_FOUND) for one in (NEWEST, OLDEST))


async def search(
    speaker: Speaker, wanted: Search, cursor: int | None, cities: CityBook, now: datetime, language: Language
) -> ReportPage:
    """What the speaker's grants cover and may read; newest first, unless `wanted` says otherwise."""
    sought = [
        agency.id for city in await cities.cities() for agency in city.agencies.values() if agency.key == wanted.agency
    ]
    filters = (
        *await scope_of(speaker, cities),
        cursor or (0 if wanted.oldest else 2**62),
        list(wanted.states),
        sought if wanted.agency else None,
        f"{wanted.area}%" if wanted.area else None,
        wanted.overdue,
        now,
        wanted.attention,
        list(REASONS) if wanted.held else None,
        PAGE + 1,
    )
    if wanted.q:
        words = (wanted.q, read_tracking_id(wanted.q) or "")
        found = await DB.fetch(OLDEST_FOUND if wanted.oldest else NEWEST_FOUND, *filters, *words)
    else:
        found = await DB.fetch(OLDEST if wanted.oldest else NEWEST, *filters)
    return await page(report_rows(found), cities, language, speaker)


async def scope_of(speaker: Speaker, cities: CityBook) -> tuple[list[int], list[int], list[str]]:
    """Cities, agencies (with their units) and village code patterns that the grants cover."""
    every = await cities.cities()
    whole: list[int] = []
    agencies: list[int] = []
    areas: list[str] = []
    for grant in speaker.grants:
        if grant.role in ("operator", "auditor", "admin"):
            whole += [city.id for city in every if grant.city in (None, city.id)]
        elif grant.role == "area_head" and grant.area_code:
            areas.append(f"{grant.area_code}%")
        elif grant.agency is not None:
            agencies += units_of(every, grant.agency)
    return whole, agencies, areas


def units_of(cities: Sequence[City], agency: int) -> list[int]:
    city = next((city for city in cities if agency in city.agencies), None)
    return sorted(agency_and_below(city, agency)) if city else []
