"""Which agency answers for a category in a village. Pure."""

from collections.abc import Iterable

import msgspec

from api.cities.book import Category, Rule

NO_RULE = "tidak ada aturan yang cocok: antrean operator"


class Route(msgspec.Struct, frozen=True):
    """Without an agency the report waits in the operator's queue. `reason` is kept with the report, in Indonesian."""

    agency_id: int | None
    rule_id: int | None
    reason: str


def choose(rules: Iterable[Rule], category: Category, village_code: str) -> Route:
    """The most specific rule wins: its category before its group before any; then the smaller area; then the older."""
    found = matching(rules, category, village_code)
    if not found:
        return Route(None, None, NO_RULE)
    rule = found[0]
    return Route(rule.agency_id, rule.id, f"aturan {rule.id}: {_matter(rule, category)} di {_where(rule)}")


def matching(rules: Iterable[Rule], category: Category, village_code: str) -> list[Rule]:
    """All that apply, the most specific first."""
    matters, groups = (category.id, None), (category.group.id, None)
    found = [
        rule
        for rule in rules  # one line a rule and no call: Jakarta has 170, and every report comes by here
        if rule.category_id in matters and rule.group_id in groups and _covers(rule.area_code, village_code)
    ]
    return sorted(found, key=_generality)


def _covers(area_code: str | None, village_code: str) -> bool:
    return area_code is None or f"{village_code}.".startswith(f"{area_code}.")


def _generality(rule: Rule) -> tuple[int, int, int]:
    matter = 0 if rule.category_id is not None else 1 if rule.group_id is not None else 2
    return matter, -len(rule.area_code or ""), rule.id


def _matter(rule: Rule, category: Category) -> str:
    if rule.category_id is not None:
        return category.key.replace("-", " ")
    if rule.group_id is not None:
        return f"kelompok {category.group.key.replace('-', ' ')}"
    return "semua kategori"


def _where(rule: Rule) -> str:
    return rule.area_code or "seluruh daerah"
