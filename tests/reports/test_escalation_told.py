"""A promise runs out, and the right people hear it once."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from api.piccolo_conf import DB
from api.reports import escalate
from api.reports.escalate import escalate_due
from api.reports.messages import words
from tests.people import NOON, Person, Town
from tests.plans import indexes_of
from tests.reports.steps import dispatched, puts


async def heard(person: Person) -> list[str]:
    messages = (await person.get("/v1/inbox")).json()["messages"]
    return [message["kind"] for message in messages]


async def look(town: Town) -> int:
    return await escalate_due(town.app.state.cities, town.clock())


async def four(town: Town) -> list[Person]:
    return [
        await town.staff("coordinator", agency="dpupr"),
        await town.staff("area_head", area="32.76.01"),
        await town.staff("operator"),
        await town.staff("auditor"),
    ]


async def all_heard(town: Town, people: Sequence[Person]) -> list[list[str]]:
    await town.passes(*people)
    return [await heard(person) for person in people]


async def test_coordinator_then_leads_then_inspectorate_each_once(town: Town):
    people = await four(town)
    await dispatched(town)  # respond is due on Monday the 30th
    assert await look(town) == 0
    await town.passes(days=4)  # Friday noon: three days and a half of five
    await look(town)
    assert await all_heard(town, people) == [[], [], [], []]
    await town.passes(hours=4)
    await look(town)
    assert await all_heard(town, people) == [["escalation.near"], [], [], []]
    await town.passes(days=3)
    for _ in range(3):
        await look(town)
    assert await all_heard(town, people) == [["escalation.near"], ["escalation.overdue"], ["escalation.overdue"], []]
    await town.passes(days=7)
    await look(town)
    assert (await heard_by(town, people[3])) == ["escalation.doubled"]


async def heard_by(town: Town, person: Person) -> list[str]:
    await town.passes(person)
    return await heard(person)


async def test_weeks_of_downtime_and_four_workers_tell_each_level_once(town: Town):
    people = await four(town)
    await dispatched(town)
    await town.passes(days=55)
    await asyncio.gather(*(look(town) for _ in range(4)))
    for found in await all_heard(town, people):
        assert found == ["escalation.doubled", "escalation.doubled"]  # respond and resolve
    levels = await DB.fetch("SELECT clock, level FROM escalation ORDER BY clock, level")
    assert [tuple(row) for row in levels] == [(clock, level) for clock in ("resolve", "respond") for level in (1, 2, 3)]
    assert await look(town) == 0


async def test_while_no_agency_has_it_the_operators_hear_first(town: Town):
    coordinator, _, operator, _ = people = await four(town)
    await (await town.resident()).submits(category="lainnya")
    await town.passes(days=3)
    await look(town)
    assert [await heard_by(town, person) for person in (coordinator, operator)] == [[], ["escalation.near"]]
    assert await heard_by(town, people[1]) == []


async def test_a_clock_that_stopped_or_stands_still_is_left_alone(town: Town):
    people = await four(town)
    officer = await town.staff("officer", agency="dpupr")
    report = await dispatched(town)
    assert (await officer.steps(report, "in_progress", 2)).status_code == 201
    assert (
        await people[0].steps(report, "scheduled", 3, reason="Menunggu aspal", date="2026-12-20T00:00:00Z")
    ).status_code == 201
    await town.passes(days=40)
    await look(town)
    assert await all_heard(town, people[:3]) == [[], [], []]


async def test_a_clock_that_runs_again_is_hurried_again(town: Town):
    coordinator, operator = await town.staff("coordinator", agency="dpupr"), await town.staff("operator")
    report = await dispatched(town)
    await operator.steps(report, "in_progress", 2)
    await operator.steps(report, "scheduled", 3, reason="Menunggu aspal", date="2026-12-20T00:00:00Z")
    await town.passes(coordinator, operator, days=14)
    await look(town)
    assert (await operator.steps(report, "in_progress", 4)).status_code == 201
    await look(town)
    assert await heard(coordinator) == []
    await town.passes(days=28)
    await look(town)
    assert await heard_by(town, coordinator) == ["escalation.overdue"]


async def test_who_covers_another_place_hears_nothing(town: Town):
    others = [
        await town.staff("coordinator", agency="dishub"),
        await town.staff("area_head", area="32.76.02"),
        await town.staff("officer", agency="dpupr"),
    ]
    await dispatched(town)
    await town.passes(days=60)
    await look(town)
    assert await all_heard(town, others) == [[], [], []]


async def test_an_area_head_hears_nothing_of_a_secret_report(town: Town):
    people = await four(town)
    await dispatched(town, visibility="secret")
    await town.passes(days=30)
    await look(town)
    assert await heard_by(town, people[1]) == []
    assert await heard_by(town, people[2]) != []


async def test_sixty_days_warn_operator_and_inspectorate(town: Town):
    people = await four(town)
    report = await dispatched(town)
    await DB.fetch("UPDATE report_clock SET stopped_at = $1 WHERE clock <> 'ombudsman'", NOON)
    await puts(report, "in_progress")
    await town.passes(days=61)
    await look(town)
    found = [len(kinds) for kinds in await all_heard(town, people)]
    assert found == [0, 1, 1, 1]
    assert await heard(people[3]) == ["escalation.ombudsman"]


async def test_everybody_sees_that_a_report_is_overdue(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    receipt = await resident.submits()
    fresh = await resident.submits()
    await DB.fetch(
        "UPDATE report_clock SET stopped_at = $1 FROM report WHERE report.id = report AND client_id = $2",
        NOON,
        fresh["id"],
    )
    cursor = (await operator.get("/v1/worklist")).json()["next"]
    assert (await resident.get(f"/v1/reports/{receipt['id']}")).json()["overdue"] is False
    await town.passes(resident, operator, days=8)
    await look(town)
    since = datetime(2026, 11, 30, 9, tzinfo=UTC)
    own = (await resident.get(f"/v1/reports/{receipt['id']}")).json()
    public = (await town.stranger.get(f"/v1/track/{receipt['tracking_id']}")).json()
    assert [(said["overdue"], datetime.fromisoformat(said["overdue_since"])) for said in (own, public)] == [
        (True, since)
    ] * 2
    found = (await operator.get("/v1/reports?overdue=1")).json()["reports"]
    assert [report["id"] for report in found] == [receipt["id"]]
    assert [r["overdue"] for r in (await operator.get("/v1/reports")).json()["reports"]] == [False, True]
    delta = (await operator.get("/v1/worklist", params={"since": cursor})).json()["reports"]
    assert {report["id"]: report["overdue"] for report in delta}[receipt["id"]] is True


async def test_nobody_hears_of_many_reports_one_by_one(town: Town):
    operator, resident = await town.staff("operator"), await town.resident()
    for _ in range(6):
        await resident.submits(category="lainnya")
    await town.passes(days=10)
    await look(town)
    await town.passes(operator)
    (message,) = (await operator.get("/v1/inbox")).json()["messages"]
    assert (message["kind"], message["title"]) == ("escalation.several", "6 laporan mendekati atau melewati tenggat")
    assert len(await DB.fetch("SELECT FROM escalation")) == 6 * 3


async def test_a_clock_says_which_version_promised_it(town: Town):
    resident = await town.resident()
    report = (await resident.get(f"/v1/reports/{(await resident.submits())['id']}")).json()
    assert {(clock["policy"], clock["source"]) for clock in report["clocks"] if clock["clock"] == "verify"} == {
        (0, "Permenpan-RB 62/2018")
    }


def test_the_words_name_the_clock():
    params = {"tracking_id": "VFC136FQ", "clock": "respond"}
    title, body = words("escalation.overdue", params, "id")
    assert title.endswith("melewati tenggat")
    assert "tanggapan perangkat daerah" in body


async def test_the_round_reads_what_is_due_by_its_index():
    assert "report_clock_look" in await indexes_of(escalate.DUE, NOON, ["confirm"], 10)
