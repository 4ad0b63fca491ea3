"""A PostgreSQL of one test's own, made as `make run` makes its: it may be cut off as by a killed machine.

Without fsync, for the kernel stays alive and keeps what was written; commits are synchronous.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.peers.process import REPOSITORY

LOCAL = str(REPOSITORY / "docker" / "local")
SMALL = {"shared_buffers": "16MB", "max_connections": "30", "jit": "off", "fsync": "off"}


class OwnPostgres:
    def __init__(self, cluster: Any) -> None:
        self._cluster = cluster

    @property
    def url(self) -> str:
        url: str = self._cluster.url()
        return url

    def cut_off(self) -> None:
        """`pg_ctl stop -m immediate`: every connection dies, nothing is written but the log that is there."""
        self._cluster.process.send_signal(signal.SIGQUIT)
        self._cluster.process.wait(20)

    def start(self) -> None:
        self._cluster.start()

    def migrate(self) -> None:
        command = [sys.executable, "-m", "api", "migrate"]
        subprocess.run(command, env={**os.environ, "DATABASE_URL": self.url}, check=True, capture_output=True)


@contextmanager
def an_own_postgres(folder: Path) -> Iterator[OwnPostgres]:
    sys.path.insert(0, LOCAL)  # docker/local is run as scripts and is no package
    try:
        from cluster import Cluster  # type: ignore[import-not-found]
    finally:
        sys.path.remove(LOCAL)
    cluster = Cluster(folder, SMALL)
    try:
        cluster.start()
        yield OwnPostgres(cluster)
    finally:
        cluster.remove()
