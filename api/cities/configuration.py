"""All that makes a city's configuration, as one file that people can read: TOML, with keys instead of numbers."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from api.cities.book import AgencyKind, Precision, Question, Visibility
from api.cities.city_administration import Hour, read_city
from api.cities.entries import AGENCY, CATEGORY, GROUP, RULE, read_entries
from api.cities.entry_schemas import AreaCode, Key, Title
from api.cities.policies import PromiseBody, read_policies
from api.cities.promises import NATIONAL, ResolveClass
from api.piccolo_conf import DB

FORMAT = 1


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A table of the file; what is as usual is not written."""


class CityPart(Part, frozen=True, kw_only=True):
    code: str
    name: Title
    timezone: str
    call_centre: str = ""
    open_data_licence: Title
    office_opens: Hour = "07:30"
    office_closes: Hour = "16:00"
    days_off: tuple[int, ...] = (6, 7)
    regencies: tuple[str, ...]


class AgencyPart(Part, frozen=True, kw_only=True):
    key: Key
    name: Title
    kind: AgencyKind = "agency"
    parent: str = ""
    active: bool = True


class GroupPart(Part, frozen=True, kw_only=True):
    key: Key
    name_id: Title
    name_en: Title
    rank: int


class CategoryPart(Part, frozen=True, kw_only=True):
    key: Key
    group: str
    name_id: Title
    name_en: Title
    resolve_class: ResolveClass = "normative"
    needs_evidence: bool = True
    is_emergency: bool = False
    private_place: bool = False
    precision_m: Precision | None = None
    default_visibility: Visibility = "public"
    rank: int
    active: bool = True
    questions: tuple[Question, ...] = ()


class RulePart(Part, frozen=True, kw_only=True):
    agency: str
    category: str = ""
    group: str = ""
    area: AreaCode | None = None

    @property
    def key(self) -> str:
        return f"{self.category or self.group or '*'} @ {self.area or '*'}"


class HolidayPart(Part, frozen=True, kw_only=True):
    date: date
    name: Title
    is_working_day: bool = False
    source: str = ""

    @property
    def key(self) -> str:
        return self.date.isoformat()


class PolicyPart(Part, frozen=True, kw_only=True):
    """The newest version; the older ones stay where they were made."""

    name: Title
    source: Title
    escalate_at: tuple[int, int, int] = NATIONAL.escalate_at
    promise: tuple[PromiseBody, ...] = ()


class Configuration(Part, frozen=True, kw_only=True):
    format: Annotated[int, Meta(ge=1, le=FORMAT)]
    city: CityPart
    policy: PolicyPart | None = None
    agency: tuple[AgencyPart, ...]
    group: tuple[GroupPart, ...]
    category: tuple[CategoryPart, ...]
    rule: tuple[RulePart, ...]
    holiday: tuple[HolidayPart, ...] = ()


HOLIDAYS = "SELECT date, name, is_working_day, source FROM holiday WHERE city_id = $1 ORDER BY date"


async def read_configuration(city: int, now: datetime) -> Configuration:
    listed = await read_city(city)
    policies = await read_policies(city, now)
    return Configuration(
        format=FORMAT,
        city=_part(listed, CityPart),
        policy=_policy(policies[0]) if policies else None,
        agency=tuple(_part(one, AgencyPart) for one in await read_entries(AGENCY, city)),
        group=tuple(_part(one, GroupPart) for one in await read_entries(GROUP, city)),
        category=tuple(_part(one, CategoryPart) for one in await read_entries(CATEGORY, city)),
        rule=tuple(_part(one, RulePart) for one in await read_entries(RULE, city)),
        holiday=tuple(HolidayPart(**dict(row)) for row in await DB.fetch(HOLIDAYS, city)),
    )


def _part(listed: Any, kind: Any) -> Any:
    """The same facts without the number; TOML has no word for nothing."""
    facts = {name: getattr(listed, name) for name in kind.__struct_fields__}
    return kind(**{name: value for name, value in facts.items() if value is not None})


def _policy(listed: Any) -> PolicyPart:
    return PolicyPart(name=listed.name, source=listed.source, escalate_at=listed.escalate_at, promise=listed.promises)


def read_toml(written: str) -> Configuration:
    """Raises tomllib.TOMLDecodeError, msgspec.ValidationError with the place of the fault."""
    return msgspec.convert(tomllib.loads(written), Configuration)


def write_toml(configuration: Configuration) -> str:
    return "\n".join(_lines(msgspec.json.decode(msgspec.json.encode(configuration)))) + "\n"


def _lines(facts: Mapping[str, Any], path: str = "") -> Iterator[str]:
    inner = {key: value for key, value in facts.items() if _is_table(key, value)}
    for key, value in facts.items():
        if key not in inner and value is not None:
            yield f"{key} = {_value(value)}"
    for key, value in inner.items():
        for one in value if isinstance(value, list) else [value]:
            yield ""
            yield f"[[{path}{key}]]" if isinstance(value, list) else f"[{path}{key}]"
            yield from _lines(one, f"{path}{key}.")


def _is_table(key: str, value: object) -> bool:
    """Questions stay on the line of their category."""
    return isinstance(value, dict) or (
        isinstance(value, list) and key != "questions" and any(isinstance(one, dict) for one in value)
    )


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_value(v)}" for k, v in value.items() if v is not None) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # as TOML writes strings, numbers, truth
