"""A really served process on the test's database, for browsers and other people's programs."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def served(**settings: str) -> Iterator[str]:
    """Its address. The socket listens before the process starts, so nobody has to wait."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        fd = listening.fileno()
        process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "--factory", "api.__main__:app", "--fd", str(fd), "--no-access-log"],
            env={**os.environ, "PUBLIC_URL": address, "LOG_LEVEL": "WARNING", **settings},
            pass_fds=[fd],
        )
        try:
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)
