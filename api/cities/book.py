"""What this process knows of the cities: a copy of a few small tables, at most a few seconds old."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Literal, TypeVar
from uuid import UUID

import asyncpg
import msgspec

from api.cities.calendar import Calendar
from api.cities.promises import Policy, ResolveClass
from api.database import Database

T = TypeVar("T")
Visibility = Literal["public", "restricted", "secret"]
Precision = Literal[1, 110, 330, 1000, 3000]  # metres: the grids of geo's area_mark
AgencyKind = Literal["agency", "unit", "area_office", "outside"]


class UnknownCity(Exception):
    """No city has this code: neither adopted (when asked for) nor known to be anywhere (when added)."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no kabupaten or kota with the code {code!r}")
        self.code = code


class Choice(msgspec.Struct, frozen=True):
    key: str
    id: str
    en: str


class Question(msgspec.Struct, frozen=True):
    """`id` and `en` are the words of the question in the two languages. `choices` only for kind `choice`."""

    key: str
    id: str
    en: str
    kind: Literal["text", "yes_no", "choice"] = "yes_no"
    choices: tuple[Choice, ...] = ()


class Agency(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    parent_id: int | None
    key: str
    name: str
    kind: AgencyKind
    active: bool = True


class CategoryGroup(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    key: str
    name_id: str
    name_en: str


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """`private_place`: its position is shown with less precision, because it may be somebody's home.

    `precision_m` says otherwise how exactly it is shown.
    """

    id: int
    key: str
    group: CategoryGroup
    name_id: str
    name_en: str
    resolve_class: ResolveClass
    needs_evidence: bool
    is_emergency: bool
    private_place: bool
    default_visibility: Visibility
    questions: tuple[Question, ...]
    active: bool = True
    precision_m: Precision | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """None means any: of category and group at most one is set."""

    id: int
    category_id: int | None
    group_id: int | None
    area_code: str | None
    agency_id: int


class City(msgspec.Struct, frozen=True, kw_only=True):
    """Rules lead to active agencies, `categories` are those that a new report may have; in the order of display.

    `agencies` and `every_category` also hold what the city has closed since: old reports still name it.
    """

    id: int
    code: str
    name: str
    call_centre: str | None
    open_data_licence: str
    regencies: tuple[str, ...]
    groups: tuple[CategoryGroup, ...]
    categories: Mapping[str, Category]
    every_category: Mapping[int, Category]
    agencies: Mapping[int, Agency]
    rules: tuple[Rule, ...]
    calendar: Calendar
    policies: tuple[Policy, ...] = ()

    @property
    def timezone(self) -> str:
        return self.calendar.timezone


EVERY_CITY = """
-- one row a city; its parts as JSON, which msgspec reads straight into the Structs
SELECT city.id, city.code, city.name, city.call_centre, city.open_data_licence,
    (SELECT jsonb_agg(r.code ORDER BY r.code) FROM city_regency AS r WHERE r.city_id = city.id) AS regencies,
    (SELECT jsonb_agg(to_jsonb(g) ORDER BY g.rank, g.id) FROM category_group AS g
     WHERE g.city_id = city.id) AS groups,
    (SELECT jsonb_agg(to_jsonb(c) || jsonb_build_object('group', to_jsonb(g)) ORDER BY g.rank, c.rank, c.id)
     FROM category AS c JOIN category_group AS g ON g.id = c.group_id
     WHERE c.city_id = city.id) AS categories,
    (SELECT jsonb_agg(to_jsonb(a) ORDER BY a.id) FROM agency AS a WHERE a.city_id = city.id) AS agencies,
    -- a rule to an agency that was closed does not count: the next best one does
    (SELECT jsonb_agg(to_jsonb(rule) ORDER BY rule.id) FROM routing_rule AS rule
     JOIN agency AS a ON a.id = rule.agency_id AND a.active
     WHERE rule.city_id = city.id) AS rules,
    -- the versions of its promises, oldest first
    (SELECT jsonb_agg(to_jsonb(p) || jsonb_build_object('promises',
        (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.id), '[]') FROM sla_promise AS s WHERE s.policy_id = p.id))
        ORDER BY p.effective_from)
     FROM sla_policy AS p WHERE p.city_id = city.id) AS policies,
    -- days off: the city's own decision goes before the national one of the same date
    jsonb_build_object(
        'timezone', city.timezone, 'days_off', city.days_off,
        'office_opens', city.office_opens, 'office_closes', city.office_closes,
        'closed', coalesce(jsonb_agg(day.date) FILTER (WHERE NOT day.is_working_day), '[]'),
        'open', coalesce(jsonb_agg(day.date) FILTER (WHERE day.is_working_day), '[]')
    ) AS calendar
FROM city
LEFT JOIN LATERAL (
    SELECT DISTINCT ON (holiday.date) holiday.date, holiday.is_working_day FROM holiday
    WHERE holiday.city_id = city.id OR holiday.city_id IS NULL
    ORDER BY holiday.date, holiday.city_id NULLS LAST
) AS day ON true
GROUP BY city.id
ORDER BY city.code
"""


async def read_cities(database: Database) -> tuple[City, ...]:
    """From the pool, not from the caller's transaction: what it has not committed is nobody else's knowledge."""
    return tuple(map(_city, await _pool(database).fetch(EVERY_CITY)))


async def read_cities_within(database: Database) -> tuple[City, ...]:
    """From the caller's transaction: with what it has written and nobody else knows yet."""
    return tuple(map(_city, await database.fetch(EVERY_CITY)))


VERSION = """
SELECT version FROM city_version
"""


async def read_version(database: Database) -> UUID | None:
    """Another one after every committed change."""
    version: UUID | None = await _pool(database).fetchval(VERSION)
    return version


def _pool(database: Database) -> "asyncpg.Pool[asyncpg.Record]":
    if database.pool is None:
        raise RuntimeError("the connection pool has not been started")
    return database.pool


def _city(row: asyncpg.Record) -> City:
    categories = _read(row["categories"], tuple[Category, ...])
    agencies = _read(row["agencies"], tuple[Agency, ...])
    return City(
        id=row["id"],
        code=row["code"],
        name=row["name"],
        call_centre=row["call_centre"],
        open_data_licence=row["open_data_licence"],
        regencies=_read(row["regencies"], tuple[str, ...]),
        groups=_read(row["groups"], tuple[CategoryGroup, ...]),
        categories={category.key: category for category in categories if category.active},
        every_category={category.id: category for category in categories},
        agencies={agency.id: agency for agency in agencies},
        rules=_read(row["rules"], tuple[Rule, ...]),
        calendar=msgspec.json.decode(row["calendar"], type=Calendar),
        policies=_read(row["policies"], tuple[Policy, ...]),
    )


def _read(json: str | None, kind: type[T]) -> T:
    return msgspec.json.decode(json or "[]", type=kind)


class CityBook:
    """`max_age_s`: how long it trusts its copy without asking the database whether there is a newer version.

    While one caller asks, the others get the old copy. Use it before opening a transaction: asking
    takes a connection of its own.
    """

    def __init__(
        self, database: Database, max_age_s: float = 5.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._database, self._max_age_s, self._monotonic = database, max_age_s, monotonic
        self._cities: tuple[City, ...] | None = None
        self._by_code: dict[str, City] = {}
        self._version: UUID | None = None
        self._fresh_until = float("-inf")
        self._invalidated = False
        self._refreshing = asyncio.Lock()

    async def cities(self) -> tuple[City, ...]:
        """All of them, in the order of their codes."""
        await self._refresh_if_old()
        return self._cities or ()

    async def city_of(self, code: str) -> City | None:
        """`code`: the city's own, or that of a regency, district or village in it."""
        if self._monotonic() >= self._fresh_until:
            await self._refresh_if_old()
        return self._by_code.get(code[:5])

    def invalidate(self) -> None:
        """The next caller asks the database: for whoever hears NOTIFY `cities`."""
        self._invalidated = True
        self._fresh_until = float("-inf")

    async def _refresh_if_old(self) -> None:
        if self._refreshing.locked() and self._cities is not None:
            return
        async with self._refreshing:
            if self._monotonic() >= self._fresh_until:
                await self._refresh()

    async def _refresh(self) -> None:
        asked_at = self._monotonic()
        self._invalidated = False
        version = await read_version(self._database)
        # The version is read first: a change between the two reads costs one more reading, never an old copy.
        if self._cities is None or version != self._version:
            self._keep(await read_cities(self._database), version)
        if not self._invalidated:
            self._fresh_until = asked_at + self._max_age_s

    def _keep(self, cities: tuple[City, ...], version: UUID | None) -> None:
        self._cities, self._version = cities, version
        self._by_code = {code: city for city in cities for code in (city.code, *city.regencies)}
