"""Once a day, together."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from push import digest, inbox, preferences
from push.preferences import Preferences, digest_after
from tests.push.factories import a_notice, a_phone, states

FOLLOWED = Preferences(digest=frozenset({"report.followed"}))


def at(hour: int, day: int = 2, zone: str = "Asia/Jakarta") -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=ZoneInfo(zone))


async def digests(recipient: int = 7) -> list[int]:
    items = (await inbox.page(recipient, 0, 100, at(19, 9))).items
    return [item.params["count"] for item in items if item.kind == digest.KIND]


async def test_what_comes_together_rings_once_in_the_evening():
    await a_phone(7)
    await preferences.wish(7, FOLLOWED, at(8))
    for hour in (9, 10, 11):
        await a_notice(7, kind="report.followed", now=at(hour))
    assert await states() == []
    assert await digest.tell_due(at(17)) == 0
    assert await digest.tell_due(at(18)) == 1
    assert (await digests(), await states()) == ([3], ["pending"])
    assert await digest.tell_due(at(18)) == 0


async def test_a_day_without_news_is_silent():
    await preferences.wish(7, FOLLOWED, at(8))
    await a_notice(7, kind="report.changed", now=at(9))
    assert await digest.tell_due(at(18)) == 1
    assert await digests() == []


async def test_what_was_read_already_is_no_news():
    await preferences.wish(7, FOLLOWED, at(8))
    mid = await a_notice(7, kind="report.followed", now=at(9))
    await inbox.seen(7, [mid], at(10))
    await digest.tell_due(at(18))
    assert await digests() == []


async def test_each_day_counts_its_own():
    await preferences.wish(7, FOLLOWED, at(8))
    for day in (2, 3):
        await a_notice(7, kind="report.followed", now=at(9, day))
        await digest.tell_due(at(18, day))
    assert await digests() == [1, 1]


async def test_after_days_without_a_worker_there_is_one():
    await preferences.wish(7, FOLLOWED, at(8))
    await a_notice(7, kind="report.followed", now=at(9))
    assert await digest.tell_due(at(20, 5)) == 1
    assert await digest.tell_due(at(20, 5)) == 0
    assert await digest.tell_due(at(18, 6)) == 1


async def test_without_the_wish_there_is_none():
    await preferences.wish(7, FOLLOWED, at(8))
    await preferences.wish(7, Preferences(), at(9))
    assert await digest.tell_due(at(18)) == 0


@pytest.mark.parametrize(
    ("now", "zone", "next_at"),
    [
        (at(17), "Asia/Jakarta", at(18)),
        (at(18), "Asia/Jakarta", at(18, 3)),
        (at(17), "Asia/Jayapura", at(18, 3, "Asia/Jayapura")),
    ],
)
def test_the_evening_is_that_of_the_zone(now: datetime, zone: str, next_at: datetime):
    assert digest_after(now, zone) == next_at
    assert timedelta() < digest_after(now, zone) - now <= timedelta(days=1)
