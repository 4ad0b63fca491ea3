import hashlib
from uuid import uuid4

import pytest

from api.piccolo_conf import DB
from media import photos
from media.errors import (
    AnnouncementRefused,
    HashMalformed,
    NotReady,
    PhotoEmpty,
    PhotoIdTaken,
    PhotoTooLarge,
    PhotoUnknown,
    TypeUnsupported,
)
from media.store import DiskStore, rendition_key
from media.tables import Photo
from tests.media.factories import NOW, OWNER, a_jpeg, an_expected_photo, announced

SHA256 = hashlib.sha256(b"a photo").hexdigest()


def test_an_ordinary_photo_may_be_announced() -> None:
    photos.check_announced(3_200_000, "image/jpeg", SHA256)
    photos.check_announced(photos.MAX_PHOTO_BYTES, "image/avif", SHA256)


@pytest.mark.parametrize(
    ("size", "content_type", "sha256", "refusal", "field"),
    [
        (photos.MAX_PHOTO_BYTES + 1, "image/jpeg", SHA256, PhotoTooLarge, "size"),
        (0, "image/jpeg", SHA256, PhotoEmpty, "size"),
        (-5, "image/jpeg", SHA256, PhotoEmpty, "size"),
        (10, "image/gif", SHA256, TypeUnsupported, "type"),
        (10, "text/html", SHA256, TypeUnsupported, "type"),
        (10, "image/jpeg", SHA256[:-1], HashMalformed, "sha256"),
        (10, "image/jpeg", SHA256.upper(), HashMalformed, "sha256"),
        (10, "image/jpeg", SHA256 + "\n", HashMalformed, "sha256"),
    ],
)
def test_an_announcement_is_refused_by_field_and_limit(
    size: int, content_type: str, sha256: str, refusal: type[AnnouncementRefused], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        photos.check_announced(size, content_type, sha256)
    assert refused.value.field == field
    assert refused.value.limit


async def test_an_announced_photo_is_expected() -> None:
    photo_id, _ = await an_expected_photo()
    assert [state.state for state in await photos.states([photo_id])] == ["expected"]


async def test_states_keep_the_order_asked_and_leave_out_the_unknown() -> None:
    first, _ = await an_expected_photo()
    second, _ = await an_expected_photo()
    assert [state.id for state in await photos.states([second, uuid4(), first])] == [second, first]
    assert await photos.states([]) == []


async def test_a_photo_id_is_taken_once() -> None:
    expected = announced(a_jpeg())
    await photos.expect([expected], OWNER, NOW)
    with pytest.raises(PhotoIdTaken):
        await photos.expect([expected], OWNER + 1, NOW)


async def test_photos_of_a_report_that_failed_are_not_expected() -> None:
    expected = announced(a_jpeg())

    async def a_report_that_fails() -> None:
        async with DB.transaction():
            await photos.expect([expected], OWNER, NOW)
            raise RuntimeError("the report failed")

    with pytest.raises(RuntimeError):
        await a_report_that_fails()
    assert await photos.states([expected.id]) == []


async def test_no_photos_are_announced_by_an_empty_list_or_none() -> None:
    await DB.fetch("SELECT photo_expect('[]'::jsonb, 1, now()), photo_expect(NULL, 1, now())")
    assert not await Photo.exists()


async def test_keys_are_long_random_and_different_for_the_same_photo() -> None:
    photo = a_jpeg()
    await an_expected_photo(photo)
    await an_expected_photo(photo)
    rows = await Photo.select(Photo.key, Photo.original)
    keys = {row[column] for row in rows for column in ("key", "original")}
    assert len(keys) == 4
    assert all(len(key) == 32 for key in keys)


@pytest.mark.parametrize("state", ["expected", "uploading", "uploaded", "refused", "hidden", "swept"])
async def test_only_a_ready_photo_is_shown(store: DiskStore, state: str) -> None:
    photo_id, _ = await an_expected_photo()
    await Photo.update({Photo.state: state, Photo.reason: "truncated"}).where(Photo.id == photo_id)
    with pytest.raises(NotReady) as refused:
        await photos.open_rendition(store, photo_id, 640)
    assert refused.value.state == state


async def test_a_ready_photo_is_shown_with_its_type(store: DiskStore) -> None:
    photo_id, _ = await an_expected_photo()
    [row] = await Photo.update({Photo.state: "ready"}).where(Photo.id == photo_id).returning(Photo.key)
    await store.put(rendition_key(row["key"], 640), b"webp")
    shown = await photos.open_rendition(store, photo_id, 640)
    assert (shown.content, shown.content_type) == (b"webp", "image/webp")
    assert row["key"][:6] not in shown.etag


async def test_unknown_photos_and_sizes_are_the_same(store: DiskStore) -> None:
    photo_id, _ = await an_expected_photo()
    for asked in ((uuid4(), 640), (photo_id, 641)):
        with pytest.raises(PhotoUnknown):
            await photos.open_rendition(store, *asked)


DDL_COLUMNS = """
SELECT column_name, is_nullable = 'YES' AS is_nullable FROM information_schema.columns WHERE table_name = 'photo'
"""


async def test_the_table_class_mirrors_the_migration() -> None:
    made = {row["column_name"]: row["is_nullable"] for row in await DB.fetch(DDL_COLUMNS)}
    assert made == {column._meta.name: column._meta.params["null"] for column in Photo._meta.columns}
