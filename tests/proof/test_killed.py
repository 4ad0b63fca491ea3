"""A served process that is killed while people work: whatever it had begun is done whole, or not at all."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from api.reports.audit import verify
from tests.people import Person, Town
from tests.proof.invariants import FAULTS, check_clocks
from tests.reports.steps import dispatched

AT_ONCE = 24
COMMAND = [sys.executable, "-m", "uvicorn", "--factory", "api.__main__:app", "--no-access-log", "--fd"]


@asynccontextmanager
async def a_victim() -> AsyncIterator[tuple[httpx.AsyncClient, subprocess.Popen[bytes]]]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address, fd = f"http://127.0.0.1:{listening.getsockname()[1]}", listening.fileno()
        process = subprocess.Popen(  # it must outlive nothing
            [*COMMAND, str(fd)], env={**os.environ, "PUBLIC_URL": address, "LOG_LEVEL": "WARNING"}, pass_fds=[fd]
        )
    try:
        async with httpx.AsyncClient(base_url=address, timeout=60) as http:
            yield http, process
    finally:
        process.kill()
        process.wait()


async def what_people_do(town: Town) -> list[tuple[Person, str, dict[str, Any]]]:
    """Each their own step: starting, giving back, merging into one and the same, asking, commenting."""
    operator, coordinator = await town.staff("operator"), await town.staff("coordinator", agency="dpupr")
    neighbour, master = await town.resident(), (await (await town.resident()).submits())["tracking_id"]
    steps: list[tuple[Person, dict[str, Any]]] = [
        (operator, {"kind": "change", "to": "in_progress"}),
        (coordinator, {"kind": "change", "to": "verified", "reason": "Bukan kami"}),
        (operator, {"kind": "change", "to": "duplicate", "duplicate_of": master}),
        (neighbour, {"kind": "comment", "note": "Di sini juga"}),
        (neighbour, {"kind": "support"}),
        (operator, {"kind": "recategorize", "category": "sampah-menumpuk"}),
    ]
    wanted = []
    for number in range(AT_ONCE):
        person, said = steps[number % len(steps)]
        report, version = await dispatched(town), 2
        if said.get("to") == "duplicate":
            assert (await coordinator.steps(report, "verified", 2, reason="Bukan kami")).status_code == 201
            version = 3
        wanted.append((person, report, {"id": str(uuid7()), "expected_version": version, **said}))
    return wanted


@pytest.mark.parametrize("answers", [1, 6])
async def test_killed_after_so_many_answers_nothing_is_half_done(town: Town, answers: int):
    town.clock.now = datetime.now(UTC)  # the process has the clock on the wall
    wanted = await what_people_do(town)
    done: list[str] = []
    async with a_victim() as (http, process):

        async def ask(person: Person, report: str, event: dict[str, Any]) -> None:
            answer = await Person(http, person.token).post(f"/v1/reports/{report}/events", event)
            assert answer.status_code == 201, answer.text
            done.append(event["id"])
            if len(done) == answers:
                process.kill()

        heard = await asyncio.gather(*(ask(*one) for one in wanted), return_exceptions=True)
    faults = [fault for fault in heard if fault is not None and not isinstance(fault, httpx.TransportError)]
    assert faults == []
    assert answers <= len(done) < AT_ONCE
    await nothing_is_half_done(done)
    for person, report, event in wanted:  # the phones send again what was not answered
        answer = await person.post(f"/v1/reports/{report}/events", event)
        assert answer.status_code in (200, 201), answer.text
    await nothing_is_half_done([event["id"] for _, _, event in wanted])


async def nothing_is_half_done(done: list[str]) -> None:
    """Whoever was answered has what was answered, once."""
    written = "SELECT client_id::text AS id FROM report_event WHERE client_id = ANY($1::uuid[])"
    assert sorted(row["id"] for row in await DB.fetch(written, done)) == sorted(done)
    assert (await verify()).broken == []
    await check_clocks()
    for name, question in FAULTS.items():
        assert [tuple(row) for row in await DB.fetch(question)] == [], name
