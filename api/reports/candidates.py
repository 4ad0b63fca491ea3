"""For staff: other reports that may be about the same thing, older and younger, open and done.

Also for a report that arrived late from a phone without a network: what counts is when it happened.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec

from api.accounts.speaker import Speaker
from api.catalogue import Language, text
from api.cities.book import City, CityBook
from api.errors import ReportNotFound
from api.piccolo_conf import DB
from api.reports.likeness import likeness, trigrams
from api.reports.permits import Subject, permits
from api.reports.queries import ReportRow, held_on, read_row
from api.reports.similar import DEGREES_PER_M, WITHIN_M
from api.reports.status import State
from api.reports.tracking import shown
from media.evidence import different_bits
from media.photos import facts

AROUND = timedelta(days=30)
AT_MOST = 50
SAME_PICTURE_BITS = 6  # of 64; media/facts.py


class Candidate(msgspec.Struct, frozen=True):
    """`text_likeness` from 0 to 1; `picture_bits`: how many of 64 differ between the two most alike photos."""

    id: UUID
    tracking_id: str
    category: str
    text: str
    state: State
    state_name: str
    occurred_at: datetime
    distance_m: int
    text_likeness: float
    picture_bits: int | None
    is_same_picture: bool

    @property
    def rank(self) -> tuple[bool, float]:
        """The same picture first, then the words, with a little for nearness."""
        return self.is_same_picture, self.text_likeness + 0.3 * (1 - self.distance_m / WITHIN_M)


CANDIDATES = """
-- by the index on location; of the same group, about the same time, and standing for themselves
SELECT r.client_id, r.tracking_id, r.category, r.text, r.state, r.occurred_at, r.account, r.city,
    r.village_code, r.agency, r.officer, r.visibility, ST_DistanceSphere(r.location, own.location) AS distance_m,
    (SELECT array_agg(p.photo) FROM report_photo AS p WHERE p.report = r.id AND p.purpose = 'report') AS photos
FROM report AS own JOIN report AS r ON r.location && ST_Expand(own.location, $2::float8)
WHERE own.id = $1 AND r.id <> own.id AND r.city = own.city AND r.category = ANY($3::int[])
    AND r.occurred_at BETWEEN own.occurred_at - $4::interval AND own.occurred_at + $4::interval
    AND r.state NOT IN ('duplicate', 'rejected', 'withdrawn') AND r.parent IS NULL
    AND ST_DistanceSphere(r.location, own.location) <= $5
ORDER BY distance_m LIMIT $6
"""


async def find_candidates(report_id: UUID, speaker: Speaker, cities: CityBook, language: Language) -> list[Candidate]:
    """The most likely first, of those that the speaker may read. Raises ReportNotFound, also for who is no staff."""
    row = await read_row(report_id)
    city, held = await held_on(row, speaker, cities)
    if all(permit.grant is None for permit in held):
        raise ReportNotFound
    group = city.every_category[row.category].group.id
    kin = [category.id for category in city.every_category.values() if category.group.id == group]
    reach = WITHIN_M * DEGREES_PER_M
    rows = await DB.fetch(CANDIDATES, row.id, reach, kin, AROUND, WITHIN_M, AT_MOST)
    readable = [found for found in rows if permits(speaker, _subject(found), city)]
    bits = await _picture_bits(row, readable)
    found = [_candidate(row, other, city, bits.get(other["client_id"]), language) for other in readable]
    return sorted(found, key=lambda candidate: candidate.rank, reverse=True)


def _subject(row: asyncpg.Record) -> Subject:
    return Subject(row["account"], row["city"], row["village_code"], row["agency"], row["officer"], row["visibility"])


async def _picture_bits(row: ReportRow, others: Sequence[asyncpg.Record]) -> dict[UUID, int]:
    """By report, for those of which a photo has been looked at, as one of this report's has."""
    own = [photo for photo, purpose in row.named_photos if purpose == "report"]
    known = await facts([*own, *(photo for other in others for photo in other["photos"] or ())])
    mine = [known[photo].dhash for photo in own if photo in known]
    theirs = {o["client_id"]: [known[p].dhash for p in o["photos"] or () if p in known] for o in others}
    bits = {report: _fewest(mine, hashes) for report, hashes in theirs.items()}
    return {report: few for report, few in bits.items() if few is not None}


def _fewest(ones: Sequence[str], others: Sequence[str]) -> int | None:
    pairs = (different_bits(one, other) for one in ones for other in others)
    return min((bits for bits in pairs if bits is not None), default=None)


def _candidate(row: ReportRow, other: asyncpg.Record, city: City, bits: int | None, language: Language) -> Candidate:
    category = city.every_category.get(other["category"])
    return Candidate(
        id=other["client_id"],
        tracking_id=shown(other["tracking_id"]),
        category=category.key if category else "",
        text=other["text"],
        state=other["state"],
        state_name=text(f"state.{other['state']}", language),
        occurred_at=other["occurred_at"],
        distance_m=round(other["distance_m"]),
        text_likeness=round(likeness(trigrams(row.text), trigrams(other["text"])), 3),
        picture_bits=bits,
        is_same_picture=bits is not None and bits <= SAME_PICTURE_BITS,
    )
