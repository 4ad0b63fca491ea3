"""An S3 server that is away, slow, somebody else's, or talks nonsense."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from media.errors import NotFound, StoreRefused, StoreUnavailable
from media.render import Renderer
from media.s3 import MARK, THREADS, Patience, S3Store, open_s3
from media.sandbox import Sandbox
from media.spool import Spool
from media.store import original_key
from media.uploads import Uploads
from tests.media.factories import NOW, OWNER, an_expected_photo, in_chunks
from tests.media.object_stores import PRESENT, SECRET, ObjectStore, an_object_store, free_port
from tests.media.relay import a_relay, a_server_that_says

IMPATIENT = Patience(connect_s=1, read_s=0.3)
SECRET_KEY = original_key("5ec7e75ec7e75ec7e75ec7e75ec7e75e")
CONTENT = b"a photo" * 20_000

pytestmark = pytest.mark.parametrize("make", PRESENT)


async def opened(url: str, patience: Patience | None = None) -> S3Store:
    """In a thread, as nothing else in the loop may wait for it."""
    return await asyncio.to_thread(open_s3, url, patience)


@pytest.fixture
async def own_server(make: str, tmp_path: Path) -> AsyncIterator[ObjectStore]:
    """One that a test may stop."""
    async with an_object_store(make, tmp_path / make) as server:
        yield server


async def test_a_server_that_comes_later_is_no_reason_not_to_start(make: str, tmp_path: Path) -> None:
    async with an_object_store(make, tmp_path / make, is_started=False) as server:
        store = await opened(server.url())
        with pytest.raises(StoreUnavailable) as away:
            await store.put(SECRET_KEY, CONTENT)
        assert not isinstance(away.value, StoreRefused)
        await server.start()
        await store.put(SECRET_KEY, CONTENT)
        assert await store.get(SECRET_KEY) == CONTENT


async def test_a_server_that_was_away_is_found_again(own_server: ObjectStore) -> None:
    store = await opened(own_server.url())
    await store.put(SECRET_KEY, CONTENT)
    await own_server.stop()
    for refused in (store.put("photo/ab", b""), store.get(SECRET_KEY), store.stat(SECRET_KEY), store.delete("a")):
        with pytest.raises(StoreUnavailable):
            await refused
    with pytest.raises(StoreUnavailable):
        assert [key async for key in store.walk()]
    await own_server.start()
    assert await store.get(SECRET_KEY) == CONTENT


async def test_a_black_hole_is_given_up_and_the_loop_goes_on(own_server: ObjectStore) -> None:
    store = await opened(own_server.url(), IMPATIENT)
    await store.put(SECRET_KEY, CONTENT)
    own_server.freeze()
    reading = [asyncio.ensure_future(store.get(SECRET_KEY)) for _ in range(THREADS)]
    turns = 0
    while not all(task.done() for task in reading):
        await asyncio.sleep(0)
        turns += 1
    own_server.thaw()
    assert turns > 1000  # of others that had their turn meanwhile
    assert {type(task.exception()) for task in reading} == {StoreUnavailable}
    assert await store.get(SECRET_KEY) == CONTENT


async def test_a_write_that_breaks_off_leaves_nothing(make: str, object_stores: dict[str, ObjectStore]) -> None:
    async with a_relay(object_stores[make].port) as relay:
        store = await opened(object_stores[make].url(port=relay.port))
        relay.cut_request = 60_000
        with pytest.raises(StoreUnavailable):
            await store.put(SECRET_KEY, CONTENT)
        relay.cut_request = None
        with pytest.raises(NotFound):
            await store.get(SECRET_KEY)


@pytest.mark.parametrize("passed", [0, 100, 1000, 50_000])
async def test_a_read_that_breaks_off_is_never_a_part(
    make: str, object_stores: dict[str, ObjectStore], passed: int
) -> None:
    async with a_relay(object_stores[make].port) as relay:
        store = await opened(object_stores[make].url(port=relay.port))
        await store.put(SECRET_KEY, CONTENT)
        relay.cut_answer = passed
        with pytest.raises(StoreUnavailable):
            await store.get(SECRET_KEY)
        relay.cut_answer = None
        assert await store.get(SECRET_KEY) == CONTENT


async def test_wrong_credentials_are_told_at_start(make: str, object_stores: dict[str, ObjectStore]) -> None:
    with pytest.raises(StoreRefused) as refused:
        await opened(object_stores[make].url(secret="another/secret"))
    assert "key or secret" in str(refused.value)
    assert "another" not in str(refused.value)


async def test_a_bucket_with_something_else_in_it_is_not_ours(make: str, object_stores: dict[str, ObjectStore]) -> None:
    url = object_stores[make].url()
    store = await opened(url)
    await store.put("photo/of-somebody-else", CONTENT)
    store.client.remove_object(store.bucket.name, MARK)
    with pytest.raises(StoreRefused) as refused:
        await opened(url)
    assert MARK in str(refused.value)


async def test_several_processes_start_at_once(make: str, object_stores: dict[str, ObjectStore]) -> None:
    url = object_stores[make].url()
    stores = await asyncio.gather(*(opened(url) for _ in range(4)))
    await stores[0].put(SECRET_KEY, CONTENT)
    assert await stores[3].get(SECRET_KEY) == CONTENT


async def test_no_secret_is_in_errors_or_logs(own_server: ObjectStore, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    store = await opened(own_server.url())
    await own_server.stop()
    with pytest.raises(StoreUnavailable) as away:
        await store.put(SECRET_KEY, CONTENT)
    logging.getLogger("test").error("failed", exc_info=away.value)
    for told in (caplog.text, str(away.value), repr(store.bucket)):
        assert SECRET_KEY not in told
        assert SECRET not in told


async def test_photos_wait_while_the_store_is_away(
    own_server: ObjectStore, uploads: Uploads, spool: Spool, sandbox: Sandbox
) -> None:
    store = await opened(own_server.url())
    photo_id, photo = await an_expected_photo()
    await uploads.put(photo_id, OWNER, in_chunks(photo), NOW)
    await own_server.stop()
    assert await Renderer(store, spool, sandbox, lambda: NOW).render_due() == []
    assert list(spool.ids()) == [photo_id]
    await own_server.start()
    later = Renderer(store, spool, sandbox, lambda: NOW.replace(hour=NOW.hour + 1))
    assert [settled.state for settled in await later.render_due()] == ["ready"]
    assert len({key async for key in store.walk()}) == 4


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: 5\r\n\r\n<a><b",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 418 Teapot\r\nContent-Length: 3\r\n\r\nno!",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
    ],
)
async def test_nonsense_is_an_unavailable_store(make: str, answer: bytes) -> None:
    async with a_server_that_says(answer) as port:
        store = await opened(ObjectStore(make, Path("/nowhere")).url(port=port), IMPATIENT)
        with pytest.raises(StoreUnavailable):
            await store.stat(SECRET_KEY)
        store.is_prepared = True  # it turned strange later
        with pytest.raises(StoreUnavailable):
            await store.stat(SECRET_KEY)
        with pytest.raises(StoreUnavailable):
            assert [key async for key in store.walk()]


async def test_a_closed_port_is_an_unavailable_store(make: str) -> None:
    store = await opened(ObjectStore(make, Path("/nowhere")).url(port=free_port()))
    with pytest.raises(StoreUnavailable):
        await store.get(SECRET_KEY)
