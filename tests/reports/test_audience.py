"""Who is told of each step, and what it is to them."""

from datetime import timedelta

import pytest

from api.cities.book import CityBook
from api.piccolo_conf import DB
from api.reports.arrivals import tell_arrivals
from api.reports.audience import areas_above
from tests.people import Person, Town
from tests.reports.steps import dispatched, puts

AGENCY = "uptd-jalan-1"


async def heard(person: Person) -> list[str]:
    """Kinds of notices, oldest first."""
    answer = await person.get("/v1/inbox")
    assert answer.status_code == 200, answer.text
    return [message["kind"] for message in answer.json()["messages"]]


async def begin(town: Town) -> None:
    """From now on what comes is told."""
    await tell_arrivals(CityBook(DB), town.clock())
    town.clock.passes(minutes=1)


async def arrive(town: Town) -> None:
    await tell_arrivals(CityBook(DB), town.clock())


async def test_followers_hear_of_public_steps_and_the_reporter_of_all(town: Town):
    resident, follower, officer = (
        await town.resident(),
        await town.resident(),
        await town.staff("officer", agency=AGENCY),
    )
    report = (await resident.submits())["id"]
    assert (await follower.says(report, "follow", 2)).status_code == 201
    assert (await officer.steps(report, "in_progress", 3)).status_code == 201
    assert await heard(follower) == ["report.followed"]
    assert await heard(resident) == ["report.received", "report.changed"]


async def test_a_follower_reads_it_in_their_own_language(town: Town):
    english, officer = await town.resident("en-GB"), await town.staff("officer", agency=AGENCY)
    report = await dispatched(town)
    await english.says(report, "support", 2)
    await officer.steps(report, "in_progress", 3)
    rows = await DB.fetch("SELECT params FROM notification WHERE kind = 'report.followed'")
    assert '"language": "en"' in rows[0]["params"]


async def test_followers_hear_nothing_of_what_was_taken_from_the_public(town: Town):
    follower, operator = await town.resident(), await town.staff("operator")
    report = await dispatched(town)
    await follower.says(report, "follow", 2)
    await puts(report, "submitted")
    assert (await operator.steps(report, "rejected", 3, reason="Bukan urusan kota")).status_code == 201
    assert await heard(follower) == []


async def test_who_is_assigned_is_told_and_nobody_of_their_own_step(town: Town):
    coordinator = await town.staff("coordinator", agency=AGENCY)
    officer = await town.staff("officer", agency=AGENCY)
    report = await dispatched(town)
    answer = await coordinator.steps(report, "dispatched", 2, agency=AGENCY, officer=officer.uid)
    assert answer.status_code == 201, answer.text
    assert (await heard(officer), await heard(coordinator)) == (["report.assigned"], [])


async def test_the_reporters_answer_comes_back_to_who_asked(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    other = await town.staff("operator")
    report = (await resident.submits())["id"]
    await puts(report, "submitted")
    await operator.steps(report, "needs_info", 2, note="Di mana tepatnya?")
    assert (await resident.says(report, "answer", 3, note="Depan masjid")).status_code == 201
    assert (await heard(operator), await heard(other)) == (["report.answered"], [])


async def test_a_coordinator_hears_of_what_is_newly_theirs(town: Town):
    coordinator, operator = await town.staff("coordinator", agency=AGENCY), await town.staff("operator")
    head = await town.staff("coordinator", agency="dpupr")
    stranger = await town.staff("coordinator", agency="dinkes")
    report = await dispatched(town)
    await DB.fetch("UPDATE report SET state = 'verified', agency = NULL WHERE client_id = $1", report)
    assert (await operator.steps(report, "dispatched", 2, agency=AGENCY)).status_code == 201
    assert (await heard(coordinator), await heard(head)) == (["report.arrived"], ["report.arrived"])
    assert await heard(stranger) == []


async def test_operators_hear_of_the_second_bounce(town: Town):
    operator, coordinator = await town.staff("operator"), await town.staff("coordinator", agency=AGENCY)
    other = await town.staff("coordinator", agency=AGENCY)
    report = await dispatched(town)
    for version in (2, 4):
        answer = await coordinator.steps(report, "verified", version, reason="not_authority", note="Jalan nasional")
        assert answer.status_code == 201, answer.text
        assert await heard(operator) == ([] if version == 2 else ["report.bounced_again"])
        await operator.steps(report, "dispatched", version + 1, agency=AGENCY)
    assert (await heard(other))[:2] == ["report.bounced", "report.arrived"]


async def test_operators_hear_of_the_second_dispute(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    coordinator = await town.staff("coordinator", agency=AGENCY)
    report = (await resident.submits())["id"]
    for version in (2, 3):
        await puts(report, "resolved")
        assert (await resident.says(report, "dispute", version, reason="Belum")).status_code == 201
    assert await heard(coordinator) == ["report.disputed", "report.disputed"]
    assert await heard(operator) == ["report.disputed_again"]


async def test_a_new_report_is_told_to_its_agency_and_to_who_answers_for_the_area(town: Town):
    await begin(town)
    coordinator = await town.staff("coordinator", agency=AGENCY)
    lurah, camat = await town.staff("area_head", area="32.76.01.1006"), await town.staff("area_head", area="32.76.01")
    far = await town.staff("area_head", area="32.76.02")
    await dispatched(town)
    village = (await DB.fetch("SELECT village_code FROM report"))[0]["village_code"]
    at_home = await town.staff("area_head", area=village)
    await arrive(town)
    assert (await heard(coordinator), await heard(at_home)) == (["report.arrived"], ["report.arrived_here"])
    assert await heard(camat) == (["report.arrived_here"] if village.startswith("32.76.01.") else [])
    assert await heard(far) == (["report.arrived_here"] if village.startswith("32.76.02.") else [])
    assert await heard(lurah) == (["report.arrived_here"] if village == "32.76.01.1006" else [])


async def test_a_secret_report_is_no_area_heads_news(town: Town):
    await begin(town)
    camat = await town.staff("area_head", area="32.76")
    coordinator = await town.staff("coordinator", agency=AGENCY)
    await dispatched(town)
    await DB.fetch("UPDATE report SET visibility = 'secret'")
    await arrive(town)
    assert (await heard(coordinator), await heard(camat)) == (["report.arrived"], [])


async def test_a_report_is_new_once(town: Town):
    await begin(town)
    coordinator, officer = await town.staff("coordinator", agency=AGENCY), await town.staff("officer", agency=AGENCY)
    report = await dispatched(town)
    for _ in range(3):
        await arrive(town)
    await officer.steps(report, "in_progress", 2)
    await arrive(town)
    assert await heard(coordinator) == ["report.arrived"]


async def test_what_was_there_before_the_house_began_is_no_news(town: Town):
    coordinator = await town.staff("coordinator", agency=AGENCY)
    await dispatched(town)
    await begin(town)
    await arrive(town)
    assert await heard(coordinator) == []


async def test_an_old_report_that_changes_is_no_news_to_a_new_coordinator(town: Town):
    await begin(town)
    officer = await town.staff("officer", agency=AGENCY)
    report = await dispatched(town)
    await arrive(town)
    await town.passes(officer, hours=1)
    await begin(town)
    coordinator = await town.staff("coordinator", agency=AGENCY)
    await officer.steps(report, "in_progress", 2)
    await arrive(town)
    assert await heard(coordinator) == []


CLONE = """
INSERT INTO report OVERRIDING SYSTEM VALUE SELECT clone.* FROM report AS r, jsonb_populate_record(r, jsonb_build_object(
    'id', r.id + 1000, 'client_id', gen_random_uuid(), 'tracking_id', 'ZZZZZZZZ',
    'changed_xid', pg_current_xact_id()::text::bigint)) AS clone
"""


async def test_a_report_whose_commit_comes_late_is_not_missed(town: Town):
    await begin(town)
    coordinator = await town.staff("coordinator", agency=AGENCY)
    await dispatched(town)
    connection = await DB.get_new_connection()
    slow = connection.transaction()
    await slow.start()
    await connection.execute(CLONE)
    await dispatched(town)
    await arrive(town)
    assert await heard(coordinator) == ["report.arrived"] * 2
    await slow.commit()
    await connection.close()
    await arrive(town)
    assert await heard(coordinator) == ["report.arrived"] * 3


async def test_a_worker_that_was_away_for_days_tells_what_came_meanwhile(town: Town):
    await begin(town)
    coordinator = await town.staff("coordinator", agency=AGENCY)
    await dispatched(town)
    town.clock.now += timedelta(days=2)
    await arrive(town)
    rows = await DB.fetch("SELECT count(*) AS told FROM notification WHERE kind = 'report.arrived'")
    assert rows[0]["told"] == 1
    assert coordinator


@pytest.mark.parametrize(
    ("code", "above"), [("32.76.01.1006", ("32.76.01.1006", "32.76.01", "32.76", "32")), ("32", ("32",))]
)
def test_an_area_lies_in_those_above_it(code: str, above: tuple[str, ...]):
    assert areas_above(code) == above
