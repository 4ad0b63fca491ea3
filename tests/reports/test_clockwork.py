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


def test_after_refused_evidence_the_work_clock_goes_on_and_the_inspection_is_given_back():
    clocks, now = walk("dispatched", "in_progress", "work_done")
    assert clocks["resolve"].stopped_at == now
    after = clocks_after(clocks.values(), ("work_done", "in_progress"), TERMS, now + timedelta(days=1))
    (again,) = [clock for clock in after if clock.clock == "resolve"]
    assert (again.started_at, again.stopped_at) == (clocks["resolve"].started_at, None)
    assert again.due_at - clocks["resolve"].due_at in (timedelta(days=1), timedelta(days=3))  # over a weekend


def test_evidence_refused_twice_wins_no_time():
    clocks, now = walk("dispatched", "in_progress", "work_done", every=timedelta(0))
    due = clocks["resolve"].due_at
    for step in [("work_done", "in_progress"), ("in_progress", "work_done"), ("work_done", "in_progress")]:
        clocks = {clock.clock: clock for clock in clocks_after(clocks.values(), step, TERMS, now)}
    assert (clocks["resolve"].due_at, clocks["resolve"].stopped_at) == (due, None)


def test_work_refused_after_it_had_been_forwarded_goes_on():
    clocks, now = walk("dispatched", "in_progress", "forwarded", "work_done", "in_progress")
    assert not clocks["resolve"].is_paused
    assert clocks["resolve"].due_at > now


REQUEST = Terms("normative", True, Calendar())


def answered(*steps):
    """The clocks of an information request after it was answered, and after these steps."""
    clocks = clocks_at_birth(REQUEST, MONDAY)
    way = [("submitted", "dispatched"), ("dispatched", "in_progress"), ("in_progress", "work_done")]
    for minute, step in enumerate([*way, ("work_done", "resolved"), *steps]):
        clocks = clocks_after(clocks, step, REQUEST, MONDAY + timedelta(minutes=minute))
    return {clock.clock: clock for clock in clocks if clock.stopped_at is None}


def test_the_answer_to_an_information_request_waits_thirty_working_days_for_an_objection():
    running = answered()
    assert set(running) == {"objection", "ombudsman"}
    assert running["objection"].due_at == REQUEST.start("objection", MONDAY).due_at
    assert REQUEST.promise("objection", MONDAY).days == 30


def test_an_objection_to_an_answer_has_thirty_working_days_too():
    running = answered(("resolved", "in_progress"))
    assert set(running) == {"objection_answer", "ombudsman"}
    assert REQUEST.promise("objection_answer", MONDAY).days == 30
    again = answered(("resolved", "in_progress"), ("in_progress", "work_done"), ("work_done", "in_progress"))
    assert set(again) == {"objection_answer", "ombudsman"}


def test_nothing_runs_after_the_end():
    for ending in (("rejected",), ("withdrawn",), ("dispatched", "in_progress", "work_done", "resolved", "closed")):
        clocks, _ = walk(*ending)
        assert all(clock.stopped_at for clock in clocks.values()), ending


def test_an_information_request_has_its_own_clock():
    terms = Terms("normative", True, Calendar())
    clocks = clocks_after(clocks_at_birth(terms, MONDAY), ("submitted", "dispatched"), terms, MONDAY)
    assert promised(clocks).clock == "information_request"
