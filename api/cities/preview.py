"""What would happen to a report at a point, before there is one."""

import msgspec

from api.accounts.speaker import Speaker
from api.catalogue import Language, text
from api.cities.book import Agency, Category, City, CityBook, Rule, UnknownCity
from api.cities.ledger import check_sees
from api.cities.routing import choose, matching
from api.errors import FieldRefused
from geo.locate import AreaName, locate
from geo.point import check


class AreaShown(msgspec.Struct, frozen=True):
    code: str
    name: str
    local_term: str


class RuleTried(msgspec.Struct, frozen=True):
    """`why` it won or lost, in words."""

    id: int
    agency: str
    agency_name: str
    category: str | None
    group: str | None
    area: str | None
    why: str


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """`agency` is None when no rule matches: the report waits for the operator. `losing`: the next best first."""

    village: AreaShown
    district: AreaShown
    regency: AreaShown
    boundary_version: str
    quality: str
    border_distance_m: float | None
    candidates: tuple[AreaShown, ...]
    city: str
    category: str
    agency: str | None
    agency_name: str | None
    reason: str
    chosen: RuleTried | None
    losing: tuple[RuleTried, ...]


async def preview(
    position: tuple[float, float], category: str, speaker: Speaker, cities: CityBook, language: Language
) -> Preview:
    """`position`: lat, lon. Raises PositionRefused, OutsideCoverage, UnknownCity, NotAllowed, FieldRefused."""
    place = await locate(check(lat=position[0], lon=position[1]))
    city = await cities.city_of(place.village.code)
    if city is None:
        raise UnknownCity(place.regency.code)
    check_sees(speaker, city.id)
    found = city.categories.get(category)
    if found is None:
        raise FieldRefused("category", "category-unknown", category=category, city=city.name, code=city.code)
    tried = _tried(matching(city.rules, found, place.village.code), city, language)
    route = choose(city.rules, found, place.village.code)
    agency = city.agencies.get(route.agency_id or 0)
    return Preview(
        village=_area(place.village),
        district=_area(place.district),
        regency=_area(place.regency),
        boundary_version=place.boundary_version,
        quality=place.quality,
        border_distance_m=place.border_distance_m,
        candidates=tuple(map(_area, place.candidates)),
        city=city.code,
        category=found.key,
        agency=agency.key if agency else None,
        agency_name=agency.name if agency else None,
        reason=route.reason,
        chosen=next(iter(tried), None),
        losing=tried[1:],
    )


def _area(area: AreaName) -> AreaShown:
    return AreaShown(area.code, area.name, area.local_term)


def _tried(rules: list[Rule], city: City, language: Language) -> tuple[RuleTried, ...]:
    groups = {group.id: group.key for group in city.groups}
    return tuple(
        RuleTried(
            rule.id,
            _agency(rule, city).key,
            _agency(rule, city).name,
            _key(city.every_category.get(rule.category_id or 0)),
            groups.get(rule.group_id or 0),
            rule.area_code,
            text(_why(rule, rules[0]), language, rule=rules[0].id),
        )
        for rule in rules
    )


def _agency(rule: Rule, city: City) -> Agency:
    return city.agencies[rule.agency_id]


def _key(category: Category | None) -> str | None:
    return category.key if category else None


def _why(rule: Rule, winner: Rule) -> str:
    if rule is winner:
        return "rule-wins"
    if (rule.category_id, rule.group_id) != (winner.category_id, winner.group_id):
        return "rule-wider-matter"
    return "rule-wider-area"
