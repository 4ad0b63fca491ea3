import asyncio
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.media_commands import ALONE, media
from api.piccolo_conf import DB
from media.errors import CopyDiffers, NotFound, SameStore, StoreUnavailable
from media.moving import Moved, MovingStore, move
from media.store import DiskStore, open_store
from tests.media.object_stores import PRESENT, ObjectStore

KEYS = [f"photo/ab/{number:02}" for number in range(20)]


@pytest.fixture
async def old(tmp_path: Path) -> DiskStore:
    store = DiskStore(tmp_path / "old")
    for key in KEYS:
        await store.put(key, key.encode())
    return store


@pytest.fixture
def new(tmp_path: Path) -> DiskStore:
    return DiskStore(tmp_path / "new")


async def test_all_photos_are_copied_and_counted(old: DiskStore, new: DiskStore) -> None:
    steps: list[tuple[int, int]] = []
    moved = await move(old, new, step=lambda done, total: steps.append((done, total)))
    assert moved == Moved(copied=20, bytes=sum(map(len, KEYS)))
    assert {key async for key in new.walk()} == {key async for key in old.walk()} == set(KEYS)
    assert steps[-1] == (20, 20)


async def test_a_second_run_compares_and_copies_only_what_is_missing(old: DiskStore, new: DiskStore) -> None:
    await move(old, new)
    await new.delete(KEYS[3])
    assert await move(old, new) == Moved(copied=1, present=19, bytes=len(KEYS[3]))


async def test_what_the_service_wrote_into_the_new_store_stays(old: DiskStore, new: DiskStore) -> None:
    await new.put(KEYS[0], b"rendered again")
    assert (await move(old, new)).newer == 1
    assert await new.get(KEYS[0]) == b"rendered again"


async def test_the_trace_of_a_move_that_was_killed_is_taken_away(old: DiskStore, new: DiskStore) -> None:
    for store in (old, new):
        await store.put("moving-0123456789abcdef", b"")
    await move(old, new)
    assert {key async for key in new.walk()} == {key async for key in old.walk()} == set(KEYS)


async def test_the_old_store_is_emptied_only_when_told(old: DiskStore, new: DiskStore) -> None:
    await move(old, new, remove=True)
    assert [key async for key in old.walk()] == []
    assert await new.get(KEYS[0]) == KEYS[0].encode()


async def test_one_store_under_two_addresses_is_not_moved_into_itself(old: DiskStore, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(old.root)
    with pytest.raises(SameStore):
        await move(old, DiskStore(tmp_path / "alias"), remove=True)
    assert {key async for key in old.walk()} == set(KEYS)


class LyingStore(DiskStore):
    """Keeps something else than it was given."""

    async def put(self, key: str, content: bytes) -> None:
        await super().put(key, content[:-1])


async def test_a_store_that_keeps_something_else_is_found_out(old: DiskStore, tmp_path: Path) -> None:
    with pytest.raises(CopyDiffers):
        await move(old, LyingStore(tmp_path / "new"), remove=True)
    assert await old.get(KEYS[0]) == KEYS[0].encode()


class DeletedMeanwhile(DiskStore):
    """A photo is hidden, and deleted everywhere, while its copy is written."""

    other: DiskStore

    async def put(self, key: str, content: bytes) -> None:
        if key == KEYS[5]:
            await MovingStore(self, self.other).delete(key)
        await super().put(key, content)


async def test_what_was_deleted_meanwhile_does_not_come_back(old: DiskStore, tmp_path: Path) -> None:
    new = DeletedMeanwhile(tmp_path / "new")
    new.other = old
    assert (await move(old, new)).gone == 1
    assert await new.stat(KEYS[5]) is None


async def test_nothing_is_missed_while_photos_are_moved(old: DiskStore, new: DiskStore) -> None:
    both = MovingStore(new, old)
    moving = asyncio.ensure_future(move(old, new, remove=True))
    reads = 0
    while not moving.done():
        for key in KEYS:
            assert await both.get(key) == key.encode()
            reads += 1
    assert reads >= len(KEYS)
    assert (await moving).copied == 20


async def test_writes_go_to_the_new_store_and_deletes_to_both(old: DiskStore, new: DiskStore) -> None:
    both = MovingStore(new, old)
    await both.put("photo/cd", b"new")
    assert await old.stat("photo/cd") is None
    await both.delete(KEYS[0])
    with pytest.raises(NotFound):
        await both.get(KEYS[0])


@pytest.mark.parametrize("make", PRESENT)
async def test_a_move_that_was_killed_goes_on(
    make: str, old: DiskStore, object_stores: dict[str, ObjectStore], tmp_path: Path
) -> None:
    for number in range(300):
        await old.put(f"original/{number:03}", bytes(2000))
    url = object_stores[make].url()
    command = (sys.executable, "-m", "api", "media", "move", "--to", url)
    settings = {**os.environ, "MEDIA_URL": (tmp_path / "old").as_uri()}
    new = await asyncio.to_thread(open_store, url)
    killed = await asyncio.create_subprocess_exec(*command, env=settings, stdout=asyncio.subprocess.DEVNULL)
    while killed.returncode is None and not [key async for key in new.walk("original/")]:
        await asyncio.sleep(0.01)
    killed.kill()
    await killed.wait()
    again = await asyncio.create_subprocess_exec(*command, env=settings, stdout=asyncio.subprocess.PIPE)
    said, _ = await again.communicate()
    assert again.returncode == 0
    assert b"copied and compared" in said
    assert len({key async for key in new.walk()}) == 320


def test_the_old_store_is_not_emptied_while_the_service_reads_it_alone(tmp_path: Path) -> None:
    asked = CliRunner().invoke(
        media,
        ["move", "--to", (tmp_path / "new").as_uri(), "--remove"],
        env={"MEDIA_URL": (tmp_path / "old").as_uri()},
    )
    assert asked.exit_code == 2
    assert "begins with the new store" in asked.output


async def test_two_moves_at_once_are_refused(old: DiskStore, tmp_path: Path) -> None:
    holder = await DB.get_new_connection()
    try:
        assert await holder.fetchval(ALONE)
        asked = await asyncio.to_thread(
            CliRunner().invoke,
            media,
            ["move", "--to", (tmp_path / "new").as_uri()],
            env={"MEDIA_URL": (tmp_path / "old").as_uri()},
        )
    finally:
        await holder.close()
    assert asked.exit_code == 1
    assert "already" in asked.output


async def test_a_store_that_goes_away_ends_the_move_and_loses_nothing(old: DiskStore, new: DiskStore) -> None:
    (new.root / "photo").write_bytes(b"a file where a folder should be")
    with pytest.raises(StoreUnavailable):
        await move(old, new, remove=True)
    assert {key async for key in old.walk()} == set(KEYS)
