"""What a new city starts with: the generic lists, then what is known of the one city. Pure, from the TOML files here.

`generic/` serves any kabupaten or kota; `cities/{code}.toml` says what is different in one of them.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from api.cities.book import AgencyKind, Question, Visibility
from api.cities.promises import ResolveClass

WITA = frozenset({"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"})
WIT = frozenset({"81", "82", "91", "92", "93", "94", "95", "96"})


class AgencyEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    name: str
    parent: str | None = None
    kind: AgencyKind | None = None
    only: Literal["kota", "kabupaten"] | None = None


class CategoryEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"resolve_class": "class"}):
    key: str
    id: str
    en: str
    resolve_class: ResolveClass = "normative"
    agency: str | None = None
    evidence: bool = True
    emergency: bool = False
    private: bool = False
    visibility: Visibility = "public"
    ask: tuple[str, ...] = ()


class GroupEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    id: str
    en: str
    categories: tuple[CategoryEntry, ...]
    agency: str | None = None


class RuleEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    agency: str
    category: str | None = None
    group: str | None = None
    area: str | None = None


class OfficeEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One agency for each of several areas, and the categories that it answers for there."""

    key: str
    name: str
    categories: tuple[str, ...]
    parent: str | None = None


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    en: str


class LocalFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`answers`: category or group → the agency that answers here instead of the generic one."""

    code: str
    name: str
    regencies: dict[str, str] = {}
    call_centre: str = "112"
    without_agencies: frozenset[str] = frozenset()
    without_categories: frozenset[str] = frozenset()
    names: dict[str, Words] = {}
    answers: dict[str, str] = {}
    agency: tuple[AgencyEntry, ...] = ()
    rule: tuple[RuleEntry, ...] = ()
    per_regency: tuple[OfficeEntry, ...] = ()


class AgenciesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    agency: tuple[AgencyEntry, ...]
    district_office: OfficeEntry


class District(msgspec.Struct, frozen=True):
    code: str
    name: str
    local_term: str


class CityTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """All that `city add` writes. `{name}` and `{short}` are filled in."""

    code: str
    name: str
    regencies: tuple[str, ...]
    timezone: str
    call_centre: str
    agencies: tuple[AgencyEntry, ...]
    groups: tuple[GroupEntry, ...]
    questions: Mapping[str, Question]
    rules: tuple[RuleEntry, ...]


class TemplateBroken(Exception):
    """A list names what no list defines: a fault in our files."""

    def __init__(self, code: str, kind: str, key: str) -> None:
        super().__init__(f"template of {code}: no {kind} {key!r}")
        self.code, self.kind, self.key = code, kind, key


@cache
def local_files() -> dict[str, LocalFile]:
    """By the city's own code and by each of its regencies."""
    folder = files(__name__) / "cities"
    read = [
        msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), LocalFile)
        for file in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if file.name.endswith(".toml")
    ]
    return {code: local for local in read for code in (local.code, *local.regencies)}


@cache
def _generic() -> tuple[AgenciesFile, tuple[GroupEntry, ...], dict[str, Question]]:
    folder = files(__name__) / "generic"
    agencies, categories, questions = (
        tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
        for name in ("agencies", "categories", "questions")
    )
    return (
        msgspec.convert(agencies, AgenciesFile),
        msgspec.convert(categories["group"], tuple[GroupEntry, ...]),
        {key: msgspec.convert({"key": key, **question}, Question) for key, question in questions.items()},
    )


def compose(local: LocalFile, districts: tuple[District, ...] = ()) -> CityTemplate:
    """`districts` get an office each. Raises TemplateBroken."""
    generic, all_groups, questions = _generic()
    groups = tuple(_local_group(group, local) for group in all_groups)
    offices = (*_regency_offices(local), *_district_offices(generic.district_office, districts))
    template = CityTemplate(
        code=local.code,
        name=local.name,
        regencies=tuple(local.regencies) or (local.code,),
        timezone=timezone_of(local.code),
        call_centre=local.call_centre,
        agencies=(*_agencies(generic.agency, local), *(agency for agency, _ in offices)),
        groups=groups,
        questions=questions,
        rules=(*_generic_rules(groups), *local.rule, *(rule for _, rules in offices for rule in rules)),
    )
    _check(template)
    return template


def timezone_of(code: str) -> str:
    """By the province, as Keppres 41/1987 divides them (the newer provinces as those they came from)."""
    province = code[:2]
    return "Asia/Makassar" if province in WITA else "Asia/Jayapura" if province in WIT else "Asia/Jakarta"


def _agencies(generic: tuple[AgencyEntry, ...], local: LocalFile) -> Iterator[AgencyEntry]:
    form = "kabupaten" if local.name.startswith("Kabupaten") else "kota"
    entries = {entry.key: entry for entry in generic if entry.only in (None, form)}
    entries |= {entry.key: entry for entry in local.agency}
    short = local.name.removeprefix("Kabupaten ").removeprefix("Kota ")
    for entry in entries.values():
        if entry.key not in local.without_agencies:
            yield msgspec.structs.replace(
                entry,
                name=entry.name.format(name=local.name, short=short),
                kind=entry.kind or ("unit" if entry.parent else "agency"),
            )


def _local_group(group: GroupEntry, local: LocalFile) -> GroupEntry:
    kept = (entry for entry in group.categories if entry.key not in local.without_categories)
    return msgspec.structs.replace(
        group,
        agency=local.answers.get(group.key, group.agency),
        categories=tuple(_local_category(entry, local) for entry in kept),
    )


def _local_category(entry: CategoryEntry, local: LocalFile) -> CategoryEntry:
    words = local.names.get(entry.key, entry)
    return msgspec.structs.replace(entry, id=words.id, en=words.en, agency=local.answers.get(entry.key, entry.agency))


def _generic_rules(groups: tuple[GroupEntry, ...]) -> Iterator[RuleEntry]:
    """A category without an agency of its own is left to the rule of its group."""
    for group in groups:
        if group.agency:
            yield RuleEntry(group.agency, group=group.key)
        for category in group.categories:
            if category.agency:
                yield RuleEntry(category.agency, category=category.key)


def _regency_offices(local: LocalFile) -> Iterator[tuple[AgencyEntry, list[RuleEntry]]]:
    for office in local.per_regency:
        for code, regency in local.regencies.items():
            key = f"{office.key}-{code}"
            agency = AgencyEntry(key, office.name.format(regency=regency), parent=office.parent, kind="unit")
            yield agency, [RuleEntry(key, category=category, area=code) for category in office.categories]


def _district_offices(
    office: OfficeEntry, districts: tuple[District, ...]
) -> Iterator[tuple[AgencyEntry, list[RuleEntry]]]:
    for district in districts:
        key = office.key.format(code=district.code)
        name = office.name.format(term=district.local_term.capitalize(), district=district.name)
        agency = AgencyEntry(key, name, kind="area_office")
        yield agency, [RuleEntry(key, category=category, area=district.code) for category in office.categories]


def _check(template: CityTemplate) -> None:
    agencies = {agency.key for agency in template.agencies}
    groups = {group.key for group in template.groups}
    categories = {category.key: category for group in template.groups for category in group.categories}
    named = {
        "agency": {rule.agency for rule in template.rules}
        | {agency.parent for agency in template.agencies if agency.parent},
        "category": {rule.category for rule in template.rules if rule.category},
        "group": {rule.group for rule in template.rules if rule.group},
        "question": {key for category in categories.values() for key in category.ask},
    }
    defined = {"agency": agencies, "category": set(categories), "group": groups, "question": set(template.questions)}
    for kind, keys in named.items():
        for key in sorted(keys - defined[kind]):
            raise TemplateBroken(template.code, kind, key)
