from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from media.sandbox import Sandbox
from media.spool import Spool
from media.store import DiskStore
from media.uploads import Uploads
from tests.media.object_stores import PRESENT, ObjectStore, an_object_store


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return DiskStore(tmp_path / "store")


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


@pytest.fixture
def uploads(spool: Spool) -> Uploads:
    return Uploads(spool)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="session")
async def object_stores(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, ObjectStore]]:
    """One server of each make that is here, shared by all tests, each with buckets of its own."""
    async with AsyncExitStack() as stack:
        yield {
            make: await stack.enter_async_context(an_object_store(make, tmp_path_factory.mktemp(make)))
            for make in PRESENT
        }
