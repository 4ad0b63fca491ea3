"""Which agency answers."""

import re

from hypothesis import given
from hypothesis import strategies as st

from api.cities.routing import NO_RULE, Route, choose
from tests.cities.factories import a_category, a_rule

VILLAGE = "32.76.01.1001"
AREAS = [None, "32.76", "32.76.01", "32.76.01.1001", "32.76.02", "32.7", "32.77"]

rules = st.lists(
    st.builds(
        lambda matter, area: (matter, area),
        st.sampled_from([{}, {"category": 1}, {"category": 2}, {"group": 1}, {"group": 2}]),
        st.sampled_from(AREAS),
    ),
    max_size=12,
).map(lambda drawn: [a_rule(number, area=area, **matter) for number, (matter, area) in enumerate(drawn, 1)])


def test_the_reason_names_the_rule_the_matter_and_the_area():
    route = choose([a_rule(12, category=1, area="32.76.01")], a_category(), VILLAGE)

    assert route == Route(120, 12, "aturan 12: jalan rusak di 32.76.01")


def test_the_reason_of_a_wide_rule_says_so():
    assert choose([a_rule(3, group=1)], a_category(), VILLAGE).reason == "aturan 3: kelompok jalan di seluruh daerah"
    assert choose([a_rule(4, area="32.76")], a_category(), VILLAGE).reason == "aturan 4: semua kategori di 32.76"


def test_without_a_rule_the_report_waits_for_the_operator():
    assert choose([a_rule(category=2)], a_category(), VILLAGE) == Route(None, None, NO_RULE)


def test_the_category_goes_before_the_area():
    anywhere, whole_group_here = a_rule(1, category=1), a_rule(2, group=1, area=VILLAGE)

    assert choose([whole_group_here, anywhere], a_category(), VILLAGE).rule_id == 1


def test_the_group_goes_before_any_category():
    assert choose([a_rule(1, area=VILLAGE), a_rule(2, group=1)], a_category(), VILLAGE).rule_id == 2


def test_the_smaller_area_goes_first():
    nested = [a_rule(number, category=1, area=area) for number, area in enumerate(AREAS[:4], 1)]

    assert choose(nested, a_category(), VILLAGE).rule_id == 4


def test_a_code_that_only_begins_alike_is_another_area():
    assert choose([a_rule(category=1, area="32.7")], a_category(), VILLAGE).agency_id is None


@given(rules, st.randoms())
def test_the_order_of_the_rules_does_not_matter(drawn, random):
    shuffled = random.sample(drawn, len(drawn))

    assert choose(shuffled, a_category(), VILLAGE) == choose(drawn, a_category(), VILLAGE)


@given(rules)
def test_no_matching_rule_is_more_specific_than_the_chosen_one(drawn):
    route = choose(drawn, a_category(), VILLAGE)
    matching = [
        rule
        for rule in drawn
        if rule.category_id in (None, 1)
        and rule.group_id in (None, 1)
        and (rule.area_code is None or re.match(rf"{rule.area_code}([.]|$)", VILLAGE))
    ]

    assert (route.rule_id is None) == (not matching)
    chosen = next((rule for rule in drawn if rule.id == route.rule_id), None)
    for rule in matching:
        assert chosen is not None
        assert (chosen.category_id is not None) >= (rule.category_id is not None)
        if chosen.category_id == rule.category_id:
            assert (chosen.group_id is not None) >= (rule.group_id is not None)
            if chosen.group_id == rule.group_id:
                assert len(chosen.area_code or "") >= len(rule.area_code or "")


@given(rules)
def test_a_rule_that_does_not_win_changes_nothing_when_removed(drawn):
    route = choose(drawn, a_category(), VILLAGE)
    without_losers = [rule for rule in drawn if rule.id == route.rule_id]

    assert choose(without_losers, a_category(), VILLAGE) == route
