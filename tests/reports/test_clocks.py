"""When a promise falls due in a city's calendar."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cities.calendar import Calendar, is_working_day
from api.cities.promises import PROMISES, UnknownPromise, promise
from api.reports.clocks import NoSuchDeadline, Pause, add_working_days, due_after_pauses, due_at

DEPOK = Calendar()
MAKASSAR = Calendar(timezone="Asia/Makassar")
JAYAPURA = Calendar(timezone="Asia/Jayapura")
WIB = ZoneInfo("Asia/Jakarta")

moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 hypothesis wants naive bounds
days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
calendars = st.builds(
    lambda timezone, days_off, closed, opened: Calendar(
        timezone=timezone, days_off=days_off, closed=closed - opened, open=opened
    ),
    st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]),
    st.sampled_from([frozenset({6, 7}), frozenset({7}), frozenset({5, 7})]),
    st.frozensets(days, max_size=5),
    st.frozensets(days, max_size=5),
)


def wib(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=WIB)


def test_three_working_days_from_a_monday_end_on_thursday_at_closing_time():
    assert add_working_days(wib(2026, 7, 6, 9, 0), 3, DEPOK) == wib(2026, 7, 9, 16, 0)


def test_a_weekend_is_not_counted():
    assert add_working_days(wib(2026, 7, 10, 9, 0), 1, DEPOK) == wib(2026, 7, 13, 16, 0)


def test_a_report_at_night_counts_from_the_day_in_the_city_not_in_utc():
    late_on_monday = datetime(2026, 7, 6, 16, 30, tzinfo=UTC)  # Monday 23:30 WIB, already Tuesday 01:30 WIT

    assert add_working_days(late_on_monday, 1, DEPOK).astimezone(WIB).date() == date(2026, 7, 7)
    assert add_working_days(late_on_monday, 1, JAYAPURA).astimezone(WIB).date() == date(2026, 7, 8)


def test_each_zone_closes_at_its_own_four_oclock():
    start = datetime(2026, 7, 6, 1, 0, tzinfo=UTC)

    closings = [add_working_days(start, 1, calendar) for calendar in (DEPOK, MAKASSAR, JAYAPURA)]

    assert [closing.hour for closing in closings] == [9, 8, 7]


def test_lebaran_with_its_cuti_bersama_is_not_counted():
    """SKB 2026: 18-24 March are Nyepi, Idul Fitri and their cuti bersama."""
    assert add_working_days(wib(2026, 3, 17, 10, 0), 1, DEPOK) == wib(2026, 3, 25, 16, 0)


def test_a_local_day_off_and_a_local_working_day_go_before_the_national_calendar():
    local = Calendar(closed=frozenset({date(2026, 7, 7)}), open=frozenset({date(2026, 8, 17)}))

    assert add_working_days(wib(2026, 7, 6, 9, 0), 1, local) == wib(2026, 7, 8, 16, 0)
    assert add_working_days(wib(2026, 8, 14, 9, 0), 1, local) == wib(2026, 8, 17, 16, 0)


def test_the_offices_own_closing_time_counts():
    short_day = Calendar(office_closes=time(14, 30))

    assert add_working_days(wib(2026, 7, 6, 9, 0), 1, short_day) == wib(2026, 7, 7, 14, 30)


def test_a_promise_of_no_days_is_refused():
    with pytest.raises(NoSuchDeadline) as refusal:
        add_working_days(wib(2026, 7, 6, 9, 0), 0, DEPOK)
    assert refusal.value.days == 0


@given(moments, st.integers(1, 80), calendars)
def test_it_never_falls_due_on_a_day_off_and_always_later_than_it_began(start, count, calendar):
    due = add_working_days(start, count, calendar)

    assert is_working_day(due.astimezone(ZoneInfo(calendar.timezone)).date(), calendar)
    assert due > start


@given(moments, st.timedeltas(timedelta(0), timedelta(days=30)), st.integers(1, 80), calendars)
def test_what_began_later_is_not_due_earlier(start, later, count, calendar):
    assert add_working_days(start, count, calendar) <= add_working_days(start + later, count, calendar)


@given(moments, st.integers(1, 80), calendars)
def test_one_more_day_is_later(start, count, calendar):
    assert add_working_days(start, count, calendar) < add_working_days(start, count + 1, calendar)


@given(moments, st.integers(1, 40), st.integers(1, 40), calendars)
def test_days_add_up(start, first, second, calendar):
    at_once = add_working_days(start, first + second, calendar)

    assert add_working_days(add_working_days(start, first, calendar), second, calendar) == at_once


@given(moments, st.integers(1, 80), calendars)
def test_a_replay_with_an_equal_calendar_gives_the_same_moment(start, count, calendar):
    again = Calendar(
        timezone=calendar.timezone,
        days_off=frozenset(sorted(calendar.days_off)),
        closed=frozenset(sorted(calendar.closed)),
        open=frozenset(sorted(calendar.open)),
    )

    assert add_working_days(start, count, again) == add_working_days(start, count, calendar)


def test_the_promised_number_depends_on_the_class_for_resolve_only():
    numbers = [promise("resolve", each).days for each in ("minor", "normative", "non_oversight", "oversight")]

    assert numbers == [2, 5, 14, 60]
    assert promise("verify", "oversight") == promise("verify") == PROMISES["verify", None]


def test_a_resolve_clock_without_its_class_is_refused():
    with pytest.raises(UnknownPromise):
        promise("resolve")


def test_the_ombudsman_counts_every_day():
    assert due_at(wib(2026, 7, 6, 9, 0), promise("ombudsman"), DEPOK) == wib(2026, 9, 4, 16, 0)


def test_a_paused_clock_has_no_deadline():
    paused = [Pause(wib(2026, 7, 7, 9, 0))]

    assert due_after_pauses(wib(2026, 7, 6, 9, 0), promise("verify"), paused, DEPOK) is None


def test_a_pause_gives_back_its_working_days():
    tuesday_to_monday = [Pause(wib(2026, 7, 7, 9, 0), wib(2026, 7, 13, 9, 0))]  # Wed, Thu, Fri, Mon

    assert due_after_pauses(wib(2026, 7, 6, 9, 0), promise("verify"), tuesday_to_monday, DEPOK) == wib(
        2026, 7, 15, 16, 0
    )


@given(
    moments, st.timedeltas(timedelta(0), timedelta(days=9)), st.timedeltas(timedelta(0), timedelta(days=40)), calendars
)
def test_a_pause_never_takes_time_away(start, until_pause, length, calendar):
    pause = Pause(start + until_pause, start + until_pause + length)
    due = due_after_pauses(start, promise("verify"), [pause], calendar)

    assert due is not None
    assert due >= due_at(start, promise("verify"), calendar)
