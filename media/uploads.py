"""Receiving a photo in pieces (the core of tus 1.0) or whole, whatever the network does. No HTTP here.

Nothing is locked. Each piece is written at its own place, so that two live uploads of one photo write
the same bytes to the same places; the hash of the whole decides at the end. The state changes in one
statement after the last byte is durable: killed before it, the next `resume` or `tidy` finds the file
whole and does it.
"""

import hashlib
import os
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

import asyncpg
import msgspec
from anyio import CancelScope, CapacityLimiter, to_thread

from media.errors import (
    ChecksumMismatch,
    HashMismatch,
    NotExpected,
    PhotoUnknown,
    SpoolUnavailable,
    TooLong,
    TooShort,
    WrongOffset,
)
from media.rows import fetch
from media.spool import Spool, write_at
from media.sweeping import UNFINISHED_AFTER

BUFFER_BYTES = 512 * 1024  # the piece that clients send: one thread hop for each; what a stalled upload may hold
BUFFER_CHUNKS = 256
THREADS = 8
RECEIVING = ("expected", "uploading")
RECEIVED = ("uploaded", "ready", "hidden")
CHECKSUMS = ("sha1", "sha256")

Answer = TypeVar("Answer")


class Upload(msgspec.Struct, frozen=True):
    """`offset` of `size` bytes are here: until `expires_at`, or when complete, for ever."""

    id: UUID
    offset: int
    size: int
    state: str
    expires_at: datetime | None = None


class Checksum(msgspec.Struct, frozen=True):
    """Of one piece; `algorithm` is one of CHECKSUMS."""

    algorithm: str
    digest: bytes


UPLOAD = """
-- a photo that was given up before it was used may be sent again, from the first byte
SELECT id, size, sha256, reason, expected_at,
    CASE WHEN state = 'swept' AND reason IN ('unfinished', 'unattached') THEN 'expected' ELSE state END AS state
FROM photo WHERE id = $1 AND owner = $2
"""
BEGIN_UPLOAD = """
-- the first piece changes the state, later ones find it changed; once an hour one says that the phone is there
WITH begun AS (
    UPDATE photo SET state = 'uploading', expected_at = $3, reason = CASE state WHEN 'swept' THEN NULL ELSE reason END
    WHERE id = $1 AND owner = $2 AND CASE state
        WHEN 'expected' THEN true
        WHEN 'uploading' THEN expected_at < $3::timestamptz - interval '1 hour'
        WHEN 'swept' THEN reason IN ('unfinished', 'unattached')
        ELSE false END
    RETURNING id)
SELECT id, size, sha256, reason, greatest(expected_at, $3::timestamptz - interval '1 hour') AS expected_at,
    CASE WHEN state = 'expected' OR (state = 'swept' AND reason IN ('unfinished', 'unattached'))
    THEN 'uploading' ELSE state END AS state
FROM photo WHERE id = $1 AND owner = $2
"""
COMPLETE = """
-- a second live upload may have been first: then nothing changes
UPDATE photo SET state = 'uploaded', uploaded_at = $2, reason = NULL, attempts = 0, leased_until = NULL
WHERE id = $1 AND state IN ('expected', 'uploading')
RETURNING id
"""
EXPECT_AGAIN = """
UPDATE photo SET state = 'expected', reason = 'hash_mismatch'
WHERE id = $1 AND state IN ('expected', 'uploading')
RETURNING id
"""
SPOOLED = """
-- a report that is gone took its rows along: those ids are missing here
SELECT id, owner, size, state FROM photo WHERE id = ANY($1::uuid[])
"""


class Uploads:
    """`owner` is who announced the photo; another's is PhotoUnknown. Every call may raise SpoolUnavailable."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self.limiter = CapacityLimiter(THREADS)

    async def resume(self, photo_id: UUID, owner: int, now: datetime) -> Upload:
        """Where to go on. Raises PhotoUnknown, NotExpected."""
        photo = await self._photo(UPLOAD, photo_id, owner)
        if photo["state"] in RECEIVED:
            return _at(photo, photo["size"])
        offset = await self._run(partial(self.spool.durable_size, photo_id))
        if offset < photo["size"]:
            return _at(photo, offset)
        try:
            return await self._complete(photo, now)
        except HashMismatch:
            return _at(photo, 0)

    async def append(
        self,
        photo_id: UUID,
        owner: int,
        at: int,
        chunks: AsyncIterator[bytes],
        now: datetime,
        checksum: Checksum | None = None,
    ) -> Upload:
        """Durable up to the answer's offset. When `chunks` raises, what came before is kept.

        Raises PhotoUnknown, NotExpected, WrongOffset, TooLong, ChecksumMismatch, HashMismatch.
        """
        photo = await self._photo(BEGIN_UPLOAD, photo_id, owner, now)
        current = photo["size"] if photo["state"] in RECEIVED else self.spool.size(photo_id)
        if at != current:
            raise WrongOffset(current)
        if photo["state"] in RECEIVED:
            return _at(photo, current)
        piece = Piece(self.spool, photo_id, at, photo["size"], checksum)
        return await self._receive(photo, piece, chunks, now)

    async def put(self, photo_id: UUID, owner: int, chunks: AsyncIterator[bytes], now: datetime) -> Upload:
        """The whole body, whatever came before. Raises as `append`, and TooShort for WrongOffset."""
        photo = await self._photo(BEGIN_UPLOAD, photo_id, owner, now)
        if photo["state"] in RECEIVED:
            return _at(photo, photo["size"])
        upload = await self._receive(photo, Piece(self.spool, photo_id, 0, photo["size"]), chunks, now)
        if upload.offset < upload.size:
            raise TooShort(upload.offset, upload.size)
        return upload

    async def tidy(self, now: datetime) -> int:
        """Completes what arrived whole before a crash, drops what is settled or gone: how many files.

        A chore for the worker; safe at any time and beside live uploads.
        """
        ids = await self._run(lambda: list(self.spool.ids()))
        photos = {photo["id"]: photo for photo in await fetch(SPOOLED, ids)}
        touched = 0
        for photo_id in ids:
            touched += await self._tidy(photo_id, photos.get(photo_id), now)
        return touched

    async def _tidy(self, photo_id: UUID, photo: asyncpg.Record | None, now: datetime) -> bool:
        if photo is not None and photo["state"] == "uploaded":
            return False
        if photo is None or photo["state"] not in RECEIVING:
            await self._run(partial(self.spool.drop, photo_id))
            return True
        if self.spool.size(photo_id) < photo["size"]:
            return False
        await self.resume(photo_id, photo["owner"], now)
        return True

    async def _photo(self, sql: str, photo_id: UUID, owner: int, *more: datetime) -> asyncpg.Record:
        rows = await fetch(sql, photo_id, owner, *more)
        if not rows:
            raise PhotoUnknown(photo_id)
        if rows[0]["state"] not in RECEIVING + RECEIVED:
            raise NotExpected(rows[0]["state"], rows[0]["reason"])
        return rows[0]

    async def _receive(
        self, photo: asyncpg.Record, piece: "Piece", chunks: AsyncIterator[bytes], now: datetime
    ) -> Upload:
        try:
            async for chunk in chunks:
                piece.add(chunk)
                if piece.is_full:
                    await self._run(piece.write)
            offset = await self._run(piece.finish)
        finally:
            if piece.is_open:
                with CancelScope(shield=True):  # a phone that hung up must not cost what it sent
                    await self._run(piece.close)
        return await self._complete(photo, now) if offset == photo["size"] else _at(photo, offset)

    async def _complete(self, photo: asyncpg.Record, now: datetime) -> Upload:
        """The file is whole and durable. On a mismatch the row speaks first: killed between the two,
        the next look finds a whole file with a wrong hash again. No row to speak for means that another
        live upload completed the photo before."""
        if await self._run(partial(self._is_announced, photo)):
            await fetch(COMPLETE, photo["id"], now)
        elif await fetch(EXPECT_AGAIN, photo["id"]):
            await self._run(partial(self.spool.drop, photo["id"]))
            raise HashMismatch(photo["id"])
        return msgspec.structs.replace(_at(photo, photo["size"]), state="uploaded", expires_at=None)

    def _is_announced(self, photo: asyncpg.Record) -> bool:
        return self.spool.sha256(photo["id"]) == bytes(photo["sha256"])

    async def _run(self, act: Callable[[], Answer]) -> Answer:
        try:
            return await to_thread.run_sync(act, limiter=self.limiter)
        except OSError as error:
            raise SpoolUnavailable(str(error.strerror)) from error


class Piece:
    """Bytes on their way into the spool. `write`, `finish` and `close` block."""

    def __init__(self, spool: Spool, photo_id: UUID, at: int, announced: int, checksum: Checksum | None = None) -> None:
        self.spool, self.photo_id, self.at, self.announced = spool, photo_id, at, announced
        self.begun_at, self.checksum = at, checksum
        self.digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
        self.buffer: list[bytes] = []
        self.waiting = 0
        self.file: int | None = None

    def add(self, chunk: bytes) -> None:
        if self.at + self.waiting + len(chunk) > self.announced:
            raise TooLong(self.announced)
        self.buffer.append(chunk)
        self.waiting += len(chunk)

    def write(self) -> None:
        if self.buffer:
            if self.file is None:
                self.file = self.spool.open(self.photo_id, self.at)
            if self.digest:
                for chunk in self.buffer:
                    self.digest.update(chunk)
            write_at(self.file, self.buffer, self.at)
            self.at += self.waiting
            self.buffer, self.waiting = [], 0

    @property
    def is_full(self) -> bool:
        """Also of many small chunks, each of which costs more than its bytes."""
        return self.waiting > BUFFER_BYTES or len(self.buffer) >= BUFFER_CHUNKS

    @property
    def is_open(self) -> bool:
        return self.file is not None or bool(self.buffer)

    def finish(self) -> int:
        """The offset that may be told. Raises ChecksumMismatch; WrongOffset when the photo was dropped meanwhile."""
        self.write()
        if self.checksum and self.digest and self.digest.digest() != self.checksum.digest:
            self._take_back()
        if self.file is None:
            return self.spool.durable_size(self.photo_id)
        os.fdatasync(self.file)
        if not self.spool.is_current(self.file, self.photo_id):
            raise WrongOffset(self.spool.size(self.photo_id))
        self.close()
        return self.at

    def _take_back(self) -> None:
        """Unless another live upload went on from here: then the hash of the whole decides."""
        if self.file is not None and os.fstat(self.file).st_size == self.at:
            os.ftruncate(self.file, self.begun_at)
        raise ChecksumMismatch(self.begun_at)

    def close(self) -> None:
        try:
            self.write()
        finally:
            if self.file is not None:
                os.close(self.file)
                self.file = None


def _at(photo: asyncpg.Record, offset: int) -> Upload:
    expires_at = photo["expected_at"] + UNFINISHED_AFTER if photo["state"] in RECEIVING else None
    return Upload(photo["id"], offset, photo["size"], photo["state"], expires_at)
