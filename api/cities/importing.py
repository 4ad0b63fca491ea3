"""Making a city's configuration equal to a file: first what would change, in words, then all of it or nothing."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from api.cities import entry_schemas as bodies
from api.cities.book import read_cities_within
from api.cities.configuration import Configuration, PolicyPart, read_configuration
from api.cities.days import DayOff, decide_day, undecide_day
from api.cities.entries import (
    AGENCY,
    CATEGORY,
    GROUP,
    RULE,
    Kind,
    Meant,
    add_entry,
    change_entry,
    read_entries,
    remove_entry,
)
from api.cities.ledger import Author, record
from api.cities.onboarding import PUT_CITY
from api.cities.policies import NewPolicy, make_policy, planned
from api.cities.tables import City
from api.piccolo_conf import DB

SECTIONS = ("group", "agency", "category", "rule", "holiday")


class Difference(msgspec.Struct, frozen=True):
    """`before` is None for what is new, `after` for what goes."""

    section: str
    key: str
    before: Any
    after: Any

    def __str__(self) -> str:
        if self.before is None:
            return f"+ {self.section} {self.key}"
        if self.after is None:
            return f"- {self.section} {self.key}"
        names = [n for n in self.after.__struct_fields__ if getattr(self.before, n) != getattr(self.after, n)]
        told = ", ".join(f"{n}: {getattr(self.before, n)!r} -> {getattr(self.after, n)!r}" for n in names)
        return f"~ {self.section} {self.key}: {told}"


def differences(before: Configuration, after: Configuration) -> list[Difference]:
    """In the order in which they can be made."""
    found = []
    if before.city != after.city:
        found.append(Difference("city", after.city.code, before.city, after.city))
    for section in SECTIONS:
        found += _of_section(section, getattr(before, section), getattr(after, section))
    if after.policy is not None and before.policy != after.policy:
        found.append(Difference("policy", after.policy.name, before.policy, after.policy))
    return found


def _of_section(section: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Difference]:
    old, new = {one.key: one for one in before}, {one.key: one for one in _parents_first(after)}
    for key in [*new, *(key for key in old if key not in new)]:
        was, becomes = old.get(key), new.get(key)
        if becomes is None and getattr(was, "active", True) is False:
            continue  # it is closed already, and something names it
        if was != becomes:
            yield Difference(section, key, was, becomes)


def _parents_first(parts: Sequence[Any]) -> Iterator[Any]:
    """Agencies of a tree; the others have no parents. What hangs on nothing comes last, and is refused there."""
    waiting, put = list(parts), {""}
    while waiting:
        level = [part for part in waiting if getattr(part, "parent", "") in put] or waiting
        yield from level
        put.update(part.key for part in level)
        waiting = [part for part in waiting if part not in level]


async def plan_import(city: int | None, wanted: Configuration, author: Author) -> list[Difference]:
    """Without a city: all of it is new."""
    if city is not None:
        return differences(await read_configuration(city, author.now), wanted)
    nothing: dict[str, Any] = dict.fromkeys(SECTIONS, ())
    empty = msgspec.structs.replace(wanted, policy=None, **nothing)
    return [Difference("city", wanted.city.code, None, wanted.city), *differences(empty, wanted)]


async def open_city(wanted: Configuration, author: Author) -> int:
    """The city of the file, made when it is missing."""
    part = wanted.city
    facts = (part.code, part.name, part.timezone, part.call_centre or None, part.open_data_licence, author.now)
    city: int = (await DB.fetch(PUT_CITY, *facts, list(part.regencies)))[0]["id"]
    return city


async def import_configuration(wanted: Configuration, author: Author) -> list[Difference]:
    """All of it or nothing; what was changed. Raises FieldRefused, StillInUse."""
    async with DB.transaction():
        known = await find_city(wanted.city.code)
        plan = await plan_import(known, wanted, author)
        await bring_to(known or await open_city(wanted, author), wanted, author)
    return plan


async def bring_to(city: int, wanted: Configuration, author: Author) -> None:
    """Rules go first, for they name the others; what else goes is taken away when nothing new needs it any more."""
    plan = await plan_import(city, wanted, author)
    going = sorted((one for one in plan if one.after is None), key=lambda one: -SECTIONS.index(one.section))
    rules, others = ([one for one in going if (one.section == "rule") == is_rule] for is_rule in (True, False))
    for one in [*rules, *(one for one in plan if one.after is not None), *others]:
        await _make(city, one, wanted, author)


async def _make(city: int, one: Difference, wanted: Configuration, author: Author) -> None:
    if one.section == "city":
        await _change_city(city, one, author)
    elif one.section == "policy":
        await _make_policy(city, one.after, wanted, author)
    elif one.section == "holiday":
        await _make_holiday(city, one, author)
    else:
        await _make_entry(city, one, author)


KINDS: dict[str, tuple[Kind[Any], type[bodies.Body], type[bodies.Body]]] = {
    "group": (GROUP, bodies.NewGroup, bodies.GroupPatch),
    "agency": (AGENCY, bodies.NewAgency, bodies.AgencyPatch),
    "category": (CATEGORY, bodies.NewCategory, bodies.CategoryPatch),
    "rule": (RULE, bodies.NewRule, bodies.RulePatch),
}


async def _make_entry(city: int, one: Difference, author: Author) -> None:
    kind, new, patch = KINDS[one.section]
    if one.before is None:
        made = await add_entry(kind, city, _body(new, one.after), author)
        if getattr(one.after, "active", True) is False:
            await change_entry(kind, city, Meant(made.id, "*"), _body(patch, one.after), author)
        return
    (entry,) = [listed.id for listed in await read_entries(kind, city) if listed.key == one.key]
    if one.after is None:
        await remove_entry(kind, city, Meant(entry, "*"), author)
    else:
        await change_entry(kind, city, Meant(entry, "*"), _body(patch, one.after), author)


def _body(kind: type[bodies.Body], part: Any) -> bodies.Body:
    """A file has no word for nothing: an empty reference is none."""
    facts = {name: getattr(part, name) for name in kind.__struct_fields__ if hasattr(part, name)}
    empty = {name: None for name in ("parent", "category", "group") if facts.get(name) == ""}
    found: bodies.Body = kind(**{**facts, **empty, **({"city": ""} if "city" in kind.__struct_fields__ else {})})
    return found


async def _make_holiday(city: int, one: Difference, author: Author) -> None:
    if one.after is None:
        await undecide_day(city, one.before.date, author)
    else:
        decision = DayOff(one.after.name, one.after.is_working_day, one.after.source)
        await decide_day(city, one.after.date, decision, author)


async def _make_policy(city: int, policy: PolicyPart, wanted: Configuration, author: Author) -> None:
    """From the copy of the categories that this transaction has made."""
    new = NewPolicy(
        city=wanted.city.code,
        name=policy.name,
        source=policy.source,
        promises=policy.promise,
        escalate_at=policy.escalate_at,
    )
    (known,) = [one for one in await read_cities_within(DB) if one.id == city]
    await make_policy(planned(new, known, author.now), known, author)


CHANGE_CITY = """
UPDATE city SET name = $2, call_centre = nullif($3, ''), open_data_licence = $4, office_opens = $5::text::time,
    office_closes = $6::text::time, days_off = $7::smallint[], timezone = $8
WHERE id = $1
"""


async def _change_city(city: int, one: Difference, author: Author) -> None:
    """Its code and regencies stay: they say which city it is."""
    new = one.after
    hours = (new.office_opens, new.office_closes, list(new.days_off), new.timezone)
    await DB.fetch(CHANGE_CITY, city, new.name, new.call_centre, new.open_data_licence, *hours)
    await record(city, author, "city", new.code, (one.before, new))


async def find_city(code: str) -> int | None:
    found = await City.select(City.id).where(City.code == code)
    return found[0]["id"] if found else None
