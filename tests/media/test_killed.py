"""Real processes, really killed."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from media import changes, photos
from media.errors import NotReady
from media.facts import Box
from media.render import LEASE, Renderer
from media.sandbox import Sandbox
from media.spool import Spool
from media.store import DiskStore
from media.uploads import BUFFER_BYTES, Uploads
from tests.media.factories import NOW, OWNER, a_jpeg, an_expected_photo, in_chunks


async def kill_when_it_says(words: str, *arguments: str) -> None:
    victim = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.media.victims", *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert victim.stdout is not None
    assert (await victim.stdout.readline()).decode().strip() == words
    victim.kill()
    await victim.wait()


async def test_an_upload_goes_on_after_the_receiver_was_killed(tmp_path: Path, uploads: Uploads, spool: Spool) -> None:
    photo_id, photo = await an_expected_photo(a_jpeg(2400, 1800, noise=7))
    assert len(photo) > BUFFER_BYTES
    sent = tmp_path / photo_id.hex
    sent.write_bytes(photo)
    await kill_when_it_says("received", "upload", str(spool.folder), "none", str(sent))
    upload = await uploads.resume(photo_id, OWNER, NOW)
    assert len(photo) - BUFFER_BYTES - 65536 < upload.offset < len(photo)
    await uploads.append(photo_id, OWNER, upload.offset, in_chunks(photo[upload.offset :]), NOW)
    assert [state.state for state in await photos.states([photo_id])] == ["uploaded"]


@pytest.mark.parametrize("puts", [0, 2, 3])
async def test_a_photo_becomes_ready_after_the_worker_was_killed(
    uploads: Uploads, spool: Spool, store: DiskStore, sandbox: Sandbox, puts: int
) -> None:
    photo_id, photo = await an_expected_photo()
    await uploads.put(photo_id, OWNER, in_chunks(photo), NOW)
    await kill_when_it_says("rendering", "render", str(spool.folder), str(store.root), str(puts))
    assert [state.state for state in await photos.states([photo_id])] == ["uploaded"]
    later = Renderer(store, spool, sandbox, lambda: datetime.now(UTC) + LEASE)
    assert [photo.state for photo in await later.render_due()] == ["ready"]
    assert len({key async for key in store.walk()}) == 4
    assert list(spool.ids()) == []


@pytest.mark.parametrize("puts", [0, 2])
async def test_a_redaction_goes_on_after_the_worker_was_killed(
    uploads: Uploads, spool: Spool, store: DiskStore, sandbox: Sandbox, puts: int
) -> None:
    photo_id, photo = await an_expected_photo()
    await uploads.put(photo_id, OWNER, in_chunks(photo), NOW)
    renderer = Renderer(store, spool, sandbox, lambda: datetime.now(UTC) + LEASE)
    await renderer.render_due()
    before = {key async for key in store.walk("photo/")}
    await changes.redact(photo_id, [Box(0, 0, 0.5, 0.5)])
    await kill_when_it_says("rendering", "render", str(spool.folder), str(store.root), str(puts))
    with pytest.raises(NotReady):
        await photos.open_rendition(store, photo_id, 640, ("ready", "hidden"))
    assert [photo.state for photo in await renderer.render_due()] == ["ready"]
    assert await renderer.drop_stale() == 1
    after = {key async for key in store.walk("photo/")}
    assert (len(after), before & after) == (3, set())
