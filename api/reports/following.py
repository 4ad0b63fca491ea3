"""The reports that somebody supports or follows, as the public may see them."""

import msgspec

from api.accounts.speaker import Speaker
from api.catalogue import Language
from api.cities.book import City, CityBook
from api.piccolo_conf import DB
from api.reports.permits import permits
from api.reports.publicity import shows_content
from api.reports.queries import PAGE, ReportRow, report_rows, show
from api.reports.schemas import Position, ReportPage, ReportShown

FOLLOWED = """
-- newest first; the cursor is the last id seen
SELECT r.* FROM report_shown AS r
WHERE r.id IN (SELECT f.report FROM report_follower AS f WHERE f.account = $1 AND f.report < $2)
ORDER BY r.id DESC LIMIT $3
"""


async def read_followed(speaker: Speaker, cursor: int | None, cities: CityBook, language: Language) -> ReportPage:
    """Those that have been taken from the public since are left out."""
    rows = report_rows(await DB.fetch(FOLLOWED, speaker.account, cursor or 2**62, PAGE + 1))
    found = [await _if_seen(row, speaker, cities, language) for row in rows[:PAGE]]
    return ReportPage(tuple(report for report in found if report), str(rows[PAGE - 1].id) if len(rows) > PAGE else None)


async def _if_seen(row: ReportRow, speaker: Speaker, cities: CityBook, language: Language) -> ReportShown | None:
    city = await cities.city_of(row.village_code)
    if city is None:
        return None
    if permits(speaker, row.subject, city):
        return await show(row, city, language)
    return await show_publicly(row, city, language) if shows_content(row.visibility, row.state) else None


async def show_publicly(row: ReportRow, city: City, language: Language) -> ReportShown:
    """Without what its reporter wrote for the city alone, and where the city shows it."""
    shown = await show(row, city, language, with_photos=False)
    return msgspec.structs.replace(
        shown, address="", answers={}, position=Position(row.public_lat, row.public_lon), anonymous=True
    )
