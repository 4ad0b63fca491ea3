import io
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import psutil
import pytest
from PIL import ExifTags, Image

from media.confine import Limits, landlock_version
from media.facts import Box, Died, Facts, Refused, Rendered
from media.image import render
from media.sandbox import Sandbox, _outcome
from media.stripping import stripped
from tests.media.factories import a_jpeg, encoded
from tests.media.hostile import a_telling, a_telling_jpeg, a_telling_png

REPOSITORY = Path(__file__).parents[2]
FACTS = Facts(type="image/jpeg", width=1, height=1, dhash="0" * 16)


def framed(answer: Rendered | Refused, *, status: int = 0) -> bytes:
    content = msgspec.msgpack.encode(answer)
    return len(content).to_bytes(4, "little") + content + status.to_bytes(4, "little")


def run_python(code: str) -> str:
    return subprocess.check_output([sys.executable, "-c", code], cwd=REPOSITORY, text=True, timeout=60).strip()


@pytest.fixture
def own_sandbox() -> Iterator[Sandbox]:
    """One that a test may break."""
    sandbox = Sandbox()
    assert isinstance(sandbox.render(a_jpeg()), Rendered)
    yield sandbox
    sandbox.close()


def test_a_photo_is_rendered_in_a_child(sandbox: Sandbox) -> None:
    outcome = sandbox.render(a_jpeg(400, 300))
    assert isinstance(outcome, Rendered)
    assert Image.open(io.BytesIO(outcome.renditions[160])).size == (160, 120)
    assert (outcome.facts.width, outcome.facts.height) == (400, 300)


def test_a_refusal_comes_back_with_its_reason(sandbox: Sandbox) -> None:
    assert sandbox.render(b"<html>") == Refused("not_an_image")
    assert sandbox.render(b"") == Refused("not_an_image")


def test_photos_are_rendered_side_by_side(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(sandbox.render, [a_jpeg(300 + number, 300) for number in range(12)]))
    assert [outcome.facts.width for outcome in outcomes if isinstance(outcome, Rendered)] == list(range(300, 312))


def test_a_photo_that_needs_too_much_memory_is_refused() -> None:
    sandbox = Sandbox(Limits(memory_bytes=150_000_000))
    try:
        assert sandbox.render(encoded(Image.new("RGBA", (4800, 4800)), "PNG")) == Refused("decoder_failed")
        assert isinstance(sandbox.render(a_jpeg()), Rendered)
    finally:
        sandbox.close()


def test_a_photo_that_takes_too_long_dies_alone(own_sandbox: Sandbox) -> None:
    own_sandbox.limits = Limits(wall_s=0.001)
    assert own_sandbox.render(a_jpeg()) == Died("took_too_long", signal.SIGALRM)
    own_sandbox.limits = Limits()
    assert isinstance(own_sandbox.render(a_jpeg()), Rendered)


def test_a_photo_that_takes_too_much_cpu_is_refused_at_once() -> None:
    assert _outcome(int(signal.SIGXCPU).to_bytes(4, "little")) == Refused("took_too_long")


def test_a_server_that_was_killed_is_started_again(own_sandbox: Sandbox) -> None:
    assert own_sandbox.server is not None
    own_sandbox.server.kill()
    own_sandbox.server.wait()
    assert isinstance(own_sandbox.render(a_jpeg()), Rendered)


def outcome_when_killed(sandbox: Sandbox, kill: Callable[[psutil.Process], None]) -> object:
    """Of a large photo, while whose child is at work `kill` is called with the server."""
    assert sandbox.server is not None
    server, large = psutil.Process(sandbox.server.pid), encoded(Image.effect_noise((4000, 3000), 80), "PNG")
    with ThreadPoolExecutor(1) as thread:
        outcome = thread.submit(sandbox.render, large)
        while not server.children():
            assert not outcome.done()
        kill(server)
        return outcome.result()


def test_a_child_that_is_killed_is_a_death_and_the_next_photo_is_rendered(own_sandbox: Sandbox) -> None:
    outcome = outcome_when_killed(own_sandbox, lambda server: server.children()[0].kill())
    assert outcome == Died("decoder_failed", signal.SIGKILL)
    assert isinstance(own_sandbox.render(a_jpeg()), Rendered)


def test_a_server_that_is_killed_is_not_the_photos_fault(own_sandbox: Sandbox) -> None:
    assert outcome_when_killed(own_sandbox, lambda server: server.kill()) == Died("sandbox_down")
    assert isinstance(own_sandbox.render(a_jpeg()), Rendered)


def test_the_server_ends_with_its_worker(own_sandbox: Sandbox) -> None:
    assert own_sandbox.control is not None
    assert own_sandbox.server is not None
    own_sandbox.control.close()
    assert own_sandbox.server.wait(timeout=30) == 0


def test_the_server_has_no_secrets_of_the_worker(own_sandbox: Sandbox) -> None:
    assert own_sandbox.server is not None
    environment = psutil.Process(own_sandbox.server.pid).environ()
    assert "DATABASE_URL" in os.environ
    assert environment.keys() & os.environ.keys() <= {"PYTHONPATH", "LC_ALL", "GLIBC_TUNABLES"}


def test_no_descriptor_is_left_behind(own_sandbox: Sandbox) -> None:
    assert own_sandbox.server is not None
    ours, servers = psutil.Process(), psutil.Process(own_sandbox.server.pid)
    before = ours.num_fds()
    own_sandbox.render(b"no photo")
    own_sandbox.render(a_jpeg())
    assert ours.num_fds() == before
    assert servers.num_fds() <= 8


def test_the_worker_loads_no_decoder() -> None:
    code = "import sys, media.render, media.uploads, media.photos, media.sandbox; print('PIL' in sys.modules)"
    assert run_python(code) == "False"


ATTEMPTS = """
import os, socket
from media.confine import Limits, become_nobody, confine

def attempt(act):
    try:
        act()
    except OSError as error:
        return type(error).__name__ + ":" + os.strerror(error.errno)
    return "allowed"

become_nobody()
os.closerange(3, 256)
confine(Limits())
attempts = [
    lambda: os.open("/etc/passwd", os.O_RDONLY),
    lambda: os.open("/tmp/written", os.O_WRONLY | os.O_CREAT),
    lambda: socket.socket(),
    lambda: os.pipe(),
    lambda: os.fork() or os._exit(0),
    lambda: os.dup(1),
]
os.write(1, "\\n".join(attempt(act) for act in attempts).encode())
"""


def test_a_confined_process_opens_and_starts_nothing() -> None:
    assert "allowed" not in run_python(ATTEMPTS).splitlines()


def test_a_kernel_without_landlock_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        Sandbox().close()
    assert len(caplog.records) == (0 if landlock_version() else 1)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0\0\0\0",
        b"\xff\xff\xff\xff nothing of the kind",
        b"\x05\0\0\0hello\0\0\0\0",
        framed(Rendered({1600: b"\xff\xd8\xff", 640: b"RIFF"}, FACTS)),
        framed(Rendered({1600: b"<html>", 640: b"RIFF", 160: b"RIFF"}, FACTS)),
        framed(Refused("truncated"))[:9],
    ],
)
def test_a_child_is_not_believed_more_than_its_form(answer: bytes) -> None:
    assert isinstance(_outcome(answer), Died)


def test_a_whole_answer_is_believed_even_when_the_server_died_after_it() -> None:
    assert _outcome(framed(Refused("truncated"))[:-4]) == Refused("truncated")


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WebP", "AVIF"])
def test_a_child_reads_all_that_is_read_outside(name: str) -> None:
    """In a fresh server: a child cannot load what its parent did not."""
    photo = {
        "JPEG": a_telling_jpeg(),
        "PNG": a_telling_png(),
        "WebP": a_telling("WEBP"),
        "AVIF": a_telling("AVIF"),
    }[name]
    fresh = Sandbox()
    try:
        assert fresh.render(photo, [Box(0, 0, 0.5, 0.5)]) == render(photo, [Box(0, 0, 0.5, 0.5)])
    finally:
        fresh.close()
    assert render(photo).facts.taken_local == "2026-11-22T07:30:00"


PAYLOADS = (
    "<script>alert(1)</script>",
    "'; DROP TABLE photo; --",
    "{{7*7}}${7*7}",
    "../../etc/passwd",
    "\x1b]0;title\x07",
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_stands_in_metadata_stays_words(payload: str, sandbox: Sandbox) -> None:
    exif = Image.Exif()
    for tag in (ExifTags.Base.Make, ExifTags.Base.ImageDescription, ExifTags.Base.Software, ExifTags.Base.DateTime):
        exif[tag] = payload
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = payload
    photo = a_jpeg(exif=exif, comment=payload.encode())
    rendered = sandbox.render(photo)
    assert isinstance(rendered, Rendered)
    assert (rendered.facts.taken_local, rendered.facts.marks) == (None, ())
    kept = stripped(photo, rendered.facts)
    assert not any(payload.encode() in content for content in (kept or b"", *rendered.renditions.values()))
