"""Which number a clock is promised: the version in force when it started, and what that version says of the matter."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import asyncpg
import pytest

from api.cities.book import CityBook
from api.cities.promises import NATIONAL, Policy, PolicyPromise, policy_at
from api.piccolo_conf import DB
from tests.cities.factories import a_small_city

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)


def a_policy(*promises: PolicyPromise, version: int = 1, effective_from: datetime = NOW) -> Policy:
    return Policy(
        version=version, name=f"v{version}", source="Perwal 9/2026", effective_from=effective_from, promises=promises
    )


def days(clock, number, **of):
    return PolicyPromise(clock=clock, days=number, source="Perwal 9/2026", **of)


def test_before_the_first_version_the_national_numbers_count():
    assert policy_at([a_policy()], NOW - timedelta(seconds=1)) is NATIONAL
    assert NATIONAL.promise("resolve", "oversight", 1).days == 60


def test_a_version_counts_from_its_moment_until_the_next_one():
    first, second = a_policy(), a_policy(version=2, effective_from=NOW + timedelta(days=7))
    moments = [NOW - timedelta(days=1), NOW, NOW + timedelta(days=6), NOW + timedelta(days=7)]
    assert [policy_at([first, second], moment).version for moment in moments] == [0, 1, 1, 2]


def test_the_category_goes_before_its_class_and_the_class_before_all():
    policy = a_policy(days("resolve", 9), days("resolve", 7, resolve_class="minor"), days("resolve", 1, category_id=4))
    found = [policy.promise("resolve", *of).days for of in (("normative", 3), ("minor", 3), ("minor", 4))]
    assert found == [9, 7, 1]
    assert policy.promise("resolve", "minor", 4).source == "Perwal 9/2026"


def test_what_a_version_does_not_name_stays_national():
    policy = a_policy(days("verify", 1))
    assert policy.promise("respond", "minor", 1) == NATIONAL.promise("respond", "minor", 1)
    assert policy.promise("ombudsman", "minor", 1).unit == "calendar_days"


POLICY = """
WITH made AS (
    INSERT INTO sla_policy (city_id, version, name, source, effective_from, made_at)
    VALUES ($1, $2, 'v', 'Perwal', $3, $3) RETURNING id
)
INSERT INTO sla_promise (city_id, policy_id, clock, days, source) SELECT $1, id, 'verify', $4, 'Perwal' FROM made
"""


async def test_the_book_carries_the_versions_oldest_first():
    city_id = await a_small_city()
    await DB.fetch(POLICY, city_id, 2, NOW + timedelta(days=1), 1)
    await DB.fetch(POLICY, city_id, 1, NOW, 2)
    city = await CityBook(DB).city_of("32.76")
    assert city is not None
    assert all(a.effective_from < b.effective_from for a, b in pairwise(city.policies))
    assert [policy.promises[0].days for policy in city.policies] == [2, 1]
    assert city.policies[0].escalate_at == (75, 100, 200)


async def test_a_version_is_never_rewritten():
    await DB.fetch(POLICY, await a_small_city(), 1, NOW, 2)
    for rewriting in ("UPDATE sla_policy SET effective_from = now()", "UPDATE sla_promise SET days = 9"):
        with pytest.raises(asyncpg.RaiseError, match="make a new one"):
            await DB.fetch(rewriting)
