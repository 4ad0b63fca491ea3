from datetime import UTC, datetime, timedelta

import pytest

from api.errors import FieldRefused
from api.reports.words import check_occurred, clean, clean_text

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def test_ordinary_text_stays_as_it_is():
    text = "Jalan rusak 😀 di depan SD;\n\t<b>tolong</b> '; DROP TABLE report; -- مرحبا"
    assert clean("text", text) == text


def test_direction_controls_are_taken_out():
    assert clean("text", "aman\u202egnj.exe\u2066\u2069") == "amangnj.exe"


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\x7f", "\ud800"])
def test_other_controls_are_refused_by_name(sign):
    with pytest.raises(FieldRefused) as refused:
        clean("text", f"a{sign}b")
    assert (refused.value.field, refused.value.facts["code"]) == ("text", f"{ord(sign):04X}")


@pytest.mark.parametrize("empty", ["", "  \n", "\u202e\u202c"])
def test_nothing_but_blanks_is_no_text(empty):
    with pytest.raises(FieldRefused, match="text-empty"):
        clean_text("text", empty)


def test_the_incident_is_neither_tomorrow_nor_long_ago():
    check_occurred(NOW + timedelta(minutes=9), NOW)
    check_occurred(NOW - timedelta(days=364), NOW)
    with pytest.raises(FieldRefused, match="future"):
        check_occurred(NOW + timedelta(minutes=11), NOW)
    with pytest.raises(FieldRefused, match="ancient"):
        check_occurred(NOW - timedelta(days=366), NOW)
