"""What telling somebody writes, in the caller's transaction."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from api.piccolo_conf import DB
from push import inbox
from tests.push.factories import NOW, a_notice, a_phone, deliveries, states


async def test_a_notice_is_one_inbox_row_and_one_delivery_for_each_phone():
    await a_phone(7, "first")
    await a_phone(7, "second", "fid")
    await a_phone(8, "another's")
    mid = await a_notice(7)
    assert [(row["mid"], row["reached"], row["kind"]) for row in await deliveries()] == [
        (mid, "first", "fcm"),
        (mid, "second", "fid"),
    ]


async def test_the_same_notice_again_is_the_same_notice():
    await a_phone(7)
    subject = uuid4()
    first = await a_notice(7, subject, params={"state": "verified"})
    again = await a_notice(7, subject, params={"state": "verified"})
    assert first == again
    assert len(await deliveries()) == 1


async def test_a_newer_revision_supersedes_what_was_not_sent():
    await a_phone(7)
    subject = uuid4()
    await a_notice(7, subject, rev=1)
    await a_notice(7, uuid4(), rev=1)
    await a_notice(7, subject, rev=2)
    assert await states() == ["superseded", "pending", "pending"]


async def test_another_recipient_is_still_told_the_older_revision():
    await a_phone(7, "one")
    await a_phone(8, "two")
    subject = uuid4()
    await a_notice(7, subject, rev=1)
    await a_notice(8, subject, rev=2)
    assert await states() == ["pending", "pending"]


async def test_a_transaction_that_fails_tells_nobody():
    await a_phone(7)

    async def fail() -> None:
        async with DB.transaction():
            await a_notice(7)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await deliveries() == []
    assert (await inbox.page(7, 0, 10, NOW)).items == ()


async def test_somebody_without_a_phone_is_told_in_the_inbox():
    mid = await a_notice(7)
    assert await deliveries() == []
    assert [item.mid for item in (await inbox.page(7, 0, 10, NOW)).items] == [mid]


async def test_the_function_serves_one_statement_of_the_caller():
    await a_phone(7)
    rows = await DB.fetch(
        "WITH told AS MATERIALIZED (SELECT push_notify(7, $1, 1, 'report.changed', '{}', $2, $3) AS mid)"
        " SELECT mid FROM told",
        uuid4(),
        NOW,
        timedelta(days=1),
    )
    assert rows[0]["mid"] == (await deliveries())[0]["mid"]


async def test_no_notice_can_appear_behind_a_cursor():
    """A transaction that told first and commits last holds up the others of the same inbox."""
    first_told, may_commit = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with DB.transaction():
            await a_notice(7)
            first_told.set()
            await may_commit.wait()

    slow_one = asyncio.create_task(slow())
    await first_told.wait()
    quick_one = asyncio.create_task(a_notice(7))
    await a_notice(8)  # another inbox is not held up
    page = await inbox.page(7, 0, 10, NOW)
    may_commit.set()
    await asyncio.gather(slow_one, quick_one)
    assert page.items == ()
    assert len((await inbox.page(7, page.next, 10, NOW)).items) == 2
