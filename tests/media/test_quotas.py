from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from api.piccolo_conf import DB
from media.capacity import LOOK_EVERY, Capacity
from media.errors import IntakeFull, PhotoQuotaExceeded
from media.photos import expect
from media.spool import Spool
from tests.media.factories import NOW, OWNER, an_expected_photo, announced

PER_HOUR = 120
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def announce(
    count: int, *, size: int = 1000, owner: int = OWNER, later: timedelta = timedelta(), device: UUID | None = None
) -> None:
    photos = [announced(bytes([number % 256]) * 10) for number in range(count)]
    sized = [type(photo)(id=photo.id, size=size, type=photo.type, sha256=photo.sha256) for photo in photos]
    async with DB.transaction():
        await expect(sized, owner, NOW + later, device)


async def test_photos_of_an_hour_are_counted_over_all_reports() -> None:
    await announce(PER_HOUR - 1)
    await announce(1)
    with pytest.raises(PhotoQuotaExceeded) as exceeded:
        await announce(1)
    assert (exceeded.value.window, exceeded.value.retry_after_s) == ("hour", 3600)


async def test_the_next_hour_and_another_account_are_free() -> None:
    await announce(PER_HOUR)
    await announce(PER_HOUR, later=HOUR)
    await announce(PER_HOUR, owner=OWNER + 1)


async def test_bytes_of_a_day_are_counted_over_all_hours() -> None:
    for hour in range(4):
        await announce(10, size=12_000_000, later=hour * HOUR)
    with pytest.raises(PhotoQuotaExceeded) as exceeded:
        await announce(2, size=12_000_000, later=5 * HOUR)
    assert exceeded.value.window == "day"
    assert exceeded.value.retry_after_s == (DAY - timedelta(hours=13)).total_seconds()
    await announce(2, size=12_000_000, later=DAY)


async def test_what_was_refused_is_not_counted() -> None:
    await announce(PER_HOUR - 1)
    with pytest.raises(PhotoQuotaExceeded):
        await announce(2)
    await announce(1)
    assert (await DB.fetch("SELECT count(*) AS n FROM photo"))[0]["n"] == PER_HOUR


async def test_a_nearly_full_disk_takes_no_new_photos(spool: Spool) -> None:
    with pytest.raises(IntakeFull):
        await Capacity(spool, keep_free_bytes=1 << 62).check(NOW)
    await Capacity(spool, keep_free_bytes=0).check(NOW)


async def test_a_long_queue_takes_no_new_photos_until_it_is_shorter(spool: Spool) -> None:
    capacity = Capacity(spool, keep_free_bytes=0, most_waiting=2)
    for _ in range(3):
        await an_expected_photo()
    await capacity.check(NOW)
    await DB.fetch("UPDATE photo SET state = 'uploaded', uploaded_at = $1", NOW)
    await capacity.check(NOW + LOOK_EVERY / 2)  # it does not look at each report
    with pytest.raises(IntakeFull):
        await capacity.check(NOW + LOOK_EVERY)
    await DB.fetch("UPDATE photo SET state = 'ready'")
    await capacity.check(NOW + 2 * LOOK_EVERY)


async def test_one_device_has_half_of_its_account() -> None:
    phone, tablet = uuid4(), uuid4()
    await announce(PER_HOUR // 2, device=phone)
    with pytest.raises(PhotoQuotaExceeded):
        await announce(1, device=phone)
    await announce(PER_HOUR // 2, device=tablet)
    with pytest.raises(PhotoQuotaExceeded):
        await announce(1)


async def test_the_bytes_of_a_device_are_counted_by_day() -> None:
    phone = uuid4()
    await announce(20, size=12_000_000, device=phone)
    with pytest.raises(PhotoQuotaExceeded) as exceeded:
        await announce(1, size=12_000_000, later=HOUR, device=phone)
    assert exceeded.value.window == "day"
