from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from push import inbox, preferences
from push.delivery import Deliverer
from push.fcm import FcmSender
from push.ledger import Notification
from push.preferences import PreferenceRefused, Preferences, Quiet, awake_at
from push.sender import Text
from tests.peers.fcm import FcmDouble
from tests.push.factories import NOW, a_deliverer, a_notice, a_phone, deliveries, states

NIGHT = Quiet(time(22), time(6), "Asia/Jakarta")
NOON = Quiet(time(12), time(13, 30), "Asia/Jakarta")
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")


def at(hour: int, minute: int = 0, day: int = 2, zone: str = "Asia/Jakarta") -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("quiet", "now", "awake"),
    [
        (NIGHT, at(21, 59), at(21, 59)),
        (NIGHT, at(22), at(6, day=3)),
        (NIGHT, at(23, 59), at(6, day=3)),
        (NIGHT, at(0), at(6)),
        (NIGHT, at(5, 59), at(6)),
        (NIGHT, at(6), at(6)),
        (NOON, at(11, 59), at(11, 59)),
        (NOON, at(12), at(13, 30)),
        (NOON, at(13, 30), at(13, 30)),
    ],
)
def test_quiet_hours_end_when_they_say(quiet: Quiet, now: datetime, awake: datetime):
    assert awake_at(quiet, now) == awake


def test_each_citys_clock_counts():
    now = at(21, 30, zone="Asia/Jakarta")  # 23:30 in Jayapura
    assert awake_at(Quiet(time(22), time(6), "Asia/Jakarta"), now) == now
    assert awake_at(Quiet(time(22), time(6), "Asia/Jayapura"), now) == at(6, day=3, zone="Asia/Jayapura")


@given(
    st.integers(0, 10 * 365 * 86400).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    st.times().filter(lambda clock: clock != time(6)),
    st.sampled_from(ZONES),
)
def test_nobody_waits_a_day_nor_wakes_in_quiet_hours(now: datetime, begins: time, zone: str):
    quiet = Quiet(begins, time(6), zone)
    awake = awake_at(quiet, now)
    assert timedelta() <= awake - now < timedelta(days=1)
    assert awake_at(quiet, awake) == awake


@pytest.mark.parametrize(
    ("wishes", "reason"),
    [
        (Preferences(quiet=Quiet(time(22), time(6), "Asia/Depok")), "zone"),
        (Preferences(quiet=Quiet(time(22), time(6), "../etc/passwd")), "zone"),
        (Preferences(quiet=Quiet(time(22), time(6), "Asia")), "zone"),
        (Preferences(quiet=Quiet(time(22), time(6), "")), "zone"),
        (Preferences(quiet=Quiet(time(22), time(22), "Asia/Jakarta")), "hours"),
        (Preferences(quiet=Quiet(time(22, tzinfo=UTC), time(6), "Asia/Jakarta")), "hours"),
        (Preferences(frozenset({""})), "kinds"),
        (Preferences(frozenset({"x" * 101})), "kinds"),
        (Preferences(frozenset(map(str, range(101)))), "kinds"),
    ],
)
async def test_wishes_that_mean_nothing_are_refused(wishes: Preferences, reason: str):
    with pytest.raises(PreferenceRefused) as refused:
        await preferences.wish(7, wishes, NOW)
    assert refused.value.reason == reason
    assert await preferences.wished(7) == Preferences()


async def test_the_last_wishes_count():
    first = Preferences(frozenset({"a", "b"}), NIGHT)
    second = Preferences(frozenset({"b", "c"}), NOON)
    for wishes in (first, second, second, Preferences(), first):
        await preferences.wish(7, wishes, NOW)
        assert await preferences.wished(7) == wishes
    assert await preferences.wished(8) == Preferences()


async def test_a_kind_for_the_inbox_only_is_sent_nowhere():
    await a_phone(7)
    await preferences.wish(7, Preferences(frozenset({"report.changed"})), NOW)
    await a_notice(7, kind="report.changed")
    await a_notice(7, kind="report.received")
    assert [row["rev"] for row in await deliveries()] == [1]
    assert [item.kind for item in (await inbox.page(7, 0, 10, NOW)).items] == ["report.changed", "report.received"]


async def test_another_ones_wishes_change_nothing():
    await a_phone(7)
    await preferences.wish(8, Preferences(frozenset({"report.changed"})), NOW)
    await a_notice(7)
    assert await states() == ["pending"]


async def test_in_quiet_hours_a_message_waits_for_their_end(fcm: FcmDouble, sender: FcmSender):
    await a_phone(7, "ok-1")
    await preferences.wish(7, Preferences(quiet=NIGHT), NOW)
    await a_notice(7, now=at(23))
    await a_deliverer(sender).deliver_due(at(23))
    [row] = await deliveries()
    assert (row["state"], row["code"], row["attempts"]) == ("pending", "QUIET_HOURS", 0)
    assert at(6, day=3) <= row["not_before"] <= at(6, 1, day=3)
    await a_deliverer(sender).deliver_due(at(6, 1, day=3))
    assert await states() == ["delivered"]
    assert len(fcm.accepted()) == 1


async def test_what_is_urgent_comes_in_quiet_hours_too(fcm: FcmDouble, sender: FcmSender):
    def render(notification: Notification) -> Text:
        return Text(title="Darurat", body="", is_urgent=True)

    await a_phone(7, "ok-1")
    await preferences.wish(7, Preferences(quiet=NIGHT), NOW)
    await a_notice(7, now=at(23))
    await Deliverer({"fcm": sender}, render, patience_s=60).deliver_due(at(23))
    assert await states() == ["delivered"]


async def test_of_what_changed_twice_overnight_only_the_last_is_sent(fcm: FcmDouble, sender: FcmSender):
    await a_phone(7, "ok-1")
    await preferences.wish(7, Preferences(quiet=NIGHT), NOW)
    mid = await a_notice(7, now=at(22, 30))
    subject = (await inbox.page(7, 0, 10, NOW)).items[0].subject
    await a_deliverer(sender).deliver_due(at(22, 30))
    last = await a_notice(7, subject, rev=2, now=at(23))
    await a_deliverer(sender).deliver_due(at(23))
    await a_deliverer(sender).deliver_due(at(6, 1, day=3))
    assert mid != last
    assert [accepted.mid for accepted in fcm.accepted()] == [str(last)]
