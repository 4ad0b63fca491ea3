"""Public reads."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from api.catalogue import Language, text
from api.cities.book import City, CityBook
from api.piccolo_conf import DB
from api.public.schemas import (
    PublicComment,
    PublicEvent,
    PublicPhoto,
    PublicPlace,
    PublicPromise,
    PublicRelated,
    PublicReport,
)
from api.reports.clockwork import promised
from api.reports.comments import read_comments
from api.reports.escalation import overdue_since
from api.reports.permits import agency_and_above
from api.reports.pictures import photo_urls
from api.reports.publicity import UNSEEN, shows_content
from api.reports.queries import ReportRow, read_events, report_rows
from api.reports.related import is_seen, related_rows
from api.reports.schemas import EventShown, PlaceShown
from api.reports.status import MOVES
from api.reports.tracking import read_tracking_id, shown
from media import photos

TOLD = MOVES | {"create", "extend"}  # the way of a report, in public

TRACKED = "SELECT * FROM report_shown WHERE tracking_id = $1"


async def track(written: str, cities: CityBook, now: datetime, language: Language) -> PublicReport | None:
    """By the number as somebody typed it; None for a number that leads nowhere."""
    tracking_id = read_tracking_id(written)
    rows = report_rows(await DB.fetch(TRACKED, tracking_id)) if tracking_id else []
    city = await cities.city_of(rows[0].village_code) if rows else None
    if city is None:
        return None
    report = await _outline(rows[0], city, now, language)
    report = msgspec.structs.replace(report, related=await _related(rows[0], city, language))
    if not shows_content(rows[0].visibility, rows[0].state):
        return report
    return await _with_content(report, rows[0], city, language)


async def _outline(row: ReportRow, city: City, now: datetime, language: Language) -> PublicReport:
    clock, since = promised(row.running_clocks), overdue_since(row.running_clocks, now)
    is_public = row.visibility == "public"
    return PublicReport(
        tracking_id=shown(row.tracking_id),
        visibility=row.visibility,
        state=row.state,
        state_name=text(f"state.{row.state}", language),
        created_at=row.created_at,
        city=city.name,
        timezone=city.timezone,
        agency=_agency_name(row.agency, city, is_public),
        promise=PublicPromise(clock.clock, clock.due_at, bool(clock.due_at and clock.due_at < now)) if clock else None,
        events=tuple(
            _event(e, is_public, city, language)
            for e in await read_events(row.id, city, is_staff=False)
            if e.kind in TOLD
        ),
        overdue=since is not None,
        overdue_since=since,
    )


async def _related(row: ReportRow, city: City, language: Language) -> tuple[PublicRelated, ...]:
    return tuple(
        PublicRelated(
            other["bond"],
            shown(other["tracking_id"]),
            other["state"],
            text(f"state.{other['state']}", language),
            _agency_name(other["agency"], city, is_public=True),
        )
        for other in await related_rows(row)
        if is_seen(other, None, is_staff=False)
    )


def _agency_name(agency: int | None, city: City, is_public: bool) -> str | None:
    """Of a report that is not public only the head of the agency: its unit may tell the district."""
    chain = list(agency_and_above(city, agency))
    return city.agencies[chain[0 if is_public else -1]].name if chain else None


def _event(event: EventShown, is_public: bool, city: City, language: Language) -> PublicEvent:
    keys = {agency.key: agency.id for agency in city.agencies.values()}
    agency = _agency_name(keys.get(event.agency.key), city, is_public) if event.agency else None
    note = event.note if is_public and event.role != "reporter" else ""
    if is_public and event.kind == "extend":  # the law asks for the reason (UU 14/2008, article 22)
        note = text("event.extended", language, reason=event.reason)
    by = text("event.on_behalf", language) if event.on_behalf else None
    return PublicEvent(event.at, event.to_state, text(f"state.{event.to_state}", language), agency, note, by)


async def _with_content(report: PublicReport, row: ReportRow, city: City, language: Language) -> PublicReport:
    category = city.every_category.get(row.category)
    place = msgspec.json.decode(row.place, type=PlaceShown)
    return msgspec.structs.replace(
        report,
        category=category.key if category else None,
        category_name=getattr(category, f"name_{language}", None),
        text=row.text,
        place=PublicPlace(
            place.village.name,
            place.village.local_term,
            place.district.name,
            place.district.local_term,
            place.regency.name,
            place.quality,
        ),
        lat=row.public_lat,
        lon=row.public_lon,
        photos=await _photos(row),
        supports=row.supports,
        comments=tuple(PublicComment(c.role, c.text, c.at) for c in await read_comments(row.id)),
    )


async def _photos(row: ReportRow) -> tuple[PublicPhoto, ...]:
    purposes = dict([*row.named_photos, *await merged_photos(row.id)])
    public = await public_photos(list(purposes))
    states = await photos.states([photo for photo in purposes if photo in public])
    return tuple(
        PublicPhoto(s.id, purposes[s.id], photo_urls(s.id, "/photos", s.version)) for s in states if s.state == "ready"
    )


PUBLIC_PHOTOS = """
-- of a public report that somebody of the city has worked on; what was merged shows its photos on its master
SELECT p.photo FROM report_photo AS p JOIN report AS r ON r.id = p.report
WHERE p.photo = ANY($1::uuid[]) AND r.visibility = 'public' AND r.triaged_at IS NOT NULL
    AND (r.state <> ALL($2::text[]) OR (r.state = 'duplicate' AND EXISTS (
        SELECT FROM report AS master
        WHERE master.id = r.merged_into AND master.visibility = 'public' AND master.state <> ALL($2::text[]))))
-- evidence only when it has been filed: until then it is a picture on an officer's phone
    AND (p.purpose = 'report'
        OR EXISTS (SELECT FROM report_event AS e WHERE e.report = p.report AND p.photo = ANY(e.evidence)))
"""


async def public_photos(asked: Sequence[UUID]) -> frozenset[UUID]:
    """Those of `asked` that anyone may see."""
    return frozenset(row["photo"] for row in await DB.fetch(PUBLIC_PHOTOS, list(asked), list(UNSEEN)))


MERGED_PHOTOS = """
SELECT p.photo, p.purpose FROM report AS r JOIN report_photo AS p ON p.report = r.id
WHERE r.merged_into = $1 ORDER BY r.id, p.position LIMIT 30
"""


async def merged_photos(master: int) -> list[tuple[UUID, str]]:
    """Of the reports that were merged into it; whether they are public is for `public_photos` to say."""
    return [(row["photo"], row["purpose"]) for row in await DB.fetch(MERGED_PHOTOS, master)]
