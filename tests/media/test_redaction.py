"""A photo whose parts are covered: drawn again from what is kept, the old renditions gone."""

import io
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from PIL import Image

from media import changes, photos
from media.errors import NotReady, PhotoUnknown, TooManyBoxes
from media.facts import MAX_BOXES, RENDITIONS, Box
from media.render import Renderer
from media.sandbox import Sandbox
from media.spool import Spool
from media.store import DiskStore, original_key, rendition_key
from media.sweeping import Sweep
from media.tables import Photo
from media.uploads import Uploads
from tests.media.factories import NOW, a_jpeg, an_expected_photo
from tests.media.hostile import an_exif
from tests.media.test_render import Clock, an_uploaded_photo, row_of

UPPER_LEFT = Box(0, 0, 0.5, 0.5)
LOWER_RIGHT = Box(0.5, 0.5, 0.5, 0.5)
CORNERS = {"upper left": (0.25, 0.25), "upper right": (0.75, 0.25), "lower right": (0.75, 0.75)}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def renderer(store: DiskStore, spool: Spool, sandbox: Sandbox, clock: Clock) -> Renderer:
    return Renderer(store, spool, sandbox, clock)


@pytest.fixture
async def ready(uploads: Uploads, renderer: Renderer) -> UUID:
    photo_id, _ = await an_uploaded_photo(uploads, a_jpeg(2000, 1500))
    await renderer.render_due()
    return photo_id


async def covered(store: DiskStore, photo_id: UUID, size: int = 640) -> set[str]:
    """The corners that are black."""
    content = (await photos.open_rendition(store, photo_id, size)).content
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    at = {name: (int(x * picture.width), int(y * picture.height)) for name, (x, y) in CORNERS.items()}
    return {name for name, place in at.items() if max(picture.getpixel(place)) < 40}  # type: ignore[arg-type,type-var]


async def test_a_box_covers_every_rendition(ready: UUID, renderer: Renderer, store: DiskStore) -> None:
    await changes.redact(ready, [UPPER_LEFT])
    assert [photo.state for photo in await renderer.render_due()] == ["ready"]
    for size in RENDITIONS:
        assert await covered(store, ready, size) == {"upper left"}


async def test_boxes_add_up(ready: UUID, renderer: Renderer, store: DiskStore) -> None:
    for box in (UPPER_LEFT, LOWER_RIGHT):
        await changes.redact(ready, [box])
        await renderer.render_due()
    assert await covered(store, ready) == {"upper left", "lower right"}


async def test_nobody_is_shown_the_old_one_from_that_moment(ready: UUID, store: DiskStore) -> None:
    await changes.redact(ready, [UPPER_LEFT])
    with pytest.raises(NotReady):
        await photos.open_rendition(store, ready, 640, ("ready", "hidden"))


async def test_the_old_renditions_are_deleted_and_the_original_stays(
    ready: UUID, renderer: Renderer, store: DiskStore
) -> None:
    before = await row_of(ready)
    await changes.redact(ready, [UPPER_LEFT])
    assert await renderer.drop_stale() == 0  # the new one may still need them
    await renderer.render_due()
    assert await renderer.drop_stale() == 1
    after = await row_of(ready)
    expected = {rendition_key(after.key, size) for size in RENDITIONS} | {original_key(after.original)}
    assert {key async for key in store.walk()} == expected
    assert (before.key != after.key, before.original == after.original) == (True, True)
    assert await renderer.drop_stale() == 0


async def test_without_its_original_the_largest_rendition_is_drawn_on(
    ready: UUID, renderer: Renderer, store: DiskStore
) -> None:
    row = await row_of(ready)
    await store.delete(original_key(row.original))
    for box in (UPPER_LEFT, LOWER_RIGHT):
        await changes.redact(ready, [box])
    await renderer.render_due()
    assert await covered(store, ready) == {"upper left", "lower right"}
    assert await store.stat(original_key(row.original)) is None


async def test_the_sweep_leaves_what_the_new_one_is_drawn_from(ready: UUID, store: DiskStore) -> None:
    await changes.redact(ready, [UPPER_LEFT])
    old = {key async for key in store.walk()}
    await Sweep(store, datetime.now(UTC) + timedelta(days=400), timedelta(days=365)).run()
    assert {key async for key in store.walk("photo/")} == {key for key in old if key.startswith("photo/")}


async def test_a_photo_keeps_what_its_file_said(uploads: Uploads, renderer: Renderer) -> None:
    photo_id, _ = await an_uploaded_photo(uploads, a_jpeg(800, 600, exif=an_exif(lat=-6.4, lon=106.79)))
    await renderer.render_due()
    before = (await photos.facts([photo_id]))[photo_id]
    await changes.redact(photo_id, [UPPER_LEFT])
    await renderer.render_due()
    assert (await photos.facts([photo_id]))[photo_id] == before
    assert before.lat == -6.4


async def test_boxes_are_of_the_upright_photo(uploads: Uploads, renderer: Renderer, store: DiskStore) -> None:
    photo_id, _ = await an_uploaded_photo(uploads, a_jpeg(800, 600, exif=an_exif(orientation=6)))
    await changes.redact(photo_id, [UPPER_LEFT])  # before it was ever drawn
    await renderer.render_due()
    assert await covered(store, photo_id) == {"upper left"}


async def test_a_rendering_that_was_under_way_is_void(uploads: Uploads, renderer: Renderer, store: DiskStore) -> None:
    photo_id, _ = await an_uploaded_photo(uploads)
    leased = await renderer._lease()
    assert leased is not None
    await changes.redact(photo_id, [UPPER_LEFT])
    assert await renderer._render(leased) == []
    assert [photo.state for photo in await renderer.render_due()] == ["ready"]
    assert await covered(store, photo_id) == {"upper left"}


async def test_a_version_is_told_apart(ready: UUID, renderer: Renderer) -> None:
    [before] = await photos.states([ready])
    await changes.redact(ready, [UPPER_LEFT])
    await renderer.render_due()
    [after] = await photos.states([ready])
    assert before.version != after.version


async def test_what_has_no_picture_yet_is_not_covered(uploads: Uploads) -> None:
    photo_id, _ = await an_expected_photo()
    with pytest.raises(NotReady):
        await changes.redact(photo_id, [UPPER_LEFT])
    with pytest.raises(PhotoUnknown):
        await changes.redact(UUID(int=1), [UPPER_LEFT])


async def test_boxes_are_counted_over_all_times(ready: UUID) -> None:
    await changes.redact(ready, [UPPER_LEFT] * MAX_BOXES)
    with pytest.raises(TooManyBoxes):
        await changes.redact(ready, [LOWER_RIGHT])


async def test_a_hidden_photo_is_shown_to_those_who_are_asked_each_time(ready: UUID, store: DiskStore) -> None:
    await photos.hide([ready], NOW)
    assert [state.state for state in await photos.states([ready])] == ["hidden"]
    with pytest.raises(NotReady):
        await photos.open_rendition(store, ready, 640)
    assert (await photos.open_rendition(store, ready, 640, ("ready", "hidden"))).content
    await photos.unhide([ready])
    assert (await photos.open_rendition(store, ready, 640)).content


async def test_a_photo_hidden_on_its_way_arrives_hidden(uploads: Uploads, renderer: Renderer) -> None:
    photo_id, _ = await an_uploaded_photo(uploads)
    await photos.hide([photo_id], NOW)
    await renderer.render_due()
    assert [state.state for state in await photos.states([photo_id])] == ["hidden"]
    assert (await Photo.objects().get(Photo.id == photo_id)).state == "ready"  # type: ignore[union-attr]
