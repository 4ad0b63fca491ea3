"""Who was told what of a report, and when: the proof, for staff who may read the report."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from api.accounts.speaker import Speaker
from api.cities.book import CityBook
from api.errors import ReportNotFound
from api.reports.queries import held_on, read_row
from push import proof


class ToldShown(msgspec.Struct, frozen=True):
    """One notification to one phone; `phone` and `state` are None where only the inbox has it. Never whose it is."""

    recipient: Literal["reporter", "other"]
    kind: str
    rev: int
    queued_at: datetime
    phone: str | None
    state: str | None
    code: str | None
    sent_at: datetime | None
    accepted_at: datetime | None
    seen_at: datetime | None


async def read_told(report: UUID, speaker: Speaker, cities: CityBook) -> list[ToldShown]:
    """Newest first. Raises ReportNotFound, also for a reporter who is no staff."""
    row = await read_row(report)
    _, held = await held_on(row, speaker, cities)
    if all(permit.grant is None for permit in held):
        raise ReportNotFound
    return [
        ToldShown(
            recipient="reporter" if one.recipient == row.account else "other",
            kind=one.kind,
            rev=one.rev,
            queued_at=one.queued_at,
            phone=one.address_kind,
            state=one.state,
            code=one.code,
            sent_at=one.sent_at,
            accepted_at=one.accepted_at,
            seen_at=one.seen_at,
        )
        for one in await proof.told(report)
    ]
