"""A small city in the database, and the parts of one in memory."""

from api.cities.book import Category, CategoryGroup, Rule
from api.piccolo_conf import DB

ROADS = CategoryGroup(id=1, key="jalan", name_id="Jalan", name_en="Roads")


def a_category(
    category_id: int = 1, key: str = "jalan-rusak", group: CategoryGroup = ROADS, *, private_place: bool = False
) -> Category:
    return Category(
        id=category_id,
        key=key,
        group=group,
        name_id=key.replace("-", " ").capitalize(),
        name_en=key,
        resolve_class="normative",
        needs_evidence=True,
        is_emergency=False,
        private_place=private_place,
        default_visibility="public",
        questions=(),
    )


def a_rule(rule_id: int = 1, *, category: int | None = None, group: int | None = None, area: str | None = None) -> Rule:
    return Rule(id=rule_id, category_id=category, group_id=group, area_code=area, agency_id=rule_id * 10)


SMALL_CITY = """
-- two agencies, one category, one rule
WITH new_city AS (
    INSERT INTO city (code, name, timezone, open_data_licence, added_at)
    VALUES ($1, 'Kota ' || $1, 'Asia/Jakarta', 'CC BY 4.0', '2026-11-22T00:00Z') RETURNING id
), regency AS (
    INSERT INTO city_regency (code, city_id) SELECT $1, id FROM new_city
), dpupr AS (
    INSERT INTO agency (city_id, key, name, kind)
    SELECT id, 'dpupr', 'Dinas Pekerjaan Umum', 'agency' FROM new_city RETURNING id
), roads AS (
    INSERT INTO category_group (city_id, key, name_id, name_en, rank)
    SELECT id, 'jalan', 'Jalan', 'Roads', 1 FROM new_city RETURNING id
), damaged AS (
    INSERT INTO category (city_id, group_id, key, name_id, name_en, resolve_class, rank)
    SELECT new_city.id, roads.id, 'jalan-rusak', 'Jalan rusak', 'Damaged road', 'normative', 1
    FROM new_city, roads RETURNING id
), rule AS (
    INSERT INTO routing_rule (city_id, category_id, agency_id)
    SELECT new_city.id, damaged.id, dpupr.id FROM new_city, damaged, dpupr
)
SELECT id FROM new_city
"""


async def a_small_city(code: str = "32.76") -> int:
    return int((await DB.fetch(SMALL_CITY, code))[0]["id"])
