from collections.abc import Iterator
from pathlib import Path

import pytest

from media.sandbox import Sandbox
from media.spool import Spool
from media.store import DiskStore
from media.uploads import Uploads


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
