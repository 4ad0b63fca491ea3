"""A new version of a city's promises: checked, shown before it is made, written once.

It counts from a moment that every process has time to hear of, so no two of them promise differently.
"""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from api.cities.book import City
from api.cities.entries import LOCK
from api.cities.entry_schemas import Title
from api.cities.ledger import Author, record
from api.cities.promises import NATIONAL, Clock, Policy, PolicyPromise, Promise, ResolveClass, policy_at
from api.errors import FieldRefused
from api.piccolo_conf import DB

SOONEST = timedelta(minutes=1)  # CityBook's copy is at most seconds old; a clock of another machine may differ
Days = Annotated[int, Meta(ge=1, le=365)]
Percent = Annotated[int, Meta(ge=1, le=1000)]
PER_CLASS: tuple[Clock, ...] = ("resolve",)


class PromiseBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One number; for one category, or one class, or all. `source` of its own when it differs from the version's."""

    clock: Clock
    days: Days
    category: str | None = None
    resolve_class: ResolveClass | None = None
    extension_days: Annotated[int, Meta(ge=0, le=365)] = 0
    source: Annotated[str, Meta(max_length=200)] = ""


class NewPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is not named stays as the national defaults. Without `effective_from`: as soon as may be."""

    city: str
    name: Title
    source: Title
    promises: Annotated[tuple[PromiseBody, ...], Meta(max_length=500)] = ()
    effective_from: Annotated[datetime, Meta(tz=True)] | None = None
    escalate_at: tuple[Percent, Percent, Percent] = NATIONAL.escalate_at


class PolicyListed(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    name: str
    source: str
    effective_from: datetime
    made_at: datetime
    made_by: str | None
    escalate_at: tuple[int, int, int]
    promises: tuple[PromiseBody, ...]
    in_force: bool = False


class Effect(msgspec.Struct, frozen=True):
    """A promise that changes for new clocks; those that run keep theirs."""

    category: str
    clock: str
    days: int
    days_then: int
    source_then: str


POLICIES = """
-- newest first, with the keys of the categories
SELECT jsonb_build_object('version', p.version, 'name', p.name, 'source', p.source, 'made_at', p.made_at,
    'effective_from', p.effective_from, 'made_by', account.login, 'escalate_at', p.escalate_at,
    'promises', (SELECT coalesce(jsonb_agg(jsonb_build_object('clock', s.clock, 'days', s.days, 'category', c.key,
        'resolve_class', s.resolve_class, 'extension_days', s.extension_days, 'source', s.source) ORDER BY s.id), '[]')
        FROM sla_promise AS s LEFT JOIN category AS c ON c.id = s.category_id WHERE s.policy_id = p.id))::text AS policy
FROM sla_policy AS p LEFT JOIN account ON account.id = p.made_by
WHERE p.city_id = $1 ORDER BY p.effective_from DESC
"""


async def read_policies(city: int, now: datetime) -> list[PolicyListed]:
    """Newest first."""
    found = [msgspec.json.decode(row["policy"], type=PolicyListed) for row in await DB.fetch(POLICIES, city)]
    in_force = next((policy.version for policy in found if policy.effective_from <= now), None)
    return [msgspec.structs.replace(policy, in_force=policy.version == in_force) for policy in found]


def planned(new: NewPolicy, city: City, now: datetime) -> Policy:
    """As it would stand in the book. Raises FieldRefused."""
    soonest = now + SOONEST
    if new.effective_from is not None and new.effective_from < soonest:
        raise FieldRefused("effective_from", "policy-too-soon", minutes=int(SOONEST.total_seconds() // 60))
    low, middle, high = new.escalate_at
    if not low < middle < high:
        raise FieldRefused("escalate_at", "policy-levels")
    promises = tuple(_promise(one, n, new.source, city) for n, one in enumerate(new.promises))
    if len({(one.clock, one.category_id, one.resolve_class) for one in promises}) < len(promises):
        raise FieldRefused("promises", "policy-twice")
    return Policy(
        version=0,
        name=new.name,
        source=new.source,
        effective_from=new.effective_from or soonest,
        promises=promises,
        escalate_at=new.escalate_at,
    )


def _promise(body: PromiseBody, place: int, source: str, city: City) -> PolicyPromise:
    keys = {category.key: category.id for category in city.every_category.values()}
    if body.category is not None and body.category not in keys:
        raise FieldRefused(f"promises.{place}.category", "entry-unknown", entry=body.category)
    if body.resolve_class is not None and (body.category is not None or body.clock not in PER_CLASS):
        raise FieldRefused(f"promises.{place}.resolve_class", "policy-class")
    return PolicyPromise(
        clock=body.clock,
        days=body.days,
        source=body.source or source,
        category_id=keys.get(body.category or ""),
        resolve_class=body.resolve_class,
        extension_days=body.extension_days,
    )


def effects(new: Policy, city: City) -> list[Effect]:
    """Against what would be in force at its moment without it."""
    old = policy_at(city.policies, new.effective_from)
    found: list[Effect] = []
    for category in city.categories.values():
        for clock in CLOCKS:
            before, after = (policy.promise(clock, category.resolve_class, category.id) for policy in (old, new))
            if _differs(before, after):
                found.append(Effect(category.key, clock, before.days, after.days, after.source))
    return found


CLOCKS: tuple[Clock, ...] = (
    *("verify", "respond", "resolve", "confirm", "needs_info"),
    *("information_request", "objection", "objection_answer", "ombudsman"),
)


def _differs(before: Promise, after: Promise) -> bool:
    return (before.days, before.extension_days) != (after.days, after.extension_days)


MAKE = """
WITH made AS (
    INSERT INTO sla_policy (city_id, version, name, source, effective_from, made_at, made_by, escalate_at)
    SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5, $6, $7::smallint[] FROM sla_policy WHERE city_id = $1
    RETURNING id, version
), said AS (
    INSERT INTO sla_promise (city_id, policy_id, clock, category_id, resolve_class, days, extension_days, source)
    SELECT $1, made.id, p.clock, p.category_id, p.resolve_class, p.days, p.extension_days, p.source
    FROM made, jsonb_to_recordset($8::jsonb) AS p (clock text, category_id int, resolve_class text, days smallint,
        extension_days smallint, source text)
)
SELECT version FROM made
"""


async def make_policy(new: Policy, city: City, author: Author) -> PolicyListed:
    """Raises FieldRefused."""
    async with DB.transaction():
        await DB.fetch(LOCK, city.id)
        if any(policy.effective_from == new.effective_from for policy in await read_policies(city.id, author.now)):
            raise FieldRefused("effective_from", "policy-same-moment")
        said = msgspec.json.encode(new.promises).decode()
        facts = (new.name, new.source, new.effective_from, author.now, author.account, list(new.escalate_at), said)
        version: int = (await DB.fetch(MAKE, city.id, *facts))[0]["version"]
        (made,) = [policy for policy in await read_policies(city.id, author.now) if policy.version == version]
        await record(city.id, author, "sla_policy", str(version), (None, made))
    return made
