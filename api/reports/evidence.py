"""Photos that prove the work: announced for this report by the person who files them, and uploaded."""

from collections.abc import Sequence
from uuid import UUID

from api.accounts.speaker import Speaker
from api.cities.book import City
from api.errors import FieldRefused
from api.piccolo_conf import DB
from api.reports.queries import ReportRow
from media import photos

FILED = """
SELECT photo FROM report_photo
WHERE report = $1 AND purpose = 'evidence' AND photo = ANY($2::uuid[]) AND account = $3
"""


async def check_evidence(named: Sequence[UUID], row: ReportRow, city: City, speaker: Speaker) -> None:
    """Raises FieldRefused when there is none though the category asks for it, or a photo is not usable."""
    category = next((c for c in city.categories.values() if c.id == row.category), None)
    if not named and (category is None or category.needs_evidence):
        raise FieldRefused("evidence", "evidence-missing")
    known = {found["photo"] for found in await DB.fetch(FILED, row.id, list(named), speaker.account)}
    for photo in named:
        if photo not in known:
            raise FieldRefused("evidence", "evidence-unknown", photo=photo)
    for state in await photos.states(named):
        if state.state not in ("uploaded", "ready"):
            raise FieldRefused("evidence", "evidence-refused", photo=state.id)
