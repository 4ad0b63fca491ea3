"""Where photos are kept: bytes under keys, nothing else. Nobody outside this room and `api` reaches it.

Keys are secrets: `photo/` renditions are shown by `api`, `original/` never.
"""

import os
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import unquote, urlsplit

import msgspec
from anyio import CapacityLimiter, to_thread

from media.errors import KeyRefused, NotFound, StoreUnavailable, StoreUrlRefused
from media.facts import RENDITIONS

KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")
MAX_KEY_LENGTH = 200
UNFINISHED_KEPT_S = 3600
THREADS = 4

Answer = TypeVar("Answer")


def rendition_key(key: str, size: int) -> str:
    return f"photo/{key[:2]}/{key}.{size}.{RENDITIONS[size][0]}"


def original_key(key: str) -> str:
    return f"original/{key[:2]}/{key}"


def check_key(key: str) -> None:
    if len(key) > MAX_KEY_LENGTH or not KEY.fullmatch(key):
        raise KeyRefused(key)


class Stat(msgspec.Struct, frozen=True):
    size: int
    stored_at: datetime


class Store(Protocol):
    """Every call may raise StoreUnavailable, and KeyRefused for what is no key."""

    async def put(self, key: str, content: bytes) -> None:
        """Durable when it returns; replaces; a reader sees the old content or the new, never a part."""

    async def get(self, key: str) -> bytes:
        """Raises NotFound."""

    async def stat(self, key: str) -> Stat | None: ...

    async def delete(self, key: str) -> None:
        """Without an error when there is no such object."""

    def walk(self, prefix: str = "") -> AsyncIterator[str]:
        """Every key that begins with `prefix`, in no order; of those put or deleted meanwhile, any."""


class DiskStore:
    """One file a key below `root`, written beside, synced, then renamed into place."""

    def __init__(self, root: Path) -> None:
        """Raises StoreUnavailable when `root` cannot be made or written."""
        self.root, self.unfinished = root, root / ".unfinished"
        self.limiter = CapacityLimiter(THREADS)
        try:
            self._open()
        except OSError as error:
            raise StoreUnavailable(f"{root}: {error.strerror}") from error

    def _open(self) -> None:
        """Removes what a killed process left; the age is told by the file system's own clock."""
        make_folder(self.unfinished.absolute())
        probe = self.unfinished / secrets.token_hex(8)
        probe.touch()
        oldest_kept = probe.stat().st_mtime - UNFINISHED_KEPT_S
        probe.unlink()
        for path in self.unfinished.iterdir():
            if path.stat().st_mtime < oldest_kept:
                path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        check_key(key)
        return self.root / key

    async def _run(self, act: Callable[[], Answer]) -> Answer:
        try:
            return await to_thread.run_sync(act, limiter=self.limiter)
        except OSError as error:
            raise StoreUnavailable(str(error.strerror)) from error

    async def put(self, key: str, content: bytes) -> None:
        await self._run(partial(self._put, self._path(key), content))

    def _put(self, path: Path, content: bytes) -> None:
        unfinished = self.unfinished / secrets.token_hex(16)
        try:
            write_durably(unfinished, content)
            make_folder(path.parent)
            unfinished.rename(path)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)

    async def get(self, key: str) -> bytes:
        path = self._path(key)
        try:
            return await self._run(path.read_bytes)
        except StoreUnavailable as error:
            if isinstance(error.__cause__, FileNotFoundError):
                raise NotFound(key) from error
            raise

    async def stat(self, key: str) -> Stat | None:
        return await self._run(partial(_stat, self._path(key)))

    async def delete(self, key: str) -> None:
        await self._run(partial(_delete, self._path(key)))

    async def walk(self, prefix: str = "") -> AsyncIterator[str]:
        walk = self._keys(prefix)
        while batch := await self._run(partial(next_batch, walk)):
            for key in batch:
                yield key

    def _keys(self, prefix: str) -> Iterator[str]:
        for folder, _, names in os.walk(self.root):
            for name in names:
                key = (Path(folder) / name).relative_to(self.root).as_posix()
                if key.startswith(prefix) and KEY.fullmatch(key):
                    yield key


def next_batch(walk: Iterator[str], at_most: int = 256) -> list[str]:
    return [key for _, key in zip(range(at_most), walk, strict=False)]


def _stat(path: Path) -> Stat | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return Stat(size=found.st_size, stored_at=datetime.fromtimestamp(found.st_mtime, UTC))


def _delete(path: Path) -> None:
    path.unlink(missing_ok=True)
    if path.parent.exists():
        sync_folder(path.parent)


def write_durably(path: Path, content: bytes) -> None:
    """A new file that survives a loss of power, its name excepted: see `sync_folder`."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def make_folder(folder: Path) -> None:
    """With the names of all new folders on disk."""
    if folder.exists():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_store(urls: str) -> Store:
    """`file:///absolute/folder`, or `s3://…` as in media/s3.py; two of them, with a space between, during a
    move (media/moving.py). Raises StoreUrlRefused, StoreUnavailable."""
    new, *old = [open_one(url) for url in urls.split() or [""]]
    if not old:
        return new
    if len(old) > 1:
        raise StoreUrlRefused("three addresses", "one, or the new and the old one")
    from media.moving import MovingStore

    return MovingStore(new, old[0])


def open_one(url: str) -> Store:
    parts = urlsplit(url)
    if parts.scheme == "s3":
        from media.s3 import open_s3  # the SDK's memory is for those who use it

        return open_s3(url)
    if parts.scheme != "file" or parts.netloc or not parts.path.startswith("/"):
        raise StoreUrlRefused(parts.scheme, "file:///absolute/folder or s3://key:secret@host:port/bucket")
    return DiskStore(Path(unquote(parts.path)))
