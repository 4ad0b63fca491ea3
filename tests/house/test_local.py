"""The private cluster as a person at the terminal meets it: `python3 docker/local exec`."""

import fcntl
import os
import select
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.house.terminal import local, read_until, started


@pytest.fixture
def place() -> Iterator[Path]:
    """A DATA_DIR that the database's own user may enter too, which pytest's own folders are not."""
    with TemporaryDirectory(prefix="kentongan-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def sql(place: Path, statement: str) -> str:
    done = local(place, "exec", "--", "psql", "-XAtqc", statement)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def test_a_cluster_without_a_port_keeps_what_was_written(place: Path) -> None:
    sql(place, "CREATE TABLE kept AS SELECT 1 AS n")
    assert sql(place, "SELECT n, current_setting('listen_addresses'), current_setting('fsync') FROM kept") == "1||on"


def test_nobody_else_may_enter_the_folder_of_the_socket(place: Path) -> None:
    socket = Path(sql(place, "SHOW unix_socket_directories"))
    assert (socket.stat().st_mode & 0o777, socket.stat().st_uid) == (0o700, (place / "cluster" / "data").stat().st_uid)


def test_a_server_killed_by_force_is_no_hindrance_to_the_next_start(place: Path) -> None:
    sql(place, "CREATE TABLE kept AS SELECT 1 AS n")
    with started(place, "exec", "--", "sh", "-c", "echo up; exec sleep 100") as run:
        read_until(run, "up")
        server = int((place / "cluster" / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(server, signal.SIGKILL)
        run.kill()
    assert sql(place, "SELECT n FROM kept") == "1"


def test_a_server_ends_with_the_one_who_started_it(place: Path) -> None:
    with started(place, "exec", "--", "sh", "-c", "echo up; exec sleep 100") as run:
        read_until(run, "up")
        server = os.pidfd_open(int((place / "cluster" / "data" / "postmaster.pid").read_text().split()[0]))
        run.kill()
    ended, _, _ = select.select([server], [], [], 20)
    assert ended


def test_a_second_run_on_the_same_state_is_refused_in_words(place: Path) -> None:
    (place / "lock").write_text("4711")
    with (place / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = local(place, "run")
    assert done.returncode == 1
    assert "already runs" in done.stderr
    assert "4711" in done.stderr


def test_a_port_in_use_is_said_before_anything_slow(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = local(place, "run", PORT=port)
    assert done.returncode == 1
    assert f"Port {port} of 127.0.0.1 can not be used" in done.stderr


def test_data_of_another_postgresql_are_left_alone_and_explained(place: Path) -> None:
    (place / "cluster" / "data").mkdir(parents=True)
    (place / "cluster" / "data" / "PG_VERSION").write_text("8\n")
    done = local(place, "exec", "--", "true")
    assert done.returncode == 1
    assert "made by PostgreSQL 8" in done.stderr
