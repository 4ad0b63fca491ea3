from datetime import timedelta

from api.piccolo_conf import DB
from api.reports.unattached import UNATTACHED, UNATTACHED_AFTER, unattached
from tests.media.factories import NOW, an_expected_photo
from tests.plans import indexes_of

A_DAY_LATER = NOW + UNATTACHED_AFTER + timedelta(minutes=1)
REPORT = """
INSERT INTO report (client_id, tracking_id, body_sha256, account, channel, report_type, city, category, text, address,
    answers, visibility, is_anonymous, location, public_location, village_code, boundary_version, place, occurred_at,
    created_at, state, version, agency, routing_reason, last_hash, changed_xid)
VALUES (gen_random_uuid(), 'X', '', 1, 'app', 'complaint', 1, 1, 'x', '', '{}', 'public', false,
    ST_SetSRID(ST_MakePoint(106.8, -6.4), 4326), ST_SetSRID(ST_MakePoint(106.8, -6.4), 4326),
    '32.76.01.1001', 'v', '{}', $1, $1, 'in_progress', 1, 1, '', '', 1)
RETURNING id
"""
LINK = "INSERT INTO report_photo (photo, report, account, purpose, position) VALUES ($1, $2, 7, $3, 1)"
FILE = """
INSERT INTO report_event (report, version, client_id, kind, actor, role, note, internal_note, evidence, details, at,
    hash, reason, to_state)
VALUES ($1, 2, gen_random_uuid(), 'change', 7, 'officer', '', '', ARRAY[$2::uuid], '{}', $3, '', '', 'work_done')
"""


async def test_evidence_that_nobody_filed_is_found_after_a_day():
    report = (await DB.fetch(REPORT, NOW))[0]["id"]
    filed, forgotten, of_report, orphan = [(await an_expected_photo())[0] for _ in range(4)]
    for photo, purpose in ((filed, "evidence"), (forgotten, "evidence"), (of_report, "report")):
        await DB.fetch(LINK, photo, report, purpose)
    await DB.fetch(FILE, report, filed, NOW)
    assert await unattached(A_DAY_LATER) == []  # nothing has arrived yet: those are unfinished
    await DB.fetch("UPDATE photo SET state = 'uploaded'")
    assert await unattached(NOW + UNATTACHED_AFTER - timedelta(minutes=1)) == []
    assert set(await unattached(A_DAY_LATER)) == {forgotten, orphan}


async def test_old_photos_are_not_read_to_find_the_new():
    await DB.fetch(
        "INSERT INTO photo (id, owner, size, type, sha256, state, expected_at) SELECT gen_random_uuid(), 1, 1, 'x',"
        " sha256(''), 'ready', $1::timestamptz + n * interval '1 minute' FROM generate_series(1, 200000) AS n",
        NOW,
    )
    await DB.fetch("ANALYZE photo")
    day = timedelta(days=1)
    assert "photo_expected_at" in await indexes_of(UNATTACHED, NOW + 60 * day, NOW + 62 * day)
