"""The first events of a report: that it came, and where the rule sent it. Pure."""

from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from api.reports.chain import BEGINNING, Link, link_up, sealed
from api.reports.plan import Plan


class Author(msgspec.Struct, frozen=True):
    """Who made the report: its reporter, whom the rule helps, or somebody of the city, who dispatches it in person."""

    account: int
    role: str = "reporter"


def birth_events(report_id: UUID, by: Author, plan: Plan, body_sha256: bytes) -> list[tuple[Link, bytes]]:
    """That the resident submitted it, and that the rule dispatched it; each with its hash in the chain."""
    first = Link(
        client_id=report_id,
        kind="create",
        version=1,
        actor=by.account,
        role=by.role,
        to_state="submitted",
        at=plan.now,
    )
    first = sealed(first, {"body_sha256": body_sha256.hex()})
    if plan.route.agency_id is None:
        return link_up(BEGINNING, first)
    routed = Link(
        client_id=uuid7(),
        kind="change",
        version=2,
        actor=None if by.role == "reporter" else by.account,
        role="rule" if by.role == "reporter" else by.role,
        from_state="submitted",
        to_state="dispatched",
        agency=plan.route.agency_id,
        reason=plan.route.reason,
        at=plan.now,
    )
    return link_up(BEGINNING, first, sealed(routed))
