"""What a step must bring with it: its fields, cleaned and checked, and the time in which it may be taken."""

from datetime import datetime, timedelta

import msgspec

from api.accounts.speaker import Speaker
from api.cities.book import City
from api.errors import FieldRefused, IllegalTransition, OwnEvidence
from api.piccolo_conf import DB
from api.reports.asked import Asked
from api.reports.clocks import add_working_days, due_at
from api.reports.clockwork import terms_of
from api.reports.evidence import check_evidence, check_photos
from api.reports.queries import ReportRow
from api.reports.schemas import NewEvent
from api.reports.status import State, Transition
from api.reports.tracking import read_tracking_id
from api.reports.words import clean

WRITTEN = ("note", "internal_note", "reason", "reference", "duplicate_of")
APPEAL_DAYS = 10  # working days after the rejection, and once
REOPEN_WITHIN = timedelta(days=90)  # later it is a new report


def cleaned(event: NewEvent) -> NewEvent:
    """With every word as it will be stored. Raises FieldRefused."""
    words = {field: clean(field, getattr(event, field)) for field in WRITTEN}
    words["duplicate_of"] = read_tracking_id(words["duplicate_of"]) or words["duplicate_of"]
    return msgspec.structs.replace(event, **words)


async def check_needs(
    event: NewEvent, found: Transition, row: ReportRow, city: City, speaker: Speaker, now: datetime
) -> None:
    """Raises FieldRefused with the field that is missing or wrong."""
    for field in found.needs:
        if found.kind == "dispute" and event.evidence:  # a photo says it too
            await check_photos(event.evidence, row, speaker, "report")
        elif field == "evidence":
            await check_evidence(event.evidence, row, city, speaker)
        elif not getattr(event, field):
            raise FieldRefused(field, f"needs-{field}")
    if event.date is not None and event.date < now:
        raise FieldRefused("date", "date-past")


def _appeal_until(row: ReportRow, rejected_at: datetime, city: City) -> datetime:
    """To the refusal of an information request the law gives its own time (UU 14/2008, article 36)."""
    category = city.every_category.get(row.category)
    if row.report_type != "information_request" or category is None:
        return add_working_days(rejected_at, APPEAL_DAYS, city.calendar)
    terms = terms_of(city, category, row.report_type)
    return due_at(rejected_at, terms.promise("objection", rejected_at), city.calendar)


HISTORY = """
SELECT count(*) FILTER (WHERE kind = 'appeal') AS appeals, max(at) FILTER (WHERE to_state = $2) AS since
FROM report_event WHERE report = $1
"""


async def check_time(row: ReportRow, to: State, city: City, now: datetime) -> None:
    """A rejection may be appealed once and soon, a closed report opened again for a while. Raises IllegalTransition."""
    if (row.state, to) not in (("rejected", "submitted"), ("closed", "in_progress")):
        return
    history = (await DB.fetch(HISTORY, row.id, row.state))[0]
    if row.state == "rejected":
        is_late = now > _appeal_until(row, history["since"], city) or history["appeals"]
    else:
        is_late = now > history["since"] + REOPEN_WITHIN
    if is_late:
        raise IllegalTransition(row.state, to, row.version)


APPROVER = """
SELECT actor FROM report_event WHERE report = $1 AND to_state = 'resolved' AND from_state <> 'resolved'
ORDER BY version DESC LIMIT 1
"""


HAS_APP = "SELECT FROM session WHERE account = $1 AND revoked_at IS NULL AND refresh_until > $2 LIMIT 1"


async def check_behalf(asked: Asked) -> None:
    """How it was said must be noted. Nobody confirms for another what they did or approved themselves, nor for who has
    an app to do so: it is the city's own work that is praised.

    Raises FieldRefused, OwnEvidence.
    """
    event, row = asked.event, asked.row
    if not event.internal_note:
        raise FieldRefused("internal_note", "needs-behalf")
    if event.kind != "confirm":
        return
    approved = await DB.fetch(APPROVER, row.id)
    if asked.speaker.account in (row.evidence_by, *(found["actor"] for found in approved)):
        raise OwnEvidence
    if await DB.fetch(HAS_APP, row.account, asked.now):
        raise FieldRefused("kind", "behalf-has-app")
