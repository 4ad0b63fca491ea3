"""What anybody may say beside the story of a report: support it, follow it, comment on it.

Who supports is nobody's business: only the number is told. A comment of the report's staff or of its reporter is
public at once; one of another resident waits until somebody who may hide releases it.
"""

from uuid import UUID

from api.accounts.errors import NotAllowed
from api.accounts.speaker import Speaker
from api.cities.book import City, CityBook
from api.errors import FieldRefused, NotNow, ReportNotFound
from api.piccolo_conf import DB
from api.reports.asked import Asked
from api.reports.bonds import rebuild
from api.reports.limits import check_comment, check_may_speak
from api.reports.permits import SPEAK, Permit, Standing, permits
from api.reports.publicity import shows_content
from api.reports.queries import ReportRow, city_of
from api.reports.steps import Step
from api.reports.tracking import read_tracking_id

BESIDE: frozenset[Standing] = SPEAK - {"reporter"}  # nobody supports or follows what is their own
AT_ONCE: frozenset[Standing] = SPEAK - {"resident"}


async def heard_on(row: ReportRow, speaker: Speaker, cities: CityBook) -> tuple[City, tuple[Permit, ...]]:
    """As `held_on`, and a resident's permit for who reads the report as the public does. Raises ReportNotFound."""
    city = await city_of(row, cities)
    held = permits(speaker, row.subject, city)
    if held:
        return city, held
    if not shows_content(row.visibility, row.state) and not await _has_spoken(row, speaker):
        raise ReportNotFound
    return city, (Permit("auditor" if _only_audits(speaker) else "resident", None),)


SPOKEN = "SELECT FROM report_event WHERE report = $1 AND actor = $2 LIMIT 1"


async def _has_spoken(row: ReportRow, speaker: Speaker) -> bool:
    """Whose words stand here may still erase them, and leave."""
    return bool(await DB.fetch(SPOKEN, row.id, speaker.account))


def _only_audits(speaker: Speaker) -> bool:
    return bool(speaker.grants) and all(grant.role == "auditor" for grant in speaker.grants)


async def support(asked: Asked) -> Step | None:
    """None when it is supported already."""
    return await _enter(asked, "support")


async def unsupport(asked: Asked) -> Step | None:
    return await _leave(asked, "support")


async def follow(asked: Asked) -> Step | None:
    return await _enter(asked, "follow")


async def unfollow(asked: Asked) -> Step | None:
    return await _leave(asked, "follow")


ENTER = """
-- once, however often it is said
INSERT INTO report_follower (report, account, reason, since) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING RETURNING report
"""


async def _enter(asked: Asked, reason: str) -> Step | None:
    permit = asked.permit(BESIDE)
    check_may_speak(asked.speaker, asked.row.city, asked.now)
    if asked.row.state == "duplicate":  # its master is the one to support
        raise NotNow(asked.row.state, asked.row.version)
    if permit.grant is None and asked.row.account == asked.speaker.account:
        raise NotAllowed("support the own report")
    entered = await DB.fetch(ENTER, asked.row.id, asked.speaker.account, reason, asked.now)
    return await _counted(asked, permit) if entered else None


LEAVE = "DELETE FROM report_follower WHERE report = $1 AND account = $2 AND reason = $3 RETURNING report"


async def _leave(asked: Asked, reason: str) -> Step | None:
    permit = asked.permit(SPEAK)
    gone = await DB.fetch(LEAVE, asked.row.id, asked.speaker.account, reason)
    return await _counted(asked, permit) if gone else None


async def _counted(asked: Asked, permit: Permit) -> Step:
    await rebuild(asked.row.id, asked)
    if asked.row.merged_into is not None:
        await rebuild(asked.row.merged_into, asked)
    return asked.step(permit)


async def comment(asked: Asked) -> Step:
    if not asked.event.note:
        raise FieldRefused("note", "needs-note")
    permit = asked.permit(SPEAK)
    if permit.grant is None:
        await check_comment(asked.speaker, asked.row.city, asked.now)
    step = asked.step(permit)
    return step if permit.standing in AT_ONCE else step.hidden()


NUMBERED = "SELECT client_id FROM report WHERE tracking_id = $1"


async def find_by_number(written: str) -> UUID:
    """The report's id, by the number as somebody typed it. Raises ReportNotFound."""
    rows = await DB.fetch(NUMBERED, read_tracking_id(written) or "")
    if not rows:
        raise ReportNotFound
    found: UUID = rows[0]["client_id"]
    return found
