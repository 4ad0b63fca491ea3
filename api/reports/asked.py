"""What somebody asks of a report, as every rule needs it."""

from datetime import datetime

import msgspec

from api.accounts.errors import NotAllowed
from api.accounts.speaker import Speaker
from api.cities.book import City
from api.reports.permits import Permit, Standing
from api.reports.queries import ReportRow
from api.reports.schemas import NewEvent
from api.reports.staffing import Assignment
from api.reports.steps import Step


class Asked(msgspec.Struct, frozen=True):
    """`event` is cleaned; `held` are the speaker's permits on the report, whose lock the caller holds."""

    event: NewEvent
    row: ReportRow
    city: City
    held: tuple[Permit, ...]
    speaker: Speaker
    now: datetime

    def permit(self, allowed: frozenset[Standing]) -> Permit:
        """The first permit of the speaker that is allowed. Raises NotAllowed."""
        for permit in self.held:
            if permit.standing in allowed:
                return permit
        raise NotAllowed(self.event.kind)

    def step(self, permit: Permit, row: ReportRow | None = None) -> Step:
        """An event that leaves the state as it is. `row`: the report as the event has made it."""
        now_row = row or self.row
        return Step(
            event=self.event,
            row=now_row,
            city=self.city,
            to=now_row.state,
            actor=self.speaker.account,
            permit=permit,
            assignment=Assignment(now_row.agency, now_row.officer),
            now=self.now,
        )
