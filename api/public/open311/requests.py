"""Reports as the standard's requests: which are asked for, and how one reads."""

from datetime import datetime, timedelta

import msgspec

from api.catalogue import Language, text
from api.cities.book import City, CityBook
from api.errors import FieldRefused
from api.piccolo_conf import DB
from api.public.asked import Asked, with_zone, written_for
from api.public.open311.schemas import Extended, ServiceRequest
from api.public.open_reports import OpenReport, read_open_reports
from api.public.queries import track
from api.public.schemas import PublicReport
from api.public.selection import Wanted, find_full
from api.reports.status import CLOSED
from api.reports.tracking import read_tracking_id

SPAN = timedelta(days=90)
MOST, MOST_PAGES = 1_000, 20
CLOSED_NAMES = frozenset(CLOSED)


async def listed(request: Asked, city: City | None) -> list[ServiceRequest]:
    """By `service_request_id`, or by service, time and status: the last 90 days, 1000 at most, newest first."""
    if named := request.query_params.get("service_request_id"):
        found = [await one(request, number) for number in named.split(",")[:MOST]]
        return [each for each in found if each is not None]
    size, number = _whole(request, "page_size", MOST, MOST), _whole(request, "page", 1, MOST_PAGES)
    page = await find_full(await _wanted(request, city), None, size * number)
    reports = await read_open_reports(page.ids[size * (number - 1) :], written_for(request))
    return [from_open(report, request) for report in reports]


def _whole(request: Asked, name: str, usual: int, most: int) -> int:
    """Raises FieldRefused."""
    written = request.query_params.get(name, str(usual))
    if not (written.isascii() and written.isdigit() and 1 <= len(written) <= 6 and 1 <= int(written) <= most):
        raise FieldRefused(name, "open311-number", most=most)
    return int(written)


async def _wanted(request: Asked, city: City | None) -> Wanted:
    asked = request.query_params
    since, until = _span(request)
    statuses = frozenset(filter(None, asked.get("status", "").split(",")))
    if not statuses <= {"open", "closed"}:
        raise FieldRefused("status", "open311-status")
    cities = (city,) if city else await request.app.state.cities.cities()
    codes = frozenset(filter(None, asked.get("service_code", "").split(",")))
    named = tuple(c.id for each in cities for c in each.every_category.values() if c.key in codes)
    return Wanted(
        city=city.id if city else None,
        categories=named if codes else None,
        is_open=None if len(statuses) != 1 else "open" in statuses,
        since=since,
        until=until,
        updated_since=_instant(request, "updated_after"),
    )


def _span(request: Asked) -> tuple[datetime, datetime]:
    """Raises FieldRefused for more than 90 days."""
    now = written_for(request).now
    start, end = _instant(request, "start_date"), _instant(request, "end_date")
    if end is not None:
        end += timedelta(microseconds=1)  # the standard's end belongs to the range
    until = end or (start + SPAN if start else now + timedelta(days=1))
    since = start or (end - SPAN if end else now - SPAN)
    if until - since > SPAN + timedelta(days=1) or until < since:
        raise FieldRefused("start_date", "open311-span")
    return since, until


def _instant(request: Asked, name: str) -> datetime | None:
    written = request.query_params.get(name)
    if not written:
        return None
    try:
        # A plus that nobody escaped has become a space.
        at = msgspec.convert(written.replace(" ", "+"), datetime)
        at + SPAN, at - SPAN  # at the edge of the calendar there is no range
    except (msgspec.ValidationError, OverflowError):
        raise FieldRefused(name, "body-not-a-time") from None
    return with_zone(name, at)


ID_OF = "SELECT id FROM report WHERE tracking_id = $1"


async def one(request: Asked, number: str) -> ServiceRequest | None:
    """One that is not public shows its way through the offices and nothing else, as `/v1/track` does."""
    rows = await DB.fetch(ID_OF, read_tracking_id(number) or "")
    if not rows:
        return None
    written = written_for(request)
    if reports := await read_open_reports([rows[0]["id"]], written):
        return from_open(reports[0], request)
    cities: CityBook = request.app.state.cities
    tracked = await track(number, cities, written.now, written.language)
    return _from_tracked(tracked) if tracked else None


def from_open(report: OpenReport, request: Asked) -> ServiceRequest:
    language: Language = written_for(request).language
    return ServiceRequest(
        service_request_id=report.tracking_id,
        status="open" if report.is_open else "closed",
        status_notes=text(f"state.{report.state}", language),
        service_name=report.category_name,
        service_code=report.category,
        description=report.text,
        agency_responsible=report.agency_name,
        service_notice=None,
        requested_datetime=report.created_at,
        updated_datetime=report.updated_at,
        expected_datetime=report.due_at,
        address=f"{report.village}, {report.district}, {report.regency}",
        address_id=None,
        zipcode=None,
        lat=report.lat,
        long=report.lon,
        media_url=report.photos[0] if report.photos else None,
        extended_attributes=_extended(report) if request.query_params.get("extensions") == "true" else None,
    )


def _extended(report: OpenReport) -> Extended:
    return Extended(
        detailed_status=report.state,
        report_type=report.report_type,
        agency=report.agency,
        village_code=report.village_code,
        is_overdue=report.is_overdue,
        media_urls=report.photos,
    )


def _from_tracked(report: PublicReport) -> ServiceRequest:
    nothing = dict.fromkeys(("service_name", "service_code", "description", "service_notice", "address", "address_id"))
    where = dict.fromkeys(("zipcode", "lat", "long", "media_url"))
    return ServiceRequest(
        service_request_id=report.tracking_id,
        status="closed" if report.state in CLOSED_NAMES else "open",
        status_notes=report.state_name,
        agency_responsible=report.agency,
        requested_datetime=report.created_at,
        updated_datetime=max((event.at for event in report.events), default=report.created_at),
        expected_datetime=report.promise.due_at if report.promise else None,
        **nothing,
        **where,
    )
