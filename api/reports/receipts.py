"""The answer to a report that was sent before: the same receipt, as the report stands now."""

from uuid import UUID

import msgspec

from api.cities.book import City, CityBook
from api.cities.promises import policy_at
from api.errors import ReportDiffers
from api.piccolo_conf import DB
from api.reports.clockwork import RunningClock, Terms, promised
from api.reports.pictures import photos_shown
from api.reports.schemas import AgencyShown, CityShown, ClockShown, PlaceShown, Promise, Receipt
from api.reports.status import State
from api.reports.tracking import shown


def agency_shown(city: City, agency: int | None) -> AgencyShown | None:
    found = city.agencies.get(agency or 0)
    return AgencyShown(found.key, found.name) if found else None


def promise_shown(clocks: tuple[RunningClock, ...]) -> Promise | None:
    clock = promised(clocks)
    return Promise(clock.clock, clock.due_at) if clock else None


def clock_shown(clock: RunningClock, terms: Terms) -> ClockShown:
    promised_by = terms.promise(clock.clock, clock.started_at)
    version = policy_at(terms.policies, clock.started_at).version
    return ClockShown(clock.clock, clock.started_at, clock.due_at, clock.stopped_at, version, promised_by.source)


SENT_BEFORE = """
-- the report by the phone's id, whoever sent it
SELECT report.account, report.body_sha256, report.tracking_id, report.state, report.version, report.place::text,
    report.agency, report.routing_reason, report.village_code,
-- its clocks
    (SELECT jsonb_agg(jsonb_build_object('clock', c.clock, 'started_at', c.started_at, 'due_at', c.due_at,
                                         'pauses', c.pauses, 'stopped_at', c.stopped_at))
     FROM report_clock AS c WHERE c.report = report.id)::text AS clocks,
-- the photos that were announced with it
    (SELECT array_agg(p.photo ORDER BY p.position) FROM report_photo AS p
     WHERE p.report = report.id AND p.purpose = 'report') AS photos
FROM report WHERE report.client_id = $1
"""


class Sent(msgspec.Struct, frozen=True):
    account: int
    body_sha256: bytes
    tracking_id: str
    state: State
    version: int
    place: str
    agency: int | None
    routing_reason: str
    village_code: str
    clocks: str | None
    photos: tuple[UUID, ...] | None


async def find_receipt(report_id: UUID, account: int, body_sha256: bytes, cities: CityBook) -> Receipt | None:
    """None when there is no such report. Raises ReportDiffers for another body or another account."""
    rows = await DB.fetch(SENT_BEFORE, report_id)
    if not rows:
        return None
    sent = Sent(*rows[0])
    city = await cities.city_of(sent.village_code)
    differs = sent.body_sha256 not in (body_sha256, b"")  # empty: words of the body were edited or erased since
    if sent.account != account or differs or city is None:
        raise ReportDiffers(report_id)
    clocks = msgspec.json.decode(sent.clocks or "[]", type=tuple[RunningClock, ...])
    return Receipt(
        id=report_id,
        tracking_id=shown(sent.tracking_id),
        state=sent.state,
        place=msgspec.json.decode(sent.place, type=PlaceShown),
        city=CityShown(city.code, city.name),
        agency=agency_shown(city, sent.agency),
        routing_reason=sent.routing_reason,
        promise=promise_shown(clocks),
        version=sent.version,
        photos=await photos_shown([(photo, "report") for photo in sent.photos or ()]),
    )
