"""Statistics: what is counted, kept by the worker's chore, and what is withheld."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest

from api.accounts.tables import Account
from api.piccolo_conf import DB
from api.public.statistics import counting
from api.public.statistics.counting import count_statistics, seconds_of
from api.public.statistics.reading import quantile
from tests.people import Person, Town
from tests.plans import indexes_of
from tests.reports.steps import dispatched, evidence


async def groups(town: Town, query: str) -> dict[str, dict[str, Any]]:
    answer = await town.stranger.get(f"/public/statistics?{query}")
    assert answer.status_code == 200, answer.text
    return {group["key"]: group for group in answer.json()["groups"]}


async def counted(town: Town, query: str) -> dict[str, dict[str, Any]]:
    await count_statistics(town.clock())
    return await groups(town, query)


async def solved(town: Town, *, confirmed: bool) -> str:
    """Started after one hour, done after a day, and closed by the reporter or by nobody."""
    resident, officer = await town.resident(), await town.staff("officer", agency="uptd-jalan-1")
    operator = await town.staff("operator")
    report = (await resident.submits())["id"]
    await town.passes(resident, officer, operator, hours=1)
    assert (await officer.steps(report, "in_progress", 2)).status_code == 201
    await town.passes(resident, officer, operator, hours=23)
    photo = await evidence(officer, report)
    assert (await officer.steps(report, "work_done", 3, note="Sudah", evidence=[photo])).status_code == 201
    assert (await operator.steps(report, "resolved", 4)).status_code == 201
    if confirmed:
        assert (await resident.says(report, "confirm", 5)).status_code == 201
    return report


CLOSED_BEFORE = """
UPDATE report_event AS e SET from_state = 'resolved', to_state = 'closed', reason = 'unconfirmed'
FROM report AS r WHERE r.client_id = $1 AND e.report = r.id AND e.version = 3
"""


async def disputed(town: Town, report: str) -> None:
    rows = await DB.fetch("SELECT account FROM report WHERE client_id = $1", report)
    account = await Account.objects().get(Account.id == rows[0]["account"])
    assert account is not None
    resident = Person(town.http, uid=str(account.uid))
    await town.passes(resident)
    assert (await resident.says(report, "dispute", 5, reason="Masih berlubang")).status_code == 201


async def test_times_promises_and_outcomes_are_counted(town: Town):
    for _ in range(5):
        await solved(town, confirmed=True)
    (group,) = (await counted(town, "city=32.76&by=agency")).values()
    assert (group["key"], group["reports"], group["open"], group["closed"]) == ("uptd-jalan-1", 5, 0, 5)
    assert group["median_response_hours"] == pytest.approx(1, rel=0.05)
    assert group["median_resolution_hours"] == pytest.approx(24, rel=0.05)
    assert (group["promises_kept"], group["unconfirmed"], group["disputed"]) == (1.0, 0.0, 0.0)


async def test_a_disputed_report_was_resolved_once_and_counts_among_those(town: Town):
    reports = [await solved(town, confirmed=False) for _ in range(6)]
    for report in reports[:3]:
        await disputed(town, report)
    (group,) = (await counted(town, "city=32.76&by=agency")).values()
    assert (group["disputed"], group["open"]) == (0.5, 3)


async def test_an_end_that_was_taken_back_is_no_silence(town: Town):
    """Closed by nobody's word, reopened, done again and confirmed."""
    for _ in range(5):
        report = await solved(town, confirmed=True)
        await DB.fetch(CLOSED_BEFORE, report)
    (group,) = (await counted(town, "city=32.76&by=agency")).values()
    assert (group["closed"], group["unconfirmed"]) == (5, 0.0)


async def test_who_rejects_keeps_no_promise(town: Town):
    operator = await town.staff("operator")
    for _ in range(5):
        report = await dispatched(town)
        assert (await operator.steps(report, "verified", 2, reason="salah alamat")).status_code == 201
        assert (await operator.steps(report, "rejected", 3, reason="bukan wewenang")).status_code == 201
    (group,) = (await counted(town, "city=32.76&by=city")).values()
    assert (group["reports"], group["promises_kept"]) == (5, None)


async def test_small_groups_say_nothing(town: Town):
    await dispatched(town)
    (group,) = (await counted(town, "city=32.76&by=village")).values()
    assert (group["name"], group["is_small"]) == ("Depok", True)
    assert {group[name] for name in ("reports", "open", "promises_kept", "median_response_hours")} == {None}


async def test_a_change_is_counted_once_and_moves_the_sums(town: Town, many: int):
    first = await counted(town, "city=32.76&by=month&from=2026-01&to=2026-12")
    assert sum(group["reports"] or 0 for group in first.values()) == many
    assert await counted(town, "city=32.76&by=month&from=2026-01&to=2026-12") == first
    await DB.fetch(
        "UPDATE report SET state = 'closed', changed_xid = pg_current_xact_id()::text::bigint WHERE created_at >= $1",
        datetime(2026, 10, 31, 17, tzinfo=UTC),  # midnight in Depok
    )
    second = await counted(town, "city=32.76&by=month&from=2026-11&to=2026-11")
    assert second["2026-11"]["closed"] == second["2026-11"]["reports"] == first["2026-11"]["reports"]


async def test_what_is_not_public_is_not_counted_and_is_taken_out_again(town: Town, many: int):
    before = (await counted(town, "by=city&from=2026-01&to=2026-12"))["32.76"]["reports"]
    await DB.fetch(
        "UPDATE report SET visibility = 'secret', changed_xid = pg_current_xact_id()::text::bigint"
        " WHERE id IN (SELECT id FROM report LIMIT 100)"
    )
    after = (await counted(town, "by=city&from=2026-01&to=2026-12"))["32.76"]["reports"]
    assert (before, after) == (many, many - 100)


async def test_a_promise_that_runs_over_breaks_by_itself(town: Town, many: int):
    query = "city=32.76&by=category&from=2026-01&to=2026-12"
    before = await counted(town, query)
    town.clock.passes(days=30)
    after = await counted(town, query)
    assert before["jalan-rusak"]["promises_kept"] == after["jalan-rusak"]["promises_kept"] == 0.0
    promised = "SELECT sum(promised)::int AS n FROM statistic WHERE dimension = 'city'"
    assert (await DB.fetch(promised))[0]["n"] == many


async def test_the_csv_has_the_same_groups(town: Town, many: int):
    said = await counted(town, "city=32.76&by=category&from=2026-01&to=2026-12")
    answer = await town.stranger.get("/public/statistics.csv?city=32.76&by=category&from=2026-01&to=2026-12")
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert {line["key"]: int(line["reports"]) for line in lines} == {k: g["reports"] for k, g in said.items()}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("by=agency", 422),
        ("by=colour", 422),
        ("city=99.99", 404),
        ("from=2026-13", 422),
        ("from=0000-01", 422),
        ("from=2026-05&to=2026-01", 422),
        ("to=soon", 422),
    ],
)
async def test_what_cannot_be_counted_is_refused(town: Town, query: str, status: int):
    assert (await town.stranger.get(f"/public/statistics?{query}")).status_code == status


async def test_changes_are_read_by_the_index_of_the_worklist(town: Town):
    assert "report_changed" in await indexes_of(counting.CHANGED, 0, 0, 100)


def test_a_quantile_is_the_step_that_holds_it():
    steps = [(0, 5), (16, 4), (160, 1)]
    assert quantile(steps, 0.5) == round(seconds_of(0) / 3600, 1)
    assert quantile(steps, 0.9) == round(seconds_of(16) / 3600, 1)
    assert quantile([(0, 4)], 0.5) is None


async def test_everybody_reads_how_much_evidence_of_an_agency_has_a_serious_flag(town: Town):
    for _ in range(5):
        await solved(town, confirmed=False)
    again = '[{"name": "before_photo_again"}]'
    await DB.fetch("UPDATE photo SET flags = $1::jsonb WHERE id = (SELECT min(id::text)::uuid FROM photo)", again)
    found = await counted(town, "city=32.76&by=agency")
    assert found["uptd-jalan-1"]["evidence_flagged"] == 0.2
