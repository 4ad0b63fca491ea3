"""Whose work a report is after a step: the agency, the officer."""

import msgspec

from api.accounts.errors import NotAllowed
from api.accounts.speaker import Speaker
from api.cities.book import City
from api.errors import FieldRefused
from api.piccolo_conf import DB
from api.reports.permits import Permit, agency_and_above, led_agencies
from api.reports.queries import ReportRow
from api.reports.schemas import NewEvent
from api.reports.status import State


class Assignment(msgspec.Struct, frozen=True):
    agency: int | None
    officer: int | None


async def assign(
    event: NewEvent, row: ReportRow, city: City, to: State, permit: Permit, speaker: Speaker
) -> Assignment:
    """An officer who starts an unassigned report takes it; a new agency, or none, frees it.

    Raises FieldRefused, and NotAllowed for a coordinator who would hand it to a foreign agency: that is triage.
    """
    if to == "verified" and row.state == "dispatched":
        return Assignment(None, None)
    if to == "dispatched":
        disposition = await _disposition(event, row, city)
        if permit.standing == "coordinator" and disposition.agency not in led_agencies(speaker, city):
            raise NotAllowed("dispatch to another agency")
        return disposition
    if permit.standing == "officer" and row.officer is None:
        return Assignment(row.agency, speaker.account)
    return Assignment(row.agency, row.officer)


async def _disposition(event: NewEvent, row: ReportRow, city: City) -> Assignment:
    agency = agency_named(event.agency, city) if event.agency else row.agency
    if event.officer is None:
        if row.state == "dispatched" and not event.agency:
            raise FieldRefused("agency", "needs-agency")  # else it would be a disposition to nobody
        return Assignment(agency, row.officer if agency == row.agency else None)
    rows = await DB.fetch(OFFICER, event.officer, list(agency_and_above(city, agency)))
    if not rows:
        raise FieldRefused("officer", "officer-unknown")
    return Assignment(agency, rows[0]["id"])


OFFICER = """
SELECT account.id FROM account JOIN role_grant ON role_grant.account = account.id
WHERE account.uid = $1 AND role_grant.role = 'officer' AND role_grant.agency = ANY($2::int[]) LIMIT 1
"""


def agency_named(key: str, city: City) -> int:
    for agency in city.agencies.values():
        if agency.key == key and agency.active:
            return agency.id
    raise FieldRefused("agency", "agency-unknown", agency=key)
