"""The statements that run most find their rows by the index that was made for them."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from api.accounts import speaker
from api.piccolo_conf import DB
from api.public import queries as public
from api.reports import change, queries, receipts, status, worklist
from tests.plans import indexes_of

NOW = datetime(2026, 11, 23, tzinfo=UTC)
GRANTS: tuple[list[int], list[int], list[str]] = ([1], [7], ["32.76.01%"])

# Twenty cities, most reports closed; a report in ten changed lately.
MANY = """
INSERT INTO report (client_id, tracking_id, body_sha256, account, channel, report_type, city, category, text, address,
    answers, visibility, is_anonymous, location, public_location, village_code, boundary_version, place, occurred_at,
    created_at, state, version, agency, routing_reason, last_hash, changed_xid)
SELECT gen_random_uuid(), n::text, '', n % 500, 'app', 'complaint', n % 20, 1, 'x', '', '{}', 'public', false,
    ST_SetSRID(ST_MakePoint(106.8, -6.4), 4326), ST_SetSRID(ST_MakePoint(106.8, -6.4), 4326),
    '32.76.0' || n % 9 || '.1001', 'v', '{}', $1, $1,
    CASE WHEN n % 10 = 0 THEN 'in_progress' ELSE 'closed' END, 1, n % 100, '', '', n
FROM generate_series(1, 20000) AS n
"""


@pytest.fixture
async def a_long_history() -> None:
    await DB.fetch(MANY, NOW)
    await DB.fetch("ANALYZE report")


SESSIONS = """
WITH owner AS (INSERT INTO account (created_at) SELECT $1 FROM generate_series(1, 1000) RETURNING id)
INSERT INTO session (family, account, access_hash, access_until, refresh_hash, refresh_until)
SELECT gen_random_uuid(), id, sha256(id::text::bytea), $1, sha256(id::text::bytea), $1 FROM owner
"""


async def test_who_speaks_is_found_by_the_token():
    await DB.fetch(SESSIONS, NOW)
    await DB.fetch("ANALYZE session")
    assert "session_access_hash_key" in await indexes_of(speaker.SPEAKER, b"x", NOW)


async def test_one_report_is_found_by_its_ids(a_long_history: None):
    assert "report_client_id_key" in await indexes_of(queries.ONE, uuid4())
    assert "report_client_id_key" in await indexes_of(receipts.SENT_BEFORE, uuid4())
    assert "report_client_id_key" in await indexes_of(change.LOCK, uuid4())
    assert "report_tracking_id_key" in await indexes_of(public.TRACKED, "00000000")


async def test_my_reports_are_read_newest_first_by_index(a_long_history: None):
    assert "report_account" in await indexes_of(queries.MINE, 17, 2**62, 51)


async def test_events_are_read_by_report_and_found_by_id():
    assert "report_event_pkey" in await indexes_of(queries.EVENTS, 1, [])
    assert "report_event_client_id_key" in await indexes_of(change.HAPPENED, uuid4())


async def test_the_first_worklist_reads_open_reports_only(a_long_history: None):
    assert "report_open" in await indexes_of(worklist.OPEN, *GRANTS, 0, 201)


async def test_the_next_worklist_reads_from_the_cursor_on(a_long_history: None):
    assert "report_changed" in await indexes_of(worklist.CHANGED, *GRANTS, 19_900, 0, 201)


async def test_a_public_photo_is_found_by_its_id(a_long_history: None):
    assert "report_photo_pkey" in await indexes_of(public.PUBLIC_PHOTOS, [uuid4()], ["submitted"])


def test_the_worklist_means_the_closed_states_of_the_table():
    for state in status.STATES:
        assert (f"'{state}'" in worklist.OPEN) == (state in status.CLOSED)
