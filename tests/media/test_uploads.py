import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from media import photos
from media.errors import HashMismatch, NotExpected, PhotoUnknown, TooLong, TooShort, WrongOffset
from media.spool import Spool
from media.sweeping import UNFINISHED_AFTER
from media.tables import Photo
from media.uploads import BUFFER_BYTES, Upload, Uploads
from tests.media.factories import NOW, OWNER, a_jpeg, an_expected_photo, in_chunks


class CutError(Exception):
    """The phone is gone."""


async def then_cut(content: bytes) -> AsyncIterator[bytes]:
    yield content
    raise CutError


async def append(uploads: Uploads, photo_id: UUID, at: int, content: bytes) -> Upload:
    return await uploads.append(photo_id, OWNER, at, in_chunks(content), NOW)


async def state_of(photo_id: UUID) -> tuple[str, str | None]:
    [state] = await photos.states([photo_id])
    return state.state, state.reason


async def test_nothing_came_yet(uploads: Uploads) -> None:
    photo_id, photo = await an_expected_photo()
    assert await uploads.resume(photo_id, OWNER, NOW) == Upload(
        photo_id, 0, len(photo), "expected", NOW + UNFINISHED_AFTER
    )


async def test_a_photo_arrives_in_pieces(uploads: Uploads, spool: Spool) -> None:
    photo_id, photo = await an_expected_photo()
    half = len(photo) // 2
    first = await append(uploads, photo_id, 0, photo[:half])
    assert (first.offset, first.state) == (half, "uploading")
    assert (await uploads.resume(photo_id, OWNER, NOW)).offset == half
    assert await append(uploads, photo_id, half, photo[half:]) == Upload(photo_id, len(photo), len(photo), "uploaded")
    assert await state_of(photo_id) == ("uploaded", None)
    assert spool.read(photo_id) == photo


async def test_a_photo_arrives_whole(uploads: Uploads, spool: Spool) -> None:
    photo_id, photo = await an_expected_photo(a_jpeg(2000, 1500, noise=3))
    assert len(photo) > BUFFER_BYTES
    await uploads.put(photo_id, OWNER, in_chunks(photo), NOW)
    assert await state_of(photo_id) == ("uploaded", None)
    assert spool.read(photo_id) == photo


async def test_a_whole_body_begins_anew_over_a_half_one(uploads: Uploads) -> None:
    photo_id, photo = await an_expected_photo()
    await append(uploads, photo_id, 0, photo[:100])
    assert (await uploads.put(photo_id, OWNER, in_chunks(photo), NOW)).state == "uploaded"


async def test_a_whole_body_that_ends_early_may_be_resumed(uploads: Uploads) -> None:
    photo_id, photo = await an_expected_photo()
    with pytest.raises(TooShort) as refused:
        await uploads.put(photo_id, OWNER, in_chunks(photo[:-1]), NOW)
    assert (refused.value.current, refused.value.announced) == (len(photo) - 1, len(photo))
    assert (await append(uploads, photo_id, len(photo) - 1, photo[-1:])).state == "uploaded"


@pytest.mark.parametrize("at", [0, 99, 101, 5000])
async def test_only_the_next_byte_may_come(uploads: Uploads, at: int) -> None:
    photo_id, photo = await an_expected_photo()
    await append(uploads, photo_id, 0, photo[:100])
    with pytest.raises(WrongOffset) as refused:
        await append(uploads, photo_id, at, photo[at : at + 10])
    assert refused.value.current == 100


async def test_what_came_before_a_cut_is_kept(uploads: Uploads, spool: Spool) -> None:
    photo_id, photo = await an_expected_photo()
    with pytest.raises(CutError):
        await uploads.append(photo_id, OWNER, 0, then_cut(photo[:-10]), NOW)
    assert (await uploads.resume(photo_id, OWNER, NOW)).offset == len(photo) - 10
    assert spool.read(photo_id) == photo[:-10]


async def test_what_came_before_a_cancelled_request_is_kept(uploads: Uploads) -> None:
    photo_id, photo = await an_expected_photo()
    received, never = asyncio.Event(), asyncio.Event()

    async def stalling() -> AsyncIterator[bytes]:
        yield photo[:50]
        received.set()
        await never.wait()

    request = asyncio.create_task(uploads.append(photo_id, OWNER, 0, stalling(), NOW))
    await received.wait()
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert (await uploads.resume(photo_id, OWNER, NOW)).offset == 50


@pytest.mark.parametrize("extra", [1, 70_000])
async def test_more_than_was_announced_is_refused(uploads: Uploads, spool: Spool, extra: int) -> None:
    photo_id, photo = await an_expected_photo()
    with pytest.raises(TooLong) as refused:
        await append(uploads, photo_id, 0, photo + b"x" * extra)
    assert refused.value.announced == len(photo)
    assert spool.size(photo_id) <= len(photo)
    assert (await state_of(photo_id))[0] == "uploading"


async def test_other_bytes_than_announced_are_dropped_and_expected_anew(uploads: Uploads, spool: Spool) -> None:
    photo_id, photo = await an_expected_photo()
    with pytest.raises(HashMismatch):
        await append(uploads, photo_id, 0, b"x" * len(photo))
    assert await state_of(photo_id) == ("expected", "hash_mismatch")
    assert spool.size(photo_id) == 0
    assert (await append(uploads, photo_id, 0, photo)).state == "uploaded"
    assert await state_of(photo_id) == ("uploaded", None)


async def test_two_live_uploads_of_one_photo_are_harmless(uploads: Uploads, spool: Spool) -> None:
    photo_id, photo = await an_expected_photo(a_jpeg(800, 600, noise=4))
    all_begun = asyncio.Barrier(4)

    async def together() -> AsyncIterator[bytes]:
        await all_begun.wait()
        async for chunk in in_chunks(photo):
            yield chunk

    answers = await asyncio.gather(*(uploads.append(photo_id, OWNER, 0, together(), NOW) for _ in range(4)))
    assert {answer.offset for answer in answers} == {len(photo)}
    assert spool.read(photo_id) == photo
    assert await state_of(photo_id) == ("uploaded", None)


async def test_an_upload_of_other_bytes_beside_a_true_one_loses_nothing(uploads: Uploads) -> None:
    """The true one may have to be sent again; it is never silently replaced."""
    photo_id, photo = await an_expected_photo()
    await asyncio.gather(
        append(uploads, photo_id, 0, photo),
        append(uploads, photo_id, 0, b"x" * len(photo)),
        return_exceptions=True,
    )
    if (await uploads.resume(photo_id, OWNER, NOW)).state != "uploaded":
        assert (await uploads.put(photo_id, OWNER, in_chunks(photo), NOW)).state == "uploaded"


async def test_a_piece_for_a_file_that_was_dropped_meanwhile_is_not_acknowledged(
    uploads: Uploads, spool: Spool
) -> None:
    photo_id, _ = await an_expected_photo(a_jpeg(2000, 1500, noise=5))

    async def dropped_on_the_way() -> AsyncIterator[bytes]:
        yield b"x" * (BUFFER_BYTES + 1)
        spool.drop(photo_id)
        yield b"y" * 10

    with pytest.raises(WrongOffset) as refused:
        await uploads.append(photo_id, OWNER, 0, dropped_on_the_way(), NOW)
    assert refused.value.current == 0


async def test_a_piece_never_leaves_a_hole_before_it(uploads: Uploads, spool: Spool) -> None:
    photo_id, photo = await an_expected_photo()
    await append(uploads, photo_id, 0, photo[:100])

    async def dropped_before_the_first_write() -> AsyncIterator[bytes]:
        spool.drop(photo_id)
        yield photo[100:200]

    with pytest.raises(WrongOffset) as refused:
        await uploads.append(photo_id, OWNER, 100, dropped_before_the_first_write(), NOW)
    assert refused.value.current == 0
    assert (await uploads.resume(photo_id, OWNER, NOW)).offset == 0


async def test_a_photo_that_is_here_takes_nothing_more(uploads: Uploads) -> None:
    photo_id, photo = await an_expected_photo()
    await uploads.put(photo_id, OWNER, in_chunks(photo), NOW)
    assert (await uploads.put(photo_id, OWNER, in_chunks(b"other"), NOW)).offset == len(photo)
    assert (await append(uploads, photo_id, len(photo), b"")).offset == len(photo)
    assert (await uploads.resume(photo_id, OWNER, NOW)).offset == len(photo)
    with pytest.raises(WrongOffset):
        await append(uploads, photo_id, 0, photo)


async def test_anothers_photo_is_unknown(uploads: Uploads) -> None:
    photo_id, photo = await an_expected_photo()
    for asked, owner in ((photo_id, OWNER + 1), (uuid4(), OWNER)):
        with pytest.raises(PhotoUnknown):
            await uploads.resume(asked, owner, NOW)
        with pytest.raises(PhotoUnknown):
            await uploads.append(asked, owner, 0, in_chunks(photo), NOW)
    assert await state_of(photo_id) == ("expected", None)


async def test_a_refused_photo_is_not_expected(uploads: Uploads) -> None:
    photo_id, photo = await an_expected_photo()
    await Photo.update({Photo.state: "refused", Photo.reason: "animated"}).where(Photo.id == photo_id)
    with pytest.raises(NotExpected) as refused:
        await uploads.put(photo_id, OWNER, in_chunks(photo), NOW)
    assert refused.value.reason == "animated"


async def test_killed_after_the_last_byte_the_phones_question_completes(uploads: Uploads, spool: Spool) -> None:
    photo_id, photo = await an_expected_photo()
    spool.path(photo_id).write_bytes(photo)
    assert (await uploads.resume(photo_id, OWNER, NOW)).state == "uploaded"
    assert await state_of(photo_id) == ("uploaded", None)


async def test_a_whole_file_of_wrong_bytes_found_after_a_crash_is_expected_anew(uploads: Uploads, spool: Spool) -> None:
    photo_id, photo = await an_expected_photo()
    spool.path(photo_id).write_bytes(bytes(len(photo)))
    assert (await uploads.resume(photo_id, OWNER, NOW)).offset == 0
    assert spool.size(photo_id) == 0


async def test_tidying_completes_what_is_whole_and_drops_what_is_settled_or_gone(
    uploads: Uploads, spool: Spool
) -> None:
    whole, photo = await an_expected_photo()
    spool.path(whole).write_bytes(photo)
    half, photo = await an_expected_photo()
    await append(uploads, half, 0, photo[:10])
    ready, photo = await an_expected_photo()
    await uploads.put(ready, OWNER, in_chunks(photo), NOW)
    await Photo.update({Photo.state: "ready"}).where(Photo.id == ready)
    spool.path(gone := uuid4()).write_bytes(b"of a report that was deleted")
    (spool.folder / "lost+found").mkdir()
    assert await uploads.tidy(NOW) == 3
    assert set(spool.ids()) == {whole, half}
    assert await state_of(whole) == ("uploaded", None)
    assert gone not in set(spool.ids())
    assert await uploads.tidy(NOW) == 0


async def test_a_body_in_many_small_chunks_arrives_whole(uploads: Uploads, spool: Spool) -> None:
    photo_id, photo = await an_expected_photo()
    await uploads.put(photo_id, OWNER, in_chunks(photo, 1), NOW)
    assert spool.read(photo_id) == photo
