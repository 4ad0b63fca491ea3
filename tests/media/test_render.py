from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import pytest

from media import photos
from media.confine import Limits
from media.errors import StoreUnavailable
from media.facts import Box, Died, Refused, Rendered
from media.render import LEASE, MAX_ATTEMPTS, RETRY, Renderer
from media.sandbox import Sandbox, _outcome
from media.spool import Spool
from media.store import DiskStore, original_key
from media.stripping import stripped
from media.tables import Photo
from media.uploads import Uploads
from tests.media.factories import NOW, OWNER, a_jpeg, an_expected_photo, in_chunks


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def renderer(store: DiskStore, spool: Spool, sandbox: Sandbox, clock: Clock) -> Renderer:
    return Renderer(store, spool, sandbox, clock)


class DyingSandbox(Sandbox):
    """Every child dies at once, by its limit on time."""

    def __init__(self) -> None:
        super().__init__(Limits(wall_s=0.0001))


class StoreThatIsDown(DiskStore):
    """From the second rendition on."""

    puts = 0

    async def put(self, key: str, content: bytes) -> None:
        self.puts += 1
        if self.puts > 1:
            raise StoreUnavailable("disk full")
        await super().put(key, content)


async def an_uploaded_photo(uploads: Uploads, photo: bytes | None = None) -> tuple[UUID, bytes]:
    photo_id, photo = await an_expected_photo(photo)
    await uploads.put(photo_id, OWNER, in_chunks(photo), NOW)
    return photo_id, photo


async def row_of(photo_id: UUID) -> Photo:
    found = await Photo.objects().get(Photo.id == photo_id)
    assert found is not None
    return found


async def test_an_uploaded_photo_becomes_ready(uploads: Uploads, renderer: Renderer, store: DiskStore) -> None:
    photo_id, photo = await an_uploaded_photo(uploads, a_jpeg(1000, 750))
    [settled] = await renderer.render_due()
    assert (settled.photo_id, settled.owner, settled.state, settled.reason) == (photo_id, OWNER, "ready", None)
    for size in (1600, 640, 160):
        assert (await photos.open_rendition(store, photo_id, size)).content
    row = await row_of(photo_id)
    assert (row.width, row.height, row.settled_at) == (1000, 750, NOW)
    facts = (await photos.facts([photo_id]))[photo_id]
    assert await store.get(original_key(row.original)) == stripped(photo, facts)


async def test_nothing_is_left_in_the_spool(uploads: Uploads, renderer: Renderer, spool: Spool) -> None:
    await an_uploaded_photo(uploads)
    await an_uploaded_photo(uploads, b"<html>no photo</html>")
    await renderer.render_due()
    assert list(spool.ids()) == []


async def test_one_bad_photo_does_not_block_the_next(uploads: Uploads, renderer: Renderer) -> None:
    bad, _ = await an_uploaded_photo(uploads, b"<html>no photo</html>")
    good, _ = await an_uploaded_photo(uploads)
    settled = {photo.photo_id: (photo.state, photo.reason) for photo in await renderer.render_due()}
    assert settled == {bad: ("refused", "not_an_image"), good: ("ready", None)}


async def test_only_uploaded_photos_are_rendered(uploads: Uploads, renderer: Renderer) -> None:
    await an_expected_photo()
    photo_id, _ = await an_uploaded_photo(uploads)
    assert [photo.photo_id for photo in await renderer.render_due()] == [photo_id]
    assert await renderer.render_due() == []


async def test_the_limit_bounds_one_call(uploads: Uploads, renderer: Renderer) -> None:
    for _ in range(3):
        await an_uploaded_photo(uploads)
    assert len(await renderer.render_due(limit=2)) == 2
    assert len(await renderer.render_due(limit=2)) == 1


async def test_a_refused_photo_keeps_nothing_in_the_store(
    uploads: Uploads, renderer: Renderer, store: DiskStore
) -> None:
    await an_uploaded_photo(uploads, b"%PDF-1.7 no photo")
    await renderer.render_due()
    assert [key async for key in store.walk()] == []


async def test_a_photo_leased_by_a_worker_that_died_is_rendered_when_the_lease_ran_out(
    uploads: Uploads, renderer: Renderer, clock: Clock
) -> None:
    photo_id, _ = await an_uploaded_photo(uploads)
    assert await renderer._lease() is not None
    assert await renderer.render_due() == []
    clock.now += LEASE
    assert [photo.photo_id for photo in await renderer.render_due()] == [photo_id]


async def test_a_worker_that_comes_back_after_its_lease_settles_nothing(
    uploads: Uploads, renderer: Renderer, clock: Clock, spool: Spool
) -> None:
    photo_id, photo = await an_uploaded_photo(uploads)
    late = await renderer._lease()
    assert late is not None
    clock.now += LEASE
    current = await renderer._lease()
    assert await renderer._settle(late, "refused", "truncated") == []
    assert spool.read(photo_id) == photo
    assert current is not None
    assert len(await renderer._render(current)) == 1


async def test_rendering_again_writes_over_the_same_keys(
    uploads: Uploads, renderer: Renderer, store: DiskStore, spool: Spool
) -> None:
    photo_id, photo = await an_uploaded_photo(uploads)
    await renderer.render_due()
    kept = {key async for key in store.walk()}
    await Photo.update({Photo.state: "uploaded"}).where(Photo.id == photo_id)
    spool.path(photo_id).write_bytes(photo)
    await renderer.render_due()
    assert {key async for key in store.walk()} == kept
    assert len(kept) == 4


async def test_a_child_that_dies_is_tried_again_and_at_last_refused(
    uploads: Uploads, store: DiskStore, spool: Spool, clock: Clock
) -> None:
    photo_id, photo = await an_uploaded_photo(uploads)
    dying = DyingSandbox()
    renderer = Renderer(store, spool, dying, clock)
    for _ in range(MAX_ATTEMPTS - 1):
        assert await renderer.render_due() == []
        assert await renderer.render_due() == []
        clock.now += RETRY
    [settled] = await renderer.render_due()
    dying.close()
    assert (settled.state, settled.reason) == ("refused", "took_too_long")
    assert await store.get(original_key((await row_of(photo_id)).original)) == photo


class MissingSandbox(Sandbox):
    """Its server never comes up."""

    def render(self, photo: bytes, boxes: Sequence[Box] = ()) -> Rendered | Refused | Died:
        return _outcome(b"")


async def test_photos_wait_for_a_sandbox_that_does_not_start(
    uploads: Uploads, store: DiskStore, spool: Spool, renderer: Renderer, clock: Clock
) -> None:
    await an_uploaded_photo(uploads)
    broken = Renderer(store, spool, MissingSandbox(), clock)
    for _ in range(2 * MAX_ATTEMPTS):
        assert await broken.render_due() == []
        clock.now += RETRY
    assert [photo.state for photo in await renderer.render_due()] == ["ready"]


async def test_a_photo_that_killed_every_worker_is_not_decoded_again(
    uploads: Uploads, renderer: Renderer, clock: Clock
) -> None:
    await an_uploaded_photo(uploads)
    for _ in range(MAX_ATTEMPTS):
        assert await renderer._lease() is not None
        clock.now += LEASE
    [settled] = await renderer.render_due()
    assert (settled.state, settled.reason) == ("refused", "decoder_failed")


async def test_photos_wait_for_a_store_that_is_down(
    uploads: Uploads, renderer: Renderer, spool: Spool, sandbox: Sandbox, clock: Clock
) -> None:
    photo_id, photo = await an_uploaded_photo(uploads)
    broken = Renderer(StoreThatIsDown(renderer.store.root), spool, sandbox, clock)  # type: ignore[attr-defined]
    for _ in range(2 * MAX_ATTEMPTS):
        assert await broken.render_due() == []
        clock.now += RETRY
    assert spool.read(photo_id) == photo
    [settled] = await renderer.render_due()
    assert settled.state == "ready"


async def test_bytes_changed_after_the_check_are_expected_anew(
    uploads: Uploads, renderer: Renderer, spool: Spool
) -> None:
    photo_id, photo = await an_uploaded_photo(uploads)
    spool.path(photo_id).write_bytes(photo[:-1] + b"x")
    [settled] = await renderer.render_due()
    assert (settled.state, settled.reason) == ("expected", "hash_mismatch")
    assert (await uploads.put(photo_id, OWNER, in_chunks(photo), NOW)).state == "uploaded"
    assert [photo.state for photo in await renderer.render_due()] == ["ready"]


async def test_a_photo_whose_spool_was_lost_is_expected_anew(
    uploads: Uploads, renderer: Renderer, spool: Spool
) -> None:
    photo_id, _ = await an_uploaded_photo(uploads)
    spool.drop(photo_id)
    assert [photo.state for photo in await renderer.render_due()] == ["expected"]


async def test_the_keys_of_a_photo_tell_nothing_of_its_content(uploads: Uploads, renderer: Renderer) -> None:
    photo = a_jpeg(64, 64)
    first, _ = await an_uploaded_photo(uploads, photo)
    second, _ = await an_uploaded_photo(uploads, photo)
    await renderer.render_due()
    assert (await row_of(first)).key != (await row_of(second)).key
