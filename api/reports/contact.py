"""The reporter's contact: shown to few, with a reason, and every look is an event of the report's chain.

Officers never see it: they ask through the report (`needs_info`, a comment), and the answer comes the same way.
"""

from datetime import datetime
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from api.accounts.errors import NotAllowed
from api.accounts.matrix import may
from api.accounts.phones import number_of
from api.accounts.sealing import Seals
from api.accounts.speaker import Speaker
from api.cities.book import CityBook
from api.errors import FieldRefused
from api.piccolo_conf import DB
from api.reports.asked import Asked
from api.reports.permits import Permit
from api.reports.queries import ReportRow, held_on, read_row
from api.reports.schemas import NewEvent
from api.reports.search import scope_of
from api.reports.steps import Step

MIN_REASON = 10
PAGE = 200


class Contact(msgspec.Struct, frozen=True):
    """`phone` None: the reporter has linked none; ask through the report."""

    phone: str | None


class RevealShown(msgspec.Struct, frozen=True):
    """Who looked, and why; `by`, the login, is for those who oversee."""

    at: datetime
    role: str
    agency: str | None
    reason: str
    by: str | None = None
    report: UUID | None = None


async def look(asked: Asked) -> Step | None:
    """The rule of the event `contact`; None for the reporter, who may look at the own. Raises NotAllowed."""
    permit = seer(asked.held)
    if permit is None:
        raise NotAllowed("see the contact")
    if permit.grant is None:
        return None
    if len(asked.event.reason) < MIN_REASON:
        raise FieldRefused("reason", "contact-reason", limit=MIN_REASON)
    return asked.step(permit)


def seer(held: tuple[Permit, ...]) -> Permit | None:
    """The reporter, or a grant that the matrix lets see the contact."""
    allowed = (permit for permit in held if may("see_contact", [permit.standing]))
    return next((permit for permit in allowed if permit.grant or permit.standing == "reporter"), None)


def reveal(reason: str) -> NewEvent:
    return NewEvent(id=uuid7(), kind="contact", reason=reason)


async def read_contact(report: UUID, seals: Seals) -> Contact:
    """For who has just been found allowed, and noted."""
    return Contact(await number_of((await read_row(report)).account, seals))


REVEALS = """
SELECT e.at, e.role, e.agency, e.reason, a.login FROM report_event AS e LEFT JOIN account AS a ON a.id = e.actor
WHERE e.report = $1 AND e.kind = 'contact' ORDER BY e.version DESC
"""


async def read_reveals(report: UUID, speaker: Speaker, cities: CityBook) -> list[RevealShown]:
    """The latest first, for the reporter and for who may look. Raises ReportNotFound, NotAllowed."""
    row: ReportRow = await read_row(report)
    city, held = await held_on(row, speaker, cities)
    permit = seer(held)
    if permit is None:
        raise NotAllowed("see who looked")
    names = {agency.id: agency.name for agency in city.agencies.values()}
    return [
        RevealShown(at, role, names.get(agency), reason, by if permit.grant else None)
        for at, role, agency, reason, by in await DB.fetch(REVEALS, row.id)
    ]


LATEST = """
-- of the cities that the grants oversee; the partial index gives the order
SELECT e.at, e.role, NULL, e.reason, a.login, r.client_id
FROM report_event AS e JOIN report AS r ON r.id = e.report LEFT JOIN account AS a ON a.id = e.actor
WHERE e.kind = 'contact' AND r.city = ANY($1::int[]) AND ($2::timestamptz IS NULL OR e.at < $2)
ORDER BY e.at DESC LIMIT $3
"""


async def read_latest(speaker: Speaker, before: datetime | None, cities: CityBook) -> list[RevealShown]:
    """All looks of the cities that the speaker audits or administers. Raises NotAllowed."""
    overseers = tuple(grant for grant in speaker.grants if grant.role in ("auditor", "admin"))
    if not overseers:
        raise NotAllowed("oversee the contacts")
    whole, _, _ = await scope_of(msgspec.structs.replace(speaker, grants=overseers), cities)
    return [RevealShown(*row) for row in await DB.fetch(LATEST, whole, before, PAGE)]
