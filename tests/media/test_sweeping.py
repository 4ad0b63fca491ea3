import os
import sys
from asyncio import create_subprocess_exec, subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from api.piccolo_conf import DB
from media import photos
from media.errors import NotReady
from media.photos import open_rendition
from media.render import Renderer
from media.sandbox import Sandbox
from media.spool import Spool
from media.store import DiskStore
from media.sweeping import GRACE, UNFINISHED_AFTER, Sweep, Swept, give_up_unattached, give_up_unfinished
from media.uploads import Uploads
from tests.media.factories import NOW, OWNER, an_expected_photo, in_chunks

SOON = timedelta(minutes=1)
YEAR = timedelta(days=365)


@pytest.fixture
async def ready(store: DiskStore, spool: Spool, uploads: Uploads, sandbox: Sandbox) -> tuple[UUID, bytes]:
    photo_id, photo = await an_expected_photo()
    await uploads.put(photo_id, OWNER, in_chunks(photo), NOW)
    await Renderer(store, spool, sandbox, lambda: NOW).render_due()
    return photo_id, photo


async def state_of(photo_id: UUID) -> tuple[str, str | None]:
    found = (await photos.states([photo_id]))[0]
    return found.state, found.reason


def tomorrow() -> datetime:
    """By the file system's clock, which is the machine's."""
    return datetime.now(UTC) + GRACE + SOON


async def count(store: DiskStore) -> int:
    return len({key async for key in store.walk()})


async def test_an_upload_is_given_up_after_two_days(uploads: Uploads, spool: Spool) -> None:
    photo_id, photo = await an_expected_photo()
    await uploads.append(photo_id, OWNER, 0, in_chunks(photo[:100]), NOW)
    assert await give_up_unfinished(NOW + UNFINISHED_AFTER) == 0
    assert await give_up_unfinished(NOW + UNFINISHED_AFTER + SOON) == 1
    assert await state_of(photo_id) == ("swept", "unfinished")
    assert await uploads.tidy(NOW + UNFINISHED_AFTER + SOON) == 1
    assert list(spool.ids()) == []


async def test_a_dry_run_only_counts(uploads: Uploads) -> None:
    photo_id, _ = await an_expected_photo()
    assert await give_up_unfinished(NOW + UNFINISHED_AFTER + SOON, is_real=False) == 1
    assert await state_of(photo_id) == ("expected", None)


async def test_a_slow_phone_is_not_given_up_while_it_sends(uploads: Uploads) -> None:
    photo_id, photo = await an_expected_photo()
    await uploads.append(photo_id, OWNER, 0, in_chunks(photo[:100]), NOW)
    later = NOW + UNFINISHED_AFTER - SOON
    await uploads.append(photo_id, OWNER, 100, in_chunks(photo[100:200]), later)
    assert await give_up_unfinished(later + UNFINISHED_AFTER) == 0


async def test_a_phone_may_send_what_was_given_up(uploads: Uploads) -> None:
    photo_id, photo = await an_expected_photo()
    later = NOW + UNFINISHED_AFTER + SOON
    await give_up_unfinished(later)
    assert (await uploads.resume(photo_id, OWNER, later)).offset == 0
    await uploads.append(photo_id, OWNER, 0, in_chunks(photo[:100]), later)
    assert await give_up_unfinished(later + SOON) == 0
    await uploads.append(photo_id, OWNER, 100, in_chunks(photo[100:]), later)
    assert await state_of(photo_id) == ("uploaded", None)


async def test_an_unattached_photo_is_given_up_and_its_objects_go_a_day_later(
    ready: tuple[UUID, bytes], store: DiskStore, uploads: Uploads
) -> None:
    assert await give_up_unattached([ready[0]], NOW) == 1
    with pytest.raises(NotReady):
        await open_rendition(store, ready[0], 640)
    assert await Sweep(store, datetime.now(UTC), YEAR).run() == Swept(seen=4)
    assert await Sweep(store, tomorrow(), YEAR, is_real=False).run() == Swept(seen=4, renditions=3, originals=1)
    assert await count(store) == 4
    assert await Sweep(store, tomorrow(), YEAR).run() == Swept(seen=4, renditions=3, originals=1)
    assert await count(store) == 0


async def test_an_unattached_photo_that_is_sent_again_is_ready_again(
    ready: tuple[UUID, bytes], store: DiskStore, spool: Spool, uploads: Uploads, sandbox: Sandbox
) -> None:
    await give_up_unattached([ready[0]], NOW)
    await Sweep(store, tomorrow(), YEAR).run()
    await uploads.put(ready[0], OWNER, in_chunks(ready[1]), NOW)
    assert [photo.state for photo in await Renderer(store, spool, sandbox, lambda: NOW).render_due()] == ["ready"]
    assert (await open_rendition(store, ready[0], 640)).content


async def test_what_is_in_use_stays(ready: tuple[UUID, bytes], store: DiskStore) -> None:
    assert await Sweep(store, tomorrow(), YEAR * 100).run() == Swept(seen=4)


async def test_the_original_goes_when_its_time_is_over_and_the_photo_stays(
    ready: tuple[UUID, bytes], store: DiskStore
) -> None:
    assert await Sweep(store, tomorrow(), tomorrow() - NOW + SOON).run() == Swept(seen=4)
    assert await Sweep(store, tomorrow(), tomorrow() - NOW - SOON).run() == Swept(seen=4, originals=1)
    assert (await open_rendition(store, ready[0], 1600)).content


async def test_objects_without_a_row_go_and_strange_ones_stay(ready: tuple[UUID, bytes], store: DiskStore) -> None:
    await DB.fetch("DELETE FROM photo")
    await store.put("notes.txt", b"of somebody else")
    assert await Sweep(store, tomorrow(), YEAR).run() == Swept(seen=5, unknown=4, strange=1)
    assert [key async for key in store.walk()] == ["notes.txt"]


async def test_a_store_of_another_database_is_not_emptied(store: DiskStore) -> None:
    for number in range(101):
        await store.put(f"photo/00/{number:032x}.160.webp", b"")
    assert await Sweep(store, tomorrow(), YEAR).run() == Swept(seen=101, held_back=101)
    assert await count(store) == 101
    assert await Sweep(store, tomorrow(), YEAR).run(is_believed=True) == Swept(seen=101, unknown=101)


async def test_the_command_counts_and_deletes_nothing_in_a_dry_run(ready: tuple[UUID, bytes], store: DiskStore) -> None:
    await DB.fetch("UPDATE photo SET expected_at = now() - interval '2 days'")
    process = await create_subprocess_exec(
        *(sys.executable, "-m", "api", "media", "sweep", "--dry-run"),
        env={**os.environ, "MEDIA_URL": Path(store.root).absolute().as_uri()},
        stdout=subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    assert "unattached: 1" in said.decode()
    assert "seen: 4" in said.decode()
    assert (await state_of(ready[0]))[0] == "ready"
