"""A small process with one thread and the decoders loaded: forks a confined child for each photo.

`sandbox.py` starts it as `python -m media.forkserver DESCRIPTOR` and sends requests over that socket: the
limits, with two descriptors, the photo and the pipe for the answer. The child writes `LENGTH answer`,
then the server adds `STATUS` of the dead child. It ends when the socket closes, its children with it.
"""

import gc
import os
import resource
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn

import msgspec
from PIL import Image, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin

from media.confine import become_nobody, confine, lower
from media.errors import PhotoRefused
from media.facts import Box, Refused, Request
from media.headers import is_heic
from media.image import render

LENGTH = struct.Struct("<I")
STATUS = struct.Struct("<i")
MAX_REQUEST_BYTES = 8192
MAX_DESCRIPTORS = 256  # known, so that a child can close them all
OVERDUE_S = 2.0  # the child's own alarm comes first, unless it was taken over
LOADED = (
    MpoImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)  # a child cannot import; AVIF comes with image.py


class Child(msgspec.Struct, frozen=True):
    """`exit` becomes readable when it dies."""

    pid: int
    exit: int
    answer: int
    overdue_at: float


def serve(control: socket.socket) -> None:
    children: dict[int, Child] = {}
    while True:
        readable, _, _ = select.select([control.fileno(), *children], [], [], _until_overdue(children))
        for exit_descriptor in children.keys() & set(readable):
            _bury(children.pop(exit_descriptor))
        _kill_overdue(children)
        if control.fileno() in readable:
            child = _accept(control)
            if child is None:
                return
            children[child.exit] = child


def _until_overdue(children: dict[int, Child]) -> float | None:
    if not children:
        return None
    return max(0.0, min(child.overdue_at for child in children.values()) - time.monotonic())


def _kill_overdue(children: dict[int, Child]) -> None:
    for child in children.values():
        if child.overdue_at <= time.monotonic():
            os.kill(child.pid, signal.SIGKILL)


def _accept(control: socket.socket) -> Child | None:
    """None when the worker is gone."""
    request, descriptors, _, _ = socket.recv_fds(control, MAX_REQUEST_BYTES, 2)
    if not request:
        return None
    photo, answer = descriptors
    asked = msgspec.msgpack.decode(request, type=Request)
    server = os.getpid()
    pid = os.fork()
    if pid == 0:
        _decode(photo, answer, asked, server)
    os.close(photo)
    return Child(pid, os.pidfd_open(pid), answer, time.monotonic() + asked.limits.wall_s + OVERDUE_S)


def _bury(child: Child) -> None:
    _, status = os.waitpid(child.pid, 0)
    os.set_blocking(child.answer, False)
    try:
        os.write(child.answer, STATUS.pack(status))
    except (BlockingIOError, BrokenPipeError):
        pass  # nobody reads: the worker takes a short answer for a death anyway
    finally:
        os.close(child.answer)
        os.close(child.exit)


def _decode(photo: int, answer: int, asked: Request, server: int) -> NoReturn:
    """The child. Nothing may return from here into the server's loop."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        for place, descriptor in enumerate((photo, answer, null)):
            os.dup2(descriptor, place)
        os.closerange(3, MAX_DESCRIPTORS)
        signal.setitimer(signal.ITIMER_REAL, asked.limits.wall_s)
        bytes_of_photo = os.pread(0, os.fstat(0).st_size, 0)
        confine(asked.limits, may_have_threads=is_heic(bytes_of_photo))  # its decoder cannot do without one
        if os.getppid() == server:  # else it died before its death could be a signal to us
            _write(1, _answer(bytes_of_photo, asked.boxes))
    finally:
        os._exit(0)


def _answer(photo: bytes, boxes: Sequence[Box]) -> bytes:
    try:
        return msgspec.msgpack.encode(render(photo, boxes))
    except PhotoRefused as refused:
        return msgspec.msgpack.encode(Refused(refused.reason))
    except Exception:  # whatever a decoder raises on a stranger's bytes, memory exhausted included
        return msgspec.msgpack.encode(Refused("decoder_failed"))


def _write(descriptor: int, answer: bytes) -> None:
    left = memoryview(LENGTH.pack(len(answer)) + answer)
    while left:
        left = left[os.write(descriptor, left) :]


if __name__ == "__main__":
    lower(resource.RLIMIT_NOFILE, MAX_DESCRIPTORS)
    Image.preinit()
    datetime.strptime("+0700", "%z")  # loads its module at its first use, which would be too late for a child
    become_nobody()
    gc.freeze()  # children share the pages of what is loaded
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the worker's; its end is ours
    with socket.socket(fileno=int(sys.argv[1])) as control:
        serve(control)
