"""Where bytes wait between the phone and the store: one file a photo. Blocking; call it in a thread.

What "durable" means here. Bytes are appended, and a file's size is its offset. A killed process loses
nothing: what was written is the kernel's. After a loss of power an ordinary file system (ext4 in its
default mode, XFS, Btrfs) brings back a size only with the bytes that belong to it. An offset is told
only when the size was taken first and the file synced after, so what was told is never taken back. On a
file system that breaks this promise the tail may be zeros: the hash of the whole finds it, and the
photo is expected anew.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

from media.errors import SpoolUnavailable, WrongOffset
from media.store import make_folder, sync_folder

NAME = re.compile("[0-9a-f]{32}")
MAX_VECTORS = 512  # the kernel takes 1024 at once


class Spool:
    def __init__(self, folder: Path) -> None:
        """Raises SpoolUnavailable when the folder cannot be made."""
        self.folder = folder
        try:
            make_folder(folder.absolute())
        except OSError as error:
            raise SpoolUnavailable(f"{folder}: {error.strerror}") from error

    def path(self, photo_id: UUID) -> Path:
        return self.folder / photo_id.hex

    def size(self, photo_id: UUID) -> int:
        """Bytes written, durable or not."""
        try:
            return self.path(photo_id).stat().st_size
        except FileNotFoundError:
            return 0

    def durable_size(self, photo_id: UUID) -> int:
        try:
            file = os.open(self.path(photo_id), os.O_RDWR)
        except FileNotFoundError:
            return 0
        try:
            size = os.fstat(file).st_size
            os.fdatasync(file)
        finally:
            os.close(file)
        return size

    def open(self, photo_id: UUID, at: int) -> int:
        """A descriptor to write at `at`; a new file's name is on disk when it returns.

        Raises WrongOffset when a hole would come before: the photo was dropped since it was asked.
        """
        path = self.path(photo_id)
        is_new = not path.exists()
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        size = os.fstat(file).st_size
        if size < at:
            os.close(file)
            raise WrongOffset(size)
        if is_new:
            sync_folder(self.folder)
        return file

    def is_current(self, file: int, photo_id: UUID) -> bool:
        """False when the photo was dropped, and perhaps begun again, since `file` was opened."""
        try:
            return os.path.samestat(os.fstat(file), self.path(photo_id).stat())
        except FileNotFoundError:
            return False

    def read(self, photo_id: UUID) -> bytes:
        """Empty when there is nothing."""
        try:
            return self.path(photo_id).read_bytes()
        except FileNotFoundError:
            return b""

    def sha256(self, photo_id: UUID) -> bytes:
        """Empty when there is nothing."""
        try:
            with self.path(photo_id).open("rb") as file:
                return hashlib.file_digest(file, "sha256").digest()
        except FileNotFoundError:
            return b""

    def drop(self, photo_id: UUID) -> None:
        self.path(photo_id).unlink(missing_ok=True)

    def ids(self) -> Iterator[UUID]:
        for path in self.folder.iterdir():
            if NAME.fullmatch(path.name):
                yield UUID(path.name)


def write_at(file: int, chunks: Sequence[bytes], at: int) -> None:
    """As they are, one behind the other; joining them would copy all."""
    left = [memoryview(chunk) for chunk in chunks]
    while left:
        written = os.pwritev(file, left[:MAX_VECTORS], at)
        at += written
        while left and written >= len(left[0]):
            written -= len(left.pop(0))
        if written:
            left[0] = left[0][written:]
