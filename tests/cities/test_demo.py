"""The demo: seven cities and reports that could have been written there."""

import re
from datetime import UTC, datetime

import pytest

from api.cities.book import CityBook
from api.cities.demo import DEMO_CITIES, load_demo
from api.cities.demo_reports import OLDEST_DAYS, demo_reports
from api.piccolo_conf import DB
from tests.cities.test_onboarding import NOWHERE

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
VILLAGES = [("32.76.01.1001", -6.40, 106.81), ("32.76.06.1002", -6.37, 106.82)]


async def test_the_demo_has_seven_cities_and_can_be_loaded_twice():
    await load_demo(NOW, areas=NOWHERE)
    again = await load_demo(NOW, areas=NOWHERE)

    assert [city.code for city in await CityBook(DB).cities()] == sorted(DEMO_CITIES)
    assert not any(added.is_new for added in again)


async def test_every_demo_report_is_of_a_category_that_all_seven_cities_have():
    await load_demo(NOW, areas=NOWHERE)
    written = {report.category for report in demo_reports("32.76", VILLAGES, seed=1, count=2000)}

    for city in await CityBook(DB).cities():
        assert written <= set(city.categories)
        assert not any(city.categories[key].is_emergency for key in written)


@pytest.mark.parametrize("city", DEMO_CITIES)
def test_the_texts_are_whole_sentences_without_an_open_slot(city: str):
    for report in demo_reports(city, VILLAGES, seed=1, count=500):
        assert "{" not in report.text
        assert re.match(r"[A-Z].*[.?!]$", report.text), report.text
        assert len(report.text) >= 20


def test_the_same_seed_tells_the_same_story_and_another_one_another():
    first = list(demo_reports("32.76", VILLAGES, seed=1))

    assert list(demo_reports("32.76", VILLAGES, seed=1)) == first
    assert list(demo_reports("32.76", VILLAGES, seed=2)) != first
    assert list(demo_reports("32.77", VILLAGES, seed=1)) != first


def test_the_reports_lie_near_the_villages_and_come_newest_first():
    reports = list(demo_reports("32.76", VILLAGES, seed=1, count=500))

    assert len(reports) == 500
    assert all(min(abs(report.lat - lat) for _, lat, _ in VILLAGES) < 0.01 for report in reports)
    assert [report.days_ago for report in reports] == sorted(report.days_ago for report in reports)
    assert 0 <= reports[0].days_ago <= reports[-1].days_ago <= OLDEST_DAYS


def test_young_reports_are_mostly_open_and_old_ones_mostly_closed():
    reports = list(demo_reports("32.76", VILLAGES, seed=1, count=1000))
    young = [report.fate for report in reports if report.days_ago < 3]
    old = [report.fate for report in reports if report.days_ago > 14]

    assert not {"resolved", "closed"} & set(young)
    assert old.count("closed") > len(old) / 3


def test_words_of_the_place_are_used_in_sumatera_barat():
    texts = " ".join(report.text for report in demo_reports("13.05", VILLAGES, seed=1, count=300))

    assert "nagari" in texts
    assert "surau" in texts


def test_a_city_without_villages_has_no_demo_reports():
    assert list(demo_reports("32.76", [], seed=1)) == []
