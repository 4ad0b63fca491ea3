"""Google's keys: asked for seldom, and once for all who wait."""

import asyncio
from collections.abc import Iterator

import pytest

from push.firebase_keys import PAUSE_S, FirebaseKeys, KeysUnavailable, kept_s, read_certificates
from tests.peers.google_keys import MAX_AGE_S, GoogleKeys, start_google_keys
from tests.people import Clock


@pytest.fixture(scope="module")
def double() -> Iterator[GoogleKeys]:
    with start_google_keys() as double:
        yield double


@pytest.fixture
def google(double: GoogleKeys) -> GoogleKeys:
    double.reset()
    return double


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(google: GoogleKeys, clock: Clock) -> FirebaseKeys:
    return FirebaseKeys(google.url, ca=google.ca_path, monotonic=lambda: clock().timestamp())


async def test_all_who_wait_ask_once(keys: FirebaseKeys, google: GoogleKeys):
    found = await asyncio.gather(*(keys.key("first") for _ in range(20)))
    assert all(found)
    assert google.asked == 1


async def test_keys_are_kept_as_long_as_google_says(keys: FirebaseKeys, google: GoogleKeys, clock: Clock):
    await keys.key("first")
    clock.passes(seconds=MAX_AGE_S - 1)
    await keys.key("first")
    assert google.asked == 1
    clock.passes(seconds=1)
    await keys.key("first")
    assert google.asked == 2


async def test_a_new_key_is_found_and_an_invented_one_asks_google_once_a_minute(
    keys: FirebaseKeys, google: GoogleKeys, clock: Clock
):
    await keys.key("first")
    google.rotate("second")
    clock.passes(seconds=PAUSE_S)
    assert await keys.key("second")
    assert await keys.key("first") is None
    assert [await keys.key(f"karangan-{n}") for n in range(20)] == [None] * 20
    assert google.asked == 2


async def test_while_google_is_silent_the_keys_go_on_for_a_day(keys: FirebaseKeys, google: GoogleKeys, clock: Clock):
    await keys.key("first")
    google.fail(503)
    clock.passes(hours=24)
    assert await keys.key("first")
    clock.passes(hours=2)
    with pytest.raises(KeysUnavailable):
        await keys.key("first")
    google.fail(200)
    clock.passes(seconds=PAUSE_S)
    assert await keys.key("first")


async def test_without_keys_google_is_asked_once_a_minute(keys: FirebaseKeys, google: GoogleKeys):
    google.fail(500)
    for _ in range(5):
        with pytest.raises(KeysUnavailable):
            await keys.key("first")
    assert google.asked == 1


@pytest.mark.parametrize(
    ("header", "seconds"), [("", 300), ("no-store", 300), ("public, max-age=22300", 22300), ("max-age=99999999", 86400)]
)
def test_how_long_keys_are_kept(header: str, seconds: float):
    assert kept_s(header) == seconds


@pytest.mark.parametrize("content", [b"{}", b"[]", b'{"a": "bukan sertifikat"}', b"{"])
def test_what_is_no_list_of_certificates_is_refused(content: bytes):
    with pytest.raises(ValueError):  # noqa: PT011  # msgspec's error is one of these
        read_certificates(content)
