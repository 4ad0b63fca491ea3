"""Many people at once, and a process that dies: one step is taken, whole."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from api.piccolo_conf import DB
from api.reports.audit import verify
from tests.people import Town
from tests.reports.steps import dispatched, is_at, puts


async def test_eight_officers_on_one_report_start_it_once(town: Town):
    report = await dispatched(town)
    officers = [await town.staff("officer", agency="dpupr") for _ in range(8)]
    answers = await asyncio.gather(*(officer.steps(report, "in_progress", 2) for officer in officers))
    codes = sorted(answer.status_code for answer in answers)
    assert codes[0] == 201
    # who comes later does not find it any more: it is the first one's
    assert set(codes[1:]) <= {404, 409}
    assert (await is_at(report))["version"] == 3
    assert (await verify()).broken == []


async def test_confirming_against_disputing_one_is_heard(town: Town):
    resident = await town.resident()
    report = (await resident.submits())["id"]
    await puts(report, "resolved")
    await DB.fetch("UPDATE report_event SET to_state = 'resolved' WHERE version = 2")
    answers = await asyncio.gather(
        resident.says(report, "confirm", 2, rating=5), resident.says(report, "dispute", 2, reason="Belum")
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    told = await DB.fetch("SELECT kind FROM report_event WHERE version > 2")
    assert len(told) == 1


async def test_supports_and_steps_at_once_all_count(town: Town):
    report, operator = await dispatched(town), await town.staff("operator")
    residents = [await town.resident() for _ in range(6)]
    supports = [
        resident.post(f"/v1/reports/{report}/events", {"id": os.urandom(16).hex(), "kind": "support"})
        for resident in residents
    ]
    answers = await asyncio.gather(operator.steps(report, "in_progress", 2), *supports)
    assert {answer.status_code for answer in answers} == {201}
    assert (await operator.get(f"/v1/reports/{report}")).json()["supports"] == 6
    assert (await verify()).broken == []


VICTIM = """
import asyncio, sys
from datetime import UTC, datetime
from uuid import UUID
from api.cities.book import CityBook
from api.piccolo_conf import DB
from api.reports import steps
from api.reports.change import change
from api.reports.schemas import NewEvent
from api.accounts.speaker import find_speaker

async def main():
    await DB.start_connection_pool(min_size=1, max_size=3)
    report, token, event = UUID(sys.argv[1]), sys.argv[2], UUID(sys.argv[3])
    now = datetime.fromisoformat(sys.argv[4])
    speaker = await find_speaker(token, now)
    cities = CityBook(DB)
    await cities.cities()
    async with DB.transaction():
        # the transaction of the change is a savepoint of this one: everything is written, nothing is committed
        await change(report, NewEvent(event, "change", 2, to="in_progress", note="Mulai"), speaker, cities, now)
        print("written", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.parametrize("again", [False, True])
async def test_a_process_that_is_killed_before_the_commit_leaves_no_half_step(town: Town, again: bool):
    report, operator = await dispatched(town), await town.staff("operator")
    event = "0193f000-0000-7000-8000-000000000001"
    victim = subprocess.Popen(  # its one line is all that is waited for
        [sys.executable, "-c", VICTIM, report, operator.token, event, town.clock().isoformat()],
        stdout=subprocess.PIPE,
    )
    assert victim.stdout is not None
    assert await asyncio.to_thread(victim.stdout.readline) == b"written\n"
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    victim.stdout.close()
    body = {"id": event, "kind": "change", "to": "in_progress", "expected_version": 2, "note": "Mulai"}
    if again:
        assert (await operator.post(f"/v1/reports/{report}/events", body)).status_code == 201
    counts = "SELECT count(*) AS events, max(version) AS version FROM report_event"
    assert tuple((await DB.fetch(counts))[0]) == ((3, 3) if again else (2, 2))
    assert (await is_at(report))["state"] == ("in_progress" if again else "dispatched")
    assert (await verify()).broken == []
