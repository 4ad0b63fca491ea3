"""What has had its time goes, and nothing else."""

import os
import subprocess
import sys
from datetime import timedelta

from api.piccolo_conf import DB
from api.reports.audit import verify
from api.rights.retention import Kept, Terms, retain
from api.worker import sweeping_chores
from tests.people import Person, Town
from tests.rights.test_erasure import RESTRICTED, number_of, places_of

TERMS = Terms(authors=timedelta(days=1825), notes=timedelta(days=730), idle=timedelta(days=365))
NOTE = "Pelapor minta ditelepon sore."


async def passes(town: Town, *, is_real: bool = True) -> Kept:
    return await retain(TERMS, town.app.state.cities, town.clock(), is_real=is_real)


async def a_rejected_report(town: Town, warga: Person, **fields: object) -> str:
    """With a note among staff and a look at the contact."""
    operator = await town.staff("operator")
    report = (await warga.submits(category="lainnya", **fields))["id"]
    await operator.post(f"/v1/reports/{report}/contact", {"reason": "Menanyakan alamat lengkap"})
    await operator.says(report, "note", 1, internal_note=NOTE)
    version = (await operator.get(f"/v1/reports/{report}")).json()["version"]
    answer = await operator.steps(report, "rejected", version, reason="Bukan urusan kota")
    assert answer.status_code == 201, answer.text
    return str(report)


async def test_a_dry_run_counts_and_changes_nothing(town: Town):
    await a_rejected_report(town, await town.resident(), text=RESTRICTED, visibility="restricted")
    town.clock.passes(days=1900)
    before = await DB.fetch("SELECT last_hash, text, is_anonymous FROM report")
    assert await passes(town, is_real=False) == Kept(authors=1, notes=1, accounts=0)
    assert await DB.fetch("SELECT last_hash, text, is_anonymous FROM report") == before
    assert await places_of(NOTE) == {("report_event", "internal_note")}


async def test_notes_of_staff_go_after_two_years_and_the_author_after_five(town: Town):
    await a_rejected_report(town, await town.resident(), text=RESTRICTED, visibility="restricted")
    town.clock.passes(days=729)
    assert (await passes(town)).notes == 0

    town.clock.passes(days=2)
    assert await passes(town) == Kept(notes=1)
    assert (await places_of(NOTE), await places_of("alamat lengkap")) == (set(), set())
    assert await places_of(RESTRICTED)

    town.clock.passes(days=1100)
    assert await passes(town) == Kept(authors=1)
    assert await places_of(RESTRICTED) == set()
    assert await passes(town) == Kept()
    assert (await verify()).broken == []


async def test_an_open_report_keeps_everything_however_old(town: Town):
    warga = await town.resident()
    await warga.submits(text=RESTRICTED, visibility="restricted")
    town.clock.passes(days=4000)
    assert await passes(town) == Kept()
    assert await places_of(RESTRICTED)


async def test_an_account_without_reports_goes_after_a_year_and_one_with_reports_stays(town: Town):
    silent, speaking = await town.resident(), await town.resident()
    await speaking.submits()
    number = await number_of(silent)
    town.clock.passes(days=364)
    assert (await passes(town)).accounts == 0
    town.clock.passes(days=2)
    assert (await passes(town)).accounts == 1
    assert await DB.fetch("SELECT FROM account WHERE id = $1", number) == []
    assert (await number_of(speaking)) > 0
    metrics = (await town.stranger.get("/metrics")).text
    assert 'kentongan_retention_total{kind="accounts"} 1.0' in metrics


async def test_the_worker_counts_the_sessions_that_it_sweeps(town: Town):
    await town.resident()
    town.clock.passes(days=400)
    chores = sweeping_chores(town.app.state.store, timedelta(days=90), town.clock)
    assert [await chores["sessions"](), await chores["sessions"]()] == [False, False]
    assert 'kentongan_retention_total{kind="sessions"} 1.0' in (await town.stranger.get("/metrics")).text


async def test_the_command_counts(town: Town):
    await town.resident()
    await DB.fetch("UPDATE account SET created_at = now() - interval '2 years', seen_at = NULL")
    await DB.fetch("DELETE FROM session")
    command = [sys.executable, "-m", "api", "retention", "--dry-run"]
    said = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=True)
    assert said.stdout.split("\n")[:3] == ["authors: 0", "notes: 0", "accounts: 1"]
