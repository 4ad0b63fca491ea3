from datetime import timedelta
from uuid import uuid4

from push import inbox, sweep
from tests.push.factories import NOW, a_notice


async def test_an_item_carries_what_was_told():
    subject = uuid4()
    mid = await a_notice(7, subject, rev=4, kind="report.changed", params={"state": "verified", "days": [1, 2]})
    [item] = (await inbox.page(7, 0, 10, NOW)).items
    assert item == inbox.Item(
        mid=mid,
        kind="report.changed",
        subject=subject,
        rev=4,
        params={"state": "verified", "days": [1, 2]},
        created_at=NOW,
        seen_at=None,
    )


async def test_pages_follow_each_other_without_gap_or_repetition():
    mids = [await a_notice(7, rev=rev) for rev in range(1, 6)]
    await a_notice(8)
    first = await inbox.page(7, 0, 3, NOW)
    second = await inbox.page(7, first.next, 3, NOW)
    third = await inbox.page(7, second.next, 3, NOW)
    assert [item.mid for item in first.items + second.items] == mids
    assert (first.is_last, second.is_last) == (False, True)
    assert (third.items, third.next) == ((), second.next)


async def test_seen_is_counted_once_and_keeps_its_first_time():
    mids = [await a_notice(7), await a_notice(7)]
    assert await inbox.seen(7, mids[:1], NOW) == 1
    assert await inbox.seen(7, mids[:1], NOW + timedelta(hours=1)) == 0
    page = await inbox.page(7, 0, 10, NOW)
    assert page.unread == 1
    assert page.items[0].seen_at == NOW


async def test_nobody_sees_for_another():
    mid = await a_notice(7)
    assert await inbox.seen(8, [mid], NOW) == 0
    assert (await inbox.page(8, 0, 10, NOW)).items == ()
    assert await inbox.unread(7, NOW) == 1


async def test_no_mids_are_no_error():
    assert await inbox.seen(7, [], NOW) == 0


async def test_after_thirty_days_an_item_is_gone_and_no_longer_unread():
    await a_notice(7)
    young, old = NOW + timedelta(days=29), NOW + timedelta(days=30, seconds=1)
    assert len((await inbox.page(7, 0, 10, young)).items) == 1
    assert (await inbox.page(7, 0, 10, old)).items == ()
    assert await inbox.unread(7, old) == 0


async def test_what_a_hasty_clock_has_emptied_is_no_item_any_more():
    """The worker's clock is a second ahead of the API's: between them lie notices without facts."""
    await a_notice(7)
    await sweep.sweep(NOW + inbox.KEPT_FOR + timedelta(seconds=1))
    page = await inbox.page(7, 0, 10, NOW + inbox.KEPT_FOR - timedelta(seconds=1))
    assert (page.items, page.is_last) == ((), True)
