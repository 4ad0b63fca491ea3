"""One city's configuration for another: what belongs to a place is keyed anew or left out, and said. Pure."""

from collections.abc import Iterator

import msgspec

from api.cities.configuration import AgencyPart, Configuration, RulePart
from api.cities.templates import CityTemplate


class Copied(msgspec.Struct, frozen=True):
    """`left_out` and `keyed_anew`: one line each, for whoever must look over it."""

    configuration: Configuration
    left_out: tuple[str, ...]
    keyed_anew: tuple[str, ...]


def copied(source: Configuration, template: CityTemplate) -> Copied:
    """`template` is that of the new city: its name, zone, areas and district offices."""
    kept = tuple(agency for agency in source.agency if not _is_of_a_place(agency, source))
    keys = {agency.key for agency in kept}
    rules = {rule: _keyed_anew(rule, source, template) for rule in source.rule if rule.agency in keys}
    gone = [f"agency {agency.key}: {agency.name}" for agency in source.agency if agency.key not in keys]
    gone += [f"rule {rule.key} to {rule.agency}" for rule in source.rule if rules.get(rule) is None]
    gone += [f"holiday {day.key}: {day.name}" for day in source.holiday]
    anew = [f"rule {rule.key} -> {new.key}" for rule, new in rules.items() if new is not None and new != rule]
    city = msgspec.structs.replace(
        source.city,
        code=template.code,
        name=template.name,
        timezone=template.timezone,
        call_centre=template.call_centre,
        regencies=template.regencies,
    )
    configuration = msgspec.structs.replace(
        source,
        city=city,
        agency=(*(_renamed(agency, source, template) for agency in kept), *_offices(template)),
        rule=(*(rule for rule in rules.values() if rule is not None), *_rules_of_offices(template)),
        holiday=(),
    )
    return Copied(configuration, tuple(gone), tuple(anew))


def _is_of_a_place(agency: AgencyPart, source: Configuration) -> bool:
    return agency.kind == "area_office" or any(code in agency.key for code in source.city.regencies)


def _keyed_anew(rule: RulePart, source: Configuration, template: CityTemplate) -> RulePart | None:
    """A rule for the whole regency finds the new one; a district of another city is nowhere."""
    if rule.area is None:
        return rule
    if rule.area in source.city.regencies and len(template.regencies) == 1:
        return msgspec.structs.replace(rule, area=template.regencies[0])
    return None


def _renamed(agency: AgencyPart, source: Configuration, template: CityTemplate) -> AgencyPart:
    name = agency.name.replace(source.city.name, template.name).replace(_short(source.city.name), _short(template.name))
    return msgspec.structs.replace(agency, name=name)


def _short(name: str) -> str:
    return name.removeprefix("Kabupaten ").removeprefix("Kota ")


def _offices(template: CityTemplate) -> Iterator[AgencyPart]:
    for agency in template.agencies:
        if agency.kind == "area_office":
            yield AgencyPart(key=agency.key, name=agency.name, kind="area_office")


def _rules_of_offices(template: CityTemplate) -> Iterator[RulePart]:
    offices = {agency.key for agency in _offices(template)}
    for rule in template.rules:
        if rule.agency in offices:
            yield RulePart(agency=rule.agency, category=rule.category or "", group=rule.group or "", area=rule.area)
