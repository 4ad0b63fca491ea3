"""`run` beside a server that DATABASE_URL names: the parts come, come back when killed, and go in order."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest

from api.piccolo_conf import DB
from tests.house.terminal import read_until, started

LOADED = """
-- no area in it: enough for `run` to see that boundaries are there
INSERT INTO boundary_version (name, effective, source, licence, quality, loaded_at, activated_at)
VALUES ('test', '2025-01-01', 'test', 'test', 'approximate', now(), now())
"""


@pytest.fixture
async def boundaries(empty_tables: None) -> None:
    await DB.fetch(LOADED)


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])


def part(run: "subprocess.Popen[str]", name: str) -> psutil.Process:
    return next(child for child in psutil.Process(run.pid).children() if child.cmdline()[-1:] == [name])


def eventually(is_so: Callable[[], bool], within_s: float = 60) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        with suppress(OSError):
            if is_so():
                return True
        time.sleep(0.1)
    return False


def ready(port: str) -> int:
    with urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=10) as answer:
        return int(answer.status)


@pytest.mark.timeout(120)
def test_a_part_that_is_killed_comes_back_and_ctrl_c_ends_everything(boundaries: None, tmp_path: Path) -> None:
    port, url = free_port(), os.environ["DATABASE_URL"]
    with started(tmp_path, "run", PORT=port, DATABASE_URL=url) as run:
        lines = read_until(run, "report ")
        assert f"http://127.0.0.1:{port}/" in "\n".join(lines)
        assert ready(port) == 200
        killed = part(run, "serve")
        killed.kill()
        read_until(run, "serve ended (signal 9)")
        assert eventually(lambda: ready(port) == 200)
        parts = [part(run, "serve"), part(run, "work")]
        assert killed not in parts
        run.send_signal(signal.SIGINT)
        read_until(run, "stopped")
        assert run.wait(20) == 0
        assert [child for child in parts if child.is_running()] == []


@pytest.mark.timeout(120)
def test_the_parts_end_with_a_run_that_is_killed(boundaries: None, tmp_path: Path) -> None:
    port, url = free_port(), os.environ["DATABASE_URL"]
    with started(tmp_path, "run", PORT=port, DATABASE_URL=url) as run:
        read_until(run, "report ")
        parts = [part(run, "serve"), part(run, "work")]
        run.kill()
    _, alive = psutil.wait_procs(parts, timeout=10)
    assert alive == []
