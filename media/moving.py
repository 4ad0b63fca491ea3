"""From one store into another while both are in use.

`MEDIA_URL="NEW OLD"` makes every process write into NEW and read from both; `move` brings over what is
still only in OLD; then OLD is taken out of `MEDIA_URL`. At no moment is a photo not found.
"""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable

import msgspec

from media.errors import CopyDiffers, NotFound, SameStore
from media.store import Stat, Store

PARALLEL = 8
TRACE = "moving-"

Step = Callable[[int, int], None]


class MovingStore:
    """`new` before `old`; writes go to `new` alone."""

    def __init__(self, new: Store, old: Store) -> None:
        self.new, self.old = new, old

    async def put(self, key: str, content: bytes) -> None:
        await self.new.put(key, content)

    async def get(self, key: str) -> bytes:
        """The third look is for what was moved between the first and the second."""
        for store in (self.new, self.old):
            try:
                return await store.get(key)
            except NotFound:
                continue
        return await self.new.get(key)

    async def stat(self, key: str) -> Stat | None:
        return await self.new.stat(key) or await self.old.stat(key) or await self.new.stat(key)

    async def delete(self, key: str) -> None:
        """The old one first: `move` looks there again after it has copied."""
        await self.old.delete(key)
        await self.new.delete(key)

    async def walk(self, prefix: str = "") -> AsyncIterator[str]:
        """A key that is in both comes twice."""
        for store in (self.new, self.old):
            async for key in store.walk(prefix):
                yield key


class Moved(msgspec.Struct, frozen=True):
    """`copied` now; `present`: were there with the same content; `newer`: were there with another, which is
    the newer one, and stays; `gone`: deleted while we looked."""

    copied: int = 0
    present: int = 0
    newer: int = 0
    gone: int = 0
    bytes: int = 0

    def __add__(self, other: "Moved") -> "Moved":
        mine, others = msgspec.structs.astuple(self), msgspec.structs.astuple(other)
        return Moved(*(one + another for one, another in zip(mine, others, strict=True)))


async def move(old: Store, new: Store, *, remove: bool = False, step: Step | None = None) -> Moved:
    """All objects of `old` into `new`, each read again there and compared. Killed, it is simply begun anew.

    `remove` takes each out of `old` after that: only when nobody reads `old` alone any more.
    One move at a time: to another, what this one removes would look deleted for good.
    `step` is told how many of how many are done. Raises SameStore, CopyDiffers, StoreUnavailable.
    """
    await _check_two(old, new)
    total = 0
    async for _ in old.walk():
        total += 1
    moved, done = Moved(), 0
    async for keys in _batches(old.walk()):
        for one in await asyncio.gather(*(_move_one(old, new, key, remove=remove) for key in keys)):
            moved += one
        done += len(keys)
        if step:
            step(done, max(done, total))
    return moved


async def _check_two(old: Store, new: Store) -> None:
    """By a trace: one store may have two addresses. Traces of moves that were killed are taken away too."""
    trace = f"{TRACE}{secrets.token_hex(8)}"
    await new.put(trace, b"")
    try:
        if await old.stat(trace) is not None:
            raise SameStore
    finally:
        for store in (old, new):
            for left in [key async for key in store.walk(TRACE)]:
                await store.delete(left)


async def _batches(keys: AsyncIterator[str]) -> AsyncIterator[list[str]]:
    batch: list[str] = []
    async for key in keys:
        batch.append(key)
        if len(batch) == PARALLEL:
            yield batch
            batch = []
    if batch:
        yield batch


async def _move_one(old: Store, new: Store, key: str, *, remove: bool) -> Moved:
    try:
        content = await old.get(key)
    except NotFound:
        return Moved(gone=1)
    moved = await _copy(new, key, content)
    if remove:
        await old.delete(key)
    elif await old.stat(key) is None:  # deleted for good meanwhile: a hidden photo must not come back
        await new.delete(key)
        return Moved(gone=1)
    return moved


async def _copy(new: Store, key: str, content: bytes) -> Moved:
    expected = hashlib.sha256(content).digest()
    found = await _sha256(new, key)
    if found == expected:
        return Moved(present=1)
    if found is not None:
        return Moved(newer=1)
    await new.put(key, content)
    if await _sha256(new, key) != expected:
        raise CopyDiffers
    return Moved(copied=1, bytes=len(content))


async def _sha256(store: Store, key: str) -> bytes | None:
    try:
        return hashlib.sha256(await store.get(key)).digest()
    except NotFound:
        return None
