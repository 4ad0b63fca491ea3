"""The lists a new city starts with fit together."""

import pytest

from api.cities.templates import LocalFile, RuleEntry, TemplateBroken, compose, local_files
from tests.cities.test_onboarding import SEVEN_CITIES

EVERYWHERE = [
    *(local_files()[code] for code in SEVEN_CITIES),
    LocalFile(code="32.73", name="Kota Bandung"),
    LocalFile(code="32.01", name="Kabupaten Bogor"),
]


@pytest.mark.parametrize("local", EVERYWHERE, ids=lambda local: local.name)
def test_no_key_stands_twice(local: LocalFile):
    template = compose(local)
    categories = [category.key for group in template.groups for category in group.categories]
    keys = [*categories, *(group.key for group in template.groups)]

    assert len(keys) == len(set(keys))
    assert len(template.rules) == len({(rule.category, rule.group, rule.area) for rule in template.rules})


@pytest.mark.parametrize("local", EVERYWHERE, ids=lambda local: local.name)
def test_the_rules_of_a_city_stay_inside_it(local: LocalFile):
    template = compose(local)

    assert all(rule.area is None or rule.area[:5] in template.regencies for rule in template.rules)


@pytest.mark.parametrize("local", EVERYWHERE, ids=lambda local: local.name)
def test_every_answer_of_a_city_is_about_something(local: LocalFile):
    template = compose(local)
    keys = {group.key for group in template.groups} | {
        category.key for group in template.groups for category in group.categories
    }

    assert set(local.answers) <= keys
    assert set(local.names) <= keys


@pytest.mark.parametrize("local", EVERYWHERE, ids=lambda local: local.name)
def test_what_is_secret_or_asks_for_help_at_home_is_never_public_by_default(local: LocalFile):
    entries = {category.key: category for group in compose(local).groups for category in group.categories}

    assert {entries[key].visibility for key in ("korupsi", "kekerasan", "perundungan", "pungutan-liar")} == {"secret"}
    assert entries["kekerasan"].private


def test_a_rule_to_an_agency_that_is_not_there_is_named():
    broken = LocalFile(code="32.73", name="Kota Bandung", rule=(RuleEntry("dinas-khayalan", category="jalan-rusak"),))

    with pytest.raises(TemplateBroken) as fault:
        compose(broken)

    assert (fault.value.kind, fault.value.key) == ("agency", "dinas-khayalan")


def test_a_removed_agency_that_still_answers_is_named():
    with pytest.raises(TemplateBroken) as fault:
        compose(LocalFile(code="32.73", name="Kota Bandung", without_agencies=frozenset({"pju"})))

    assert fault.value.key == "pju"
