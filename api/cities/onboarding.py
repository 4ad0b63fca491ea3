"""`city add`: everything a city needs, from the template, in one transaction."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from api.cities.book import UnknownCity
from api.cities.templates import (
    AgencyEntry,
    CityTemplate,
    District,
    LocalFile,
    TemplateBroken,
    compose,
    local_files,
)
from api.piccolo_conf import DB

OPEN_DATA_LICENCE = "CC BY 4.0"
DISTRICTS_OF_A_REGENCY = 99  # Kemendagri gives the district two digits


class AreaName(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def local_term(self) -> str: ...


class Areas(Protocol):
    """What is needed of `geo.areas`."""

    async def names(self, codes: Sequence[str]) -> Mapping[str, AreaName]: ...


class CityAdded(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of what this call made: all zero when the city had everything."""

    id: int
    code: str
    name: str
    is_new: bool
    agencies: int
    groups: int
    categories: int
    rules: int


async def add_city(code: str, now: datetime, *, areas: Areas) -> CityAdded:
    """Makes what is missing and leaves what is there as it is: repeat it as often as you like.

    Raises UnknownCity for a code that is neither in the templates nor in the loaded areas.
    """
    template = await template_of(code, areas)
    async with DB.transaction():
        city_id, is_new = await _put_city(template, now)
        agencies = await _put_agencies(city_id, template.agencies)
        groups, categories = await _put_categories(city_id, template)
        rules = await _put_rules(city_id, template)
    return CityAdded(
        id=city_id,
        code=template.code,
        name=template.name,
        is_new=is_new,
        agencies=agencies,
        groups=groups,
        categories=categories,
        rules=rules,
    )


async def template_of(code: str, areas: Areas) -> CityTemplate:
    """Raises UnknownCity."""
    local = local_files().get(code) or await _unknown_to_us(code, areas)
    regencies = tuple(local.regencies) or (local.code,)
    codes = [f"{regency}.{number:02}" for regency in regencies for number in range(1, DISTRICTS_OF_A_REGENCY + 1)]
    found = await areas.names(codes)
    return compose(local, tuple(District(at, found[at].name, found[at].local_term) for at in sorted(found)))


async def _unknown_to_us(code: str, areas: Areas) -> LocalFile:
    if not re.fullmatch(r"[0-9]{2}[.][0-9]{2}", code):
        raise UnknownCity(code)
    area = (await areas.names([code])).get(code)
    if area is None:
        raise UnknownCity(code)
    return LocalFile(code=code, name=area.name)


PUT_CITY = """
-- the row is locked either way, so that two at once follow each other
WITH put AS (
    INSERT INTO city (code, name, timezone, call_centre, open_data_licence, added_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (code) DO UPDATE SET code = EXCLUDED.code
    RETURNING id, xmax = 0 AS is_new
), regency AS (
    INSERT INTO city_regency (code, city_id) SELECT unnest($7::text[]), id FROM put
    ON CONFLICT DO NOTHING
)
SELECT id, is_new FROM put
"""


async def _put_city(template: CityTemplate, now: datetime) -> tuple[int, bool]:
    values = (template.code, template.name, template.timezone, template.call_centre, OPEN_DATA_LICENCE, now)
    (row,) = await DB.fetch(PUT_CITY, *values, list(template.regencies))
    return row["id"], row["is_new"]


PUT_AGENCIES = """
-- an agency whose parent the city has removed since becomes one without a parent
INSERT INTO agency (city_id, parent_id, key, name, kind)
SELECT $1, parent.id, entry.key, entry.name, entry.kind
FROM jsonb_to_recordset($2::jsonb) AS entry(key text, name text, parent text, kind text, rank int)
LEFT JOIN agency AS parent ON parent.city_id = $1 AND parent.key = entry.parent
ORDER BY entry.rank
ON CONFLICT DO NOTHING RETURNING id
"""


async def _put_agencies(city_id: int, agencies: Sequence[AgencyEntry]) -> int:
    made, waiting, put = 0, list(agencies), set[str | None]({None})
    while waiting:  # one round for each level of the tree
        level = [agency for agency in waiting if agency.parent in put]
        if not level:
            raise TemplateBroken(str(city_id), "end to the parents of", waiting[0].key)
        made += len(await DB.fetch(PUT_AGENCIES, city_id, _json(level)))
        put.update(agency.key for agency in level)
        waiting = [agency for agency in waiting if agency.key not in put]
    return made


PUT_GROUPS = """
INSERT INTO category_group (city_id, key, name_id, name_en, rank)
SELECT $1, entry.key, entry.id, entry.en, entry.rank
FROM jsonb_to_recordset($2::jsonb) AS entry(key text, id text, en text, rank int)
ON CONFLICT DO NOTHING RETURNING id
"""
PUT_CATEGORIES = """
INSERT INTO category (city_id, group_id, key, name_id, name_en, resolve_class, needs_evidence, is_emergency,
    private_place, default_visibility, questions, rank)
SELECT $1, g.id, entry.key, entry.id, entry.en, entry.class, entry.evidence, entry.emergency,
    entry.private, entry.visibility, entry.questions, entry.rank
FROM jsonb_to_recordset($2::jsonb) AS entry(key text, id text, en text, "group" text, class text,
    evidence boolean, emergency boolean, private boolean, visibility text, questions jsonb, rank int)
JOIN category_group AS g ON g.city_id = $1 AND g.key = entry."group"
ON CONFLICT DO NOTHING RETURNING id
"""


async def _put_categories(city_id: int, template: CityTemplate) -> tuple[int, int]:
    entries = [
        {
            **msgspec.to_builtins(category),
            "group": group.key,
            "questions": [template.questions[key] for key in category.ask],
        }
        for group in template.groups
        for category in group.categories
    ]
    groups = await DB.fetch(PUT_GROUPS, city_id, _json(template.groups))
    categories = await DB.fetch(PUT_CATEGORIES, city_id, _json(entries))
    return len(groups), len(categories)


PUT_RULES = """
-- a rule about something that the city has removed since is left out
INSERT INTO routing_rule (city_id, category_id, group_id, area_code, agency_id)
SELECT $1, category.id, g.id, entry.area, agency.id
FROM jsonb_to_recordset($2::jsonb) AS entry(category text, "group" text, area text, agency text, rank int)
JOIN agency ON agency.city_id = $1 AND agency.key = entry.agency
LEFT JOIN category ON category.city_id = $1 AND category.key = entry.category
LEFT JOIN category_group AS g ON g.city_id = $1 AND g.key = entry."group"
WHERE (entry.category IS NULL) = (category.id IS NULL) AND (entry."group" IS NULL) = (g.id IS NULL)
ORDER BY entry.rank
ON CONFLICT DO NOTHING RETURNING id
"""


async def _put_rules(city_id: int, template: CityTemplate) -> int:
    return len(await DB.fetch(PUT_RULES, city_id, _json(template.rules)))


def _json(entries: Sequence[object]) -> str:
    """With `rank`, their order: neither a JSON array in SQL nor a join promises one."""
    ranked = [{**msgspec.to_builtins(entry), "rank": rank} for rank, entry in enumerate(entries, 1)]
    return msgspec.json.encode(ranked).decode()
