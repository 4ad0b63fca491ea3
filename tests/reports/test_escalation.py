"""Who hears that a promise is running out, and when: the clock, its policy and the city's calendar say it."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cities.calendar import Calendar
from api.cities.promises import NATIONAL, Policy
from api.reports.clockwork import Terms, clocks_after, extended, reclassified
from api.reports.escalation import moments, next_look, overdue_since

MONDAY = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
CALENDAR = Calendar()  # 07:30 to 16:00 in Jakarta: 00:30 to 09:00 UTC
TERMS = Terms("normative", False, CALENDAR)


def a_city(*policies: Policy) -> Any:
    return SimpleNamespace(calendar=CALENDAR, policies=policies)


def test_three_working_days_are_escalated_within_the_third_at_its_end_and_after_six():
    found = dict(moments(TERMS.start("verify", MONDAY), a_city()))
    assert found == {
        1: datetime(2026, 11, 26, 2, 37, 30, tzinfo=UTC),  # a quarter of Thursday's office hours
        2: datetime(2026, 11, 26, 9, 0, tzinfo=UTC),
        3: datetime(2026, 12, 1, 9, 0, tzinfo=UTC),
    }


def test_the_percents_are_those_of_the_version_under_which_the_clock_started():
    late = Policy(version=1, name="", source="", effective_from=MONDAY + timedelta(days=1), escalate_at=(50, 100, 150))
    before, after = TERMS.start("verify", MONDAY), TERMS.start("verify", MONDAY + timedelta(days=1))
    assert [moment.day for _, moment in moments(before, a_city(late))] == [26, 26, 1]
    assert dict(moments(after, a_city(late)))[1] == datetime(2026, 11, 26, 4, 45, tzinfo=UTC)


def test_a_pause_moves_the_moments_with_the_due_date():
    clocks = clocks_after((TERMS.start("resolve", MONDAY),), ("in_progress", "scheduled"), TERMS, MONDAY)
    (resumed,) = clocks_after(clocks, ("scheduled", "in_progress"), TERMS, MONDAY + timedelta(days=7))
    straight = TERMS.start("resolve", MONDAY)
    assert [m - n for (_, m), (_, n) in zip(moments(resumed, a_city()), moments(straight, a_city()), strict=True)] == [
        timedelta(days=7)
    ] * 3


def test_who_waits_for_the_resident_is_not_hurried():
    for clock in ("confirm", "needs_info"):
        started = TERMS.start(clock, MONDAY)
        assert list(moments(started, a_city())) == []
        assert next_look(started, a_city(), MONDAY) == started.due_at
        assert overdue_since([started], MONDAY + timedelta(days=60)) is None


def test_sixty_days_are_a_warning_and_no_broken_promise():
    warning = TERMS.start("ombudsman", MONDAY)
    assert {level: moment == warning.due_at for level, moment in moments(warning, a_city())} == {2: True, 3: True}
    assert overdue_since([warning], MONDAY + timedelta(days=90)) is None


@given(st.integers(0, 400), st.sampled_from(["verify", "respond", "resolve"]), st.integers(0, 86_399))
def test_the_levels_come_in_order_and_the_second_when_it_is_due(days: int, clock: Any, second: int):
    started = TERMS.start(clock, MONDAY + timedelta(days=days, seconds=second))
    found = [moment for _, moment in moments(started, a_city())]
    assert found == sorted(found)
    assert found[1] == started.due_at
    assert found[0] > started.started_at
    assert next_look(started, a_city(), found[0]) == found[1]
    assert next_look(started, a_city(), found[2]) is None


def test_a_report_is_overdue_since_its_oldest_broken_promise():
    verify, resolve = TERMS.start("verify", MONDAY), TERMS.start("resolve", MONDAY)
    assert verify.due_at is not None
    assert overdue_since([resolve, verify], verify.due_at - timedelta(seconds=1)) is None
    assert overdue_since([resolve, verify], MONDAY + timedelta(days=30)) == verify.due_at


@pytest.mark.parametrize("is_paused", [False, True])
def test_another_category_is_promised_from_the_same_start(is_paused: bool):
    clocks: Any = (TERMS.start("resolve", MONDAY),)
    if is_paused:
        clocks = clocks_after(clocks, ("in_progress", "scheduled"), TERMS, MONDAY)
    minor = Terms("minor", False, CALENDAR)
    (clock,) = reclassified(clocks, minor)
    if is_paused:
        (clock,) = clocks_after((clock,), ("scheduled", "in_progress"), minor, MONDAY)
    assert (clock.started_at, clock.due_at) == (MONDAY, minor.start("resolve", MONDAY).due_at)


def test_the_answer_to_an_information_request_is_extended_by_seven_working_days():
    terms = Terms("normative", True, CALENDAR)
    (clock,) = extended((terms.start("information_request", MONDAY),), terms)
    assert clock.due_at == datetime(2026, 12, 16, 9, tzinfo=UTC)
    assert extended((TERMS.start("resolve", MONDAY),), TERMS) == (TERMS.start("resolve", MONDAY),)


def test_a_pause_after_the_extension_keeps_it():
    terms = Terms("normative", True, CALENDAR)
    clocks = extended((terms.start("information_request", MONDAY),), terms)
    paused = clocks_after(clocks, ("in_progress", "needs_info"), terms, MONDAY)
    (resumed,) = [
        clock
        for clock in clocks_after(paused, ("needs_info", "in_progress"), terms, MONDAY)
        if clock.clock == "information_request"
    ]
    assert resumed.due_at == clocks[0].due_at


def test_an_objection_is_answered_within_thirty_working_days_and_nothing_beside_it():
    terms = Terms("normative", True, CALENDAR)
    objected = clocks_after((), ("rejected", "submitted"), terms, MONDAY)
    working = clocks_after(objected, ("submitted", "dispatched"), terms, MONDAY)
    running = {clock.clock for clock in working if clock.stopped_at is None}
    assert running == {"objection_answer", "respond", "ombudsman"}
    answered = clocks_after(working, ("in_progress", "work_done"), terms, MONDAY + timedelta(days=9))
    assert "objection_answer" not in {clock.clock for clock in answered if clock.stopped_at is None}
    assert NATIONAL.promise("objection_answer", "normative", 1).days == 30
