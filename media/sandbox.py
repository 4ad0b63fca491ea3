"""Decodes each photo in a child of its own that may do nothing but compute, and may die.

The children are forked by a small server (`forkserver.py`), never by the worker, which has threads and
an event loop; and the decoders are loaded there, not here.
"""

import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from media.confine import Limits, landlock_version
from media.facts import RENDITIONS, Box, Died, Refused, Rendered, Request

log = logging.getLogger(__name__)

LENGTH_BYTES = STATUS_BYTES = 4
MAX_ANSWER_BYTES = 8_000_000
START_S = 30.0  # loading the decoders on a machine under load
# A child lives for one photo, and gets its memory in large pages and at once: the overhead of the sandbox
# falls from 26 % to 11 % (tests/bench/photo.py). Another libc ignores it.
MALLOC = ("hugetlb=1", "top_pad=67108864", "mmap_threshold=33554432", "trim_threshold=268435456")
MAGIC = {"jpg": b"\xff\xd8\xff", "webp": b"RIFF"}


class Sandbox:
    """`render` blocks; call it in a thread, from several at once if you like. `close` ends the server."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.lock = threading.Lock()
        self.server: subprocess.Popen[bytes] | None = None
        self.control: socket.socket | None = None
        if not landlock_version():
            log.warning("the kernel has no Landlock: photos are decoded under rlimits alone")

    def render(self, photo: bytes, boxes: Sequence[Box] = ()) -> Rendered | Refused | Died:
        request = msgspec.msgpack.encode(Request(self.limits, tuple(boxes)))
        reading, writing = os.pipe()
        with open(reading, "rb", buffering=0) as answer:
            with open(writing, "wb", buffering=0) as childs_end, open(_in_memory(photo), "rb") as file:
                self._request(request, file.fileno(), childs_end.fileno())
            return _outcome(self._read(answer.fileno()))

    def close(self) -> None:
        with self.lock:
            self._stop()

    def _request(self, request: bytes, photo: int, answer: int) -> None:
        """Starts the server again if it was killed."""
        with self.lock:
            try:
                self._send(request, photo, answer)
            except (BrokenPipeError, ConnectionResetError):
                self._stop()
                self._send(request, photo, answer)

    def _send(self, request: bytes, photo: int, answer: int) -> None:
        if self.control is None:
            self._start()
        assert self.control is not None
        socket.send_fds(self.control, [request], [photo, answer])

    def _start(self) -> None:
        """With nothing of the worker's environment: secrets live there."""
        self.control, servers_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with servers_end:
            self.server = subprocess.Popen(  # noqa: S603  our own interpreter and module
                [sys.executable, "-m", "media.forkserver", str(servers_end.fileno())],
                cwd=Path(__file__).parent.parent,
                env={
                    "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                    "LC_ALL": "C.UTF-8",
                    "GLIBC_TUNABLES": ":".join(f"glibc.malloc.{tunable}" for tunable in MALLOC),
                },
                pass_fds=[servers_end.fileno()],
                stdin=subprocess.DEVNULL,
            )

    def _stop(self) -> None:
        if self.control is not None and self.server is not None:
            self.control.close()
            self.server.kill()
            self.server.wait()
        self.control = self.server = None

    def _read(self, pipe: int) -> bytes:
        """Empty when the server itself hangs; it is then replaced."""
        answer, give_up_at = bytearray(), time.monotonic() + self.limits.wall_s + START_S
        readable = select.poll()
        readable.register(pipe, select.POLLIN)
        while len(answer) <= MAX_ANSWER_BYTES:
            if not readable.poll(max(0.0, give_up_at - time.monotonic()) * 1000):
                self.close()
                return b""
            part = os.read(pipe, 1 << 20)
            if not part:
                return bytes(answer)
            answer += part
        return b""


def _in_memory(photo: bytes) -> int:
    """A descriptor of a file without a name; the child can read it and nothing else."""
    file = os.memfd_create("photo")
    with open(file, "wb", closefd=False) as writer:
        writer.write(photo)
    return file


def _outcome(answer: bytes) -> Rendered | Refused | Died:
    """Of what a child wrote, which may have been taken over by the photo: believed in form only."""
    length = int.from_bytes(answer[:LENGTH_BYTES], "little")
    if len(answer) < LENGTH_BYTES + length or not length:
        return _death(answer[-STATUS_BYTES:])
    try:
        outcome = msgspec.msgpack.decode(answer[LENGTH_BYTES : LENGTH_BYTES + length], type=Rendered | Refused)
    except msgspec.DecodeError:
        return Died("decoder_failed")
    if isinstance(outcome, Rendered) and not _is_complete(outcome.renditions):
        return Died("decoder_failed")
    return outcome


def _is_complete(renditions: dict[int, bytes]) -> bool:
    return set(renditions) == set(RENDITIONS) and all(
        renditions[size].startswith(MAGIC[suffix]) for size, (suffix, _) in RENDITIONS.items()
    )


def _death(status: bytes) -> Refused | Died:
    """The limit on CPU is the photo's own fault; the one on time may be a busy machine's; without a status
    the server itself is gone or never came up."""
    if len(status) < STATUS_BYTES:
        return Died("sandbox_down")
    code = int.from_bytes(status, "little")
    killer = os.WTERMSIG(code) if os.WIFSIGNALED(code) else None
    if killer == signal.SIGXCPU:
        return Refused("took_too_long")
    return Died("took_too_long" if killer == signal.SIGALRM else "decoder_failed", killer)
