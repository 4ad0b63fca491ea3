from datetime import UTC, datetime
from uuid import UUID

import msgspec

from api.reports.chain import BEGINNING, Link, link_up

FIRST = Link(
    client_id=UUID(int=1),
    version=1,
    kind="create",
    actor=1,
    role="reporter",
    to_state="submitted",
    at=datetime(2026, 11, 22, tzinfo=UTC),
)
SECOND = msgspec.structs.replace(FIRST, client_id=UUID(int=2), version=2, from_state="submitted", to_state="verified")


def test_each_link_depends_on_all_before_it():
    chain = link_up(BEGINNING, FIRST, SECOND)
    altered = link_up(BEGINNING, msgspec.structs.replace(FIRST, note="lain"), SECOND)
    assert chain[0][1] != altered[0][1]
    assert chain[1][1] != altered[1][1]


def test_the_same_events_give_the_same_chain():
    assert link_up(BEGINNING, FIRST, SECOND) == link_up(BEGINNING, FIRST, SECOND)
