import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from media.errors import KeyRefused, NotFound, StoreUnavailable, StoreUrlRefused
from media.store import DiskStore, Store, open_store, original_key, rendition_key
from tests.media.object_stores import MAKES, PRESENT, ObjectStore

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(params=["disk", "moving", *PRESENT])
def any_store(request: pytest.FixtureRequest, tmp_path: Path, object_stores: dict[str, ObjectStore]) -> Store:
    """The contract below holds for each kind of store."""
    if request.param == "disk":
        return open_store((tmp_path / "any store").as_uri())
    if request.param == "moving":
        return open_store(f"{(tmp_path / 'new').as_uri()} {(tmp_path / 'old').as_uri()}")
    return open_store(object_stores[request.param].url())


def test_in_ci_the_contract_runs_on_every_make_of_s3() -> None:
    assert not os.environ.get("CI") or set(PRESENT) == set(MAKES)


async def test_what_was_put_is_got(any_store: Store) -> None:
    await any_store.put(rendition_key(KEY, 640), b"a photo")
    assert await any_store.get(rendition_key(KEY, 640)) == b"a photo"


async def test_nothing_is_content_too(any_store: Store) -> None:
    await any_store.put("empty", b"")
    assert await any_store.get("empty") == b""


async def test_putting_again_replaces(any_store: Store) -> None:
    await any_store.put("photo/ab", b"first")
    await any_store.put("photo/ab", b"second")
    assert await any_store.get("photo/ab") == b"second"


async def test_what_is_not_there_is_not_found(any_store: Store) -> None:
    with pytest.raises(NotFound) as missing:
        await any_store.get("photo/ab/none")
    assert missing.value.key == "photo/ab/none"
    assert await any_store.stat("photo/ab/none") is None


async def test_deleting_twice_is_the_same_as_once(any_store: Store) -> None:
    await any_store.put("photo/ab", b"content")
    await any_store.delete("photo/ab")
    await any_store.delete("photo/ab")
    await any_store.delete("folder/that/never/was")
    assert await any_store.stat("photo/ab") is None


async def test_size_and_age_are_told(any_store: Store) -> None:
    await any_store.put("photo/ab", b"12345")
    stat = await any_store.stat("photo/ab")
    assert stat is not None
    assert stat.size == 5
    assert abs(stat.stored_at - datetime.now(UTC)) < timedelta(hours=1)


async def test_the_walk_finds_every_key_with_the_prefix(any_store: Store) -> None:
    keys = {f"photo/{number % 7}/{number}" for number in range(600)}
    await asyncio.gather(*(any_store.put(key, b"") for key in keys | {"original/1/1"}))
    assert {key async for key in any_store.walk("photo/")} == keys
    assert {key async for key in any_store.walk()} == keys | {"original/1/1"}
    assert {key async for key in any_store.walk("none")} == set()


@pytest.mark.parametrize(
    "key",
    [
        *("", "/etc/passwd", "../secret", "photo/../../secret", "photo//ab", "photo/.hidden", "photo/ab/"),
        *("photo/ab\0", "photo\\ab", "a\n", "A", "é", "a" * 201),
    ],
)
async def test_a_key_names_nothing_outside(any_store: Store, key: str) -> None:
    for refused in (any_store.put(key, b""), any_store.get(key), any_store.stat(key), any_store.delete(key)):
        with pytest.raises(KeyRefused):
            await refused


async def test_a_reader_never_sees_a_part(any_store: Store) -> None:
    contents = {bytes([number]) * 300_000 for number in range(4)}
    await any_store.put("photo/ab", next(iter(contents)))
    read, *_ = await asyncio.gather(
        asyncio.gather(*(any_store.get("photo/ab") for _ in range(20))),
        *(any_store.put("photo/ab", content) for content in contents),
    )
    assert set(read) <= contents


async def test_two_photos_share_no_key() -> None:
    keys = {rendition_key(KEY, size) for size in (1600, 640, 160)} | {original_key(KEY)}
    assert len(keys) == 4


async def test_a_disk_that_refuses_is_unavailable(store: DiskStore) -> None:
    (store.root / "photo").write_bytes(b"a file where a folder should be")
    with pytest.raises(StoreUnavailable):
        await store.put("photo/ab", b"content")
    assert list(store.unfinished.iterdir()) == []


def test_a_place_that_cannot_be_a_store_is_told_at_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable):
        open_store((tmp_path / "file").as_uri())


@pytest.mark.parametrize(
    "url",
    [
        *("http://key:hush@host/", "/var/photos", "", "file://host/x", "file:x"),
        *("s3://host/bucket", "s3://key:hush@host:9000", "s3://key:hush@host:9000/bucket/folder"),
        *("s3://key:hush@host:port/bucket", "s3://key:hush@host/bucket?secure=no", "s3://key:hush@host/Bad_Name"),
        *("s3://key:hush@/bucket", "s3://key:hush@host/bucket?secret=2", "s3://key@host/bucket"),
    ],
)
def test_an_url_of_no_known_store_is_refused_without_its_secrets(url: str) -> None:
    with pytest.raises(StoreUrlRefused) as refused:
        open_store(url)
    assert "hush" not in str(refused.value)


def test_what_a_killed_process_left_unfinished_goes_after_an_hour(store: DiskStore) -> None:
    fresh, old = store.unfinished / "fresh", store.unfinished / "old"
    fresh.write_bytes(b"half")
    old.write_bytes(b"half")
    two_hours_ago = old.stat().st_mtime - 7200
    os.utime(old, (two_hours_ago, two_hours_ago))
    DiskStore(store.root)
    assert list(store.unfinished.iterdir()) == [fresh]


def test_photos_are_not_readable_by_others(store: DiskStore) -> None:
    assert store.root.stat().st_mode & 0o077 == 0
