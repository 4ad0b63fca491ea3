from datetime import UTC, datetime, timedelta

from api.cities.calendar import Calendar
from api.reports.clockwork import Terms, clocks_after, clocks_at_birth, promised

MONDAY = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
TERMS = Terms("normative", False, Calendar())


def walk(*states, start=MONDAY, every=timedelta(days=1)):
    """The clocks after each of `states`, a day apart, and the moment of the last step."""
    clocks, now, came_from = clocks_at_birth(TERMS, start), start, "submitted"
    for to in states:
        now += every
        clocks = clocks_after(clocks, (came_from, to), TERMS, now)
        came_from = to
    return {clock.clock: clock for clock in clocks}, now


def test_a_new_report_waits_to_be_verified():
    clocks, _ = walk()
    assert promised(clocks.values()).clock == "verify"


def test_a_dispatched_report_promises_its_resolution():
    clocks, now = walk("dispatched")
    assert clocks["verify"].stopped_at == now
    assert clocks["respond"].stopped_at is None
    assert promised(clocks.values()).clock == "resolve"


def test_the_first_action_of_the_agency_is_its_response():
    clocks, now = walk("dispatched", "in_progress")
    assert clocks["respond"].stopped_at == now
    assert clocks["resolve"].stopped_at is None


def test_a_pause_gives_its_working_days_back():
    straight, _ = walk("dispatched", "in_progress")
    paused, _ = walk("dispatched", "in_progress", "scheduled")
    assert paused["resolve"].due_at is None
    resumed, _ = walk("dispatched", "in_progress", "scheduled", "in_progress")
    assert resumed["resolve"].due_at == straight["resolve"].due_at + timedelta(days=1)


def test_two_pauses_count_both():
    saturday = MONDAY + timedelta(days=5)
    once = ("dispatched", "in_progress", "scheduled", "in_progress")
    clocks, _ = walk(*once, start=saturday)
    twice, _ = walk(*once, "needs_info", "submitted", "dispatched", start=saturday)
    assert len(twice["resolve"].pauses) == 2
    assert twice["resolve"].due_at == clocks["resolve"].due_at + timedelta(days=1)


def test_refused_evidence_starts_the_work_clock_again():
    clocks, now = walk("dispatched", "in_progress", "work_done")
    assert clocks["resolve"].stopped_at == now
    after = clocks_after(clocks.values(), ("work_done", "in_progress"), TERMS, now + timedelta(days=1))
    assert [clock.stopped_at is None for clock in after if clock.clock == "resolve"] == [False, True]


def test_nothing_runs_after_the_end():
    for ending in (("rejected",), ("withdrawn",), ("dispatched", "in_progress", "work_done", "resolved", "closed")):
        clocks, _ = walk(*ending)
        assert all(clock.stopped_at for clock in clocks.values()), ending


def test_an_information_request_has_its_own_clock():
    terms = Terms("normative", True, Calendar())
    clocks = clocks_after(clocks_at_birth(terms, MONDAY), ("submitted", "dispatched"), terms, MONDAY)
    assert promised(clocks).clock == "information_request"
