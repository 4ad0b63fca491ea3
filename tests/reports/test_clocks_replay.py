"""Whatever happens to a report, its clocks follow from its events and the versions of the policy, and nothing else."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.cities.book import CityBook
from api.piccolo_conf import DB
from api.reports.clockwork import RunningClock, clocks_after, clocks_at_birth, terms_of
from api.reports.queries import ReportRow, read_row
from api.reports.status import TRANSITIONS, State
from tests.people import Person, Town
from tests.reports.steps import evidence

POLICY = """
WITH made AS (
    INSERT INTO sla_policy (city_id, version, name, source, effective_from, made_at)
    VALUES ($1, $2, 'v', 'Perwal', $3, $3) ON CONFLICT DO NOTHING RETURNING id
)
INSERT INTO sla_promise (city_id, policy_id, clock, days, source)
SELECT $1, id, clock, $4, 'Perwal' FROM made, unnest('{verify,respond,resolve,confirm}'::text[]) AS clock
"""


async def two_versions(town: Town) -> None:
    """The first in force a day from now, the second a week from now."""
    for version, after_days, promised_days in ((1, 1, 3), (2, 7, 9)):
        await DB.fetch(POLICY, town.city.id, version, town.clock() + timedelta(days=after_days), promised_days)
    town.app.state.cities.invalidate()


async def one_step(operators: list[Person], town: Town, report: str, pick: int) -> None:
    """One of the steps that the table allows somebody of the operators here; nothing when there is none."""
    row = await read_row(report)  # type: ignore[arg-type]
    open_to: list[State] = [
        to for (came_from, to), step in TRANSITIONS.items() if came_from == row.state and "operator" in step.actors
    ]
    if not open_to or row.state in ("closed", "rejected"):
        return
    to = open_to[pick % len(open_to)]
    if to == "duplicate":
        return
    by = operators[row.version % 2]  # nobody approves their own evidence
    said: dict[str, Any] = {"note": "Mohon dilihat", "reason": "Sesuai aturan", "reference": "PU-1/2026"}
    said |= {"agency": "dpupr"} if to == "dispatched" else {}
    said |= {"date": (town.clock() + timedelta(days=3)).isoformat()} if to == "scheduled" else {}
    said |= {"evidence": [await evidence(by, report)]} if to == "work_done" else {}
    answer = await by.steps(report, to, row.version, **said)
    assert answer.status_code == 201, answer.text


def key(clocks: Any) -> list[str]:
    return sorted(map(str, clocks))


async def replayed(row: ReportRow) -> tuple[RunningClock, ...]:
    """From the events alone, with the policies as they are known today."""
    city = await CityBook(DB).city_of(row.village_code)
    assert city is not None
    terms = terms_of(city, city.every_category[row.category], row.report_type)
    events = await DB.fetch(
        "SELECT from_state, to_state, at FROM report_event WHERE report = $1 ORDER BY version", row.id
    )
    clocks = clocks_at_birth(terms, events[0]["at"])
    for event in events[1:]:
        clocks = clocks_after(clocks, (event["from_state"], event["to_state"]), terms, event["at"])
    return clocks


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(picks=st.lists(st.integers(0, 20), min_size=2, max_size=8), hours=st.integers(5, 60), is_request=st.booleans())
async def test_the_stored_clocks_are_those_of_a_replay(town: Town, picks: list[int], hours: int, is_request: bool):
    operators = [await town.staff("operator"), await town.staff("operator")]
    await two_versions(town)
    kind = "information_request" if is_request else "complaint"
    report = (await (await town.resident()).submits(report_type=kind))["id"]
    for pick in picks:
        await town.passes(*operators, hours=hours)
        await one_step(operators, town, report, pick)
    row = await read_row(report)  # type: ignore[arg-type]
    assert key(row.running_clocks) == key(await replayed(row))
    assert len({clock.clock for clock in row.running_clocks if not clock.stopped_at}) == len(
        [clock for clock in row.running_clocks if not clock.stopped_at]
    )
