"""`run`: from nothing, or from yesterday, to a map in the browser."""

import fcntl
import http.client
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from cluster import SAFE, Cluster
from libraries import install_node_packages, install_python
from packages import install_packages
from place import PYTHON, data_dir, environment
from preparing import has_city, prepare
from processes import end_with_make
from progress import Refusal, say
from supervisor import Part, interrupt_on_signals, stop_all, supervise

STOPPING = "stopping"


def run() -> None:
    started = time.monotonic()
    end_with_make()
    interrupt_on_signals()
    with only_run() as lock:
        expect_free_port()
        install_packages(for_tests=False)
        install_python(for_tests=False)
        install_node_packages(for_tests=False)
        cluster, parts = own_cluster(), []
        try:
            if cluster:
                cluster.start()
            values = part_environment(cluster)
            prepare(values)
            parts += [Part(name, [PYTHON, "-m", "api", name], values) for name in ("serve", "work")]
            for part in parts:
                part.keep_alive(time.monotonic())
            wait_until_ready(parts[0])
            say_where_to_look(time.monotonic() - started, is_adopted=has_city(values))
            supervise(parts, cluster)
        finally:
            _write(lock, STOPPING)
            stop_all(parts, cluster)


@contextmanager
def only_run() -> Iterator[TextIO]:
    """One run per DATA_DIR. The lock goes with the process, however that ends."""
    with (data_dir() / "lock").open("a+") as lock:
        if not _is_taken_over(lock):
            raise Refusal(
                f"Kentongan already runs from {data_dir()} (process {_words(lock)}).\n"
                "Stop that one with Ctrl-C, or give this one its own state: DATA_DIR=… PORT=… make run"
            )
        _write(lock, str(os.getpid()))
        yield lock


def _is_taken_over(lock: TextIO) -> bool:
    """Waits for a run that is just ending, or whose `make` was killed and that is about to notice."""
    started, said = time.monotonic(), False
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            patience_s = 30 if _words(lock) == STOPPING else 1
            if time.monotonic() - started > patience_s:
                return False
            if patience_s > 1 and not said:
                said = True
                say("the run before is still ending …")
            time.sleep(0.1)


def _words(lock: TextIO) -> str:
    lock.seek(0)
    return lock.read().strip()


def _write(lock: TextIO, words: str) -> None:
    lock.truncate(0)
    lock.write(words)
    lock.flush()


def host_and_port() -> tuple[str, int]:
    port = os.environ.get("PORT") or "8000"
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise Refusal(f"PORT={port} is not a port number (1 to 65535).")
    return os.environ.get("HOST") or "127.0.0.1", int(port)


def expect_free_port() -> None:
    """Before anything slow."""
    host, port = host_and_port()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refusal(
                f"Port {port} of {host} can not be used: {error.strerror}.\nChoose another one: PORT=8080 make run"
            ) from None


def own_cluster() -> Cluster | None:
    """None where DATABASE_URL names a server."""
    return None if os.environ.get("DATABASE_URL") else Cluster(data_dir() / "cluster", SAFE)


def part_environment(cluster: Cluster | None) -> dict[str, str]:
    host, port = host_and_port()
    values = environment(DATA_DIR=str(data_dir()), HOST=host, PORT=str(port), PYTHONUNBUFFERED="1")
    return values if cluster is None else {**values, "DATABASE_URL": cluster.url()}


def wait_until_ready(serve: Part, within_s: float = 60.0) -> None:
    """A part that ends while starting has said why itself."""
    started = time.monotonic()
    while not _is_ready():
        if serve.process is None or serve.process.poll() is not None:
            raise Refusal("`python -m api serve` ended; its words are above.")
        if time.monotonic() - started > within_s:
            raise Refusal(f"The API does not get ready: {_readiness()}")
        time.sleep(0.05)


def _is_ready() -> bool:
    return _readiness().startswith("200 ")


def _readiness() -> str:
    host, port = host_and_port()
    connection = http.client.HTTPConnection(_reach(host), port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        return f"{answer.status} {answer.read(500).decode(errors='replace')}"
    except OSError as error:
        return str(error)
    finally:
        connection.close()


def _reach(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def say_where_to_look(seconds: float, *, is_adopted: bool) -> None:
    host, port = host_and_port()
    site = f"http://{f'[{_reach(host)}]' if ':' in host else _reach(host)}:{port}"
    say(f"ready after {seconds:.1f} s; Ctrl-C stops everything")
    say(f"  map     {site}/")
    say(f"  API     {site}/schema")
    if is_adopted:
        say(f"  report  README.md, “A first report” · state and logs in {data_dir()}")
    else:
        say("  city    none yet, so no report is taken: README.md, “Adopt a city”")
