"""`python3 docker/local …` as a person at the terminal starts it, with next to nothing in the environment."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.house.tree import ROOT

LOCAL = (sys.executable, str(ROOT / "docker" / "local"))


def almost_empty(place: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "DATA_DIR": str(place)}


def local(place: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*LOCAL, *words], env=almost_empty(place) | more, capture_output=True, text=True, timeout=100, check=False
    )


@contextmanager
def started(place: Path, *words: str, **more: str) -> "Iterator[subprocess.Popen[str]]":
    """Its output is ours to read; it is gone when the block ends."""
    process = subprocess.Popen(
        [*LOCAL, *words], env=almost_empty(place) | more, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: "subprocess.Popen[str]", words: str) -> list[str]:
    """The lines up to the one with `words`; fails with all of them where it never comes."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if words in line:
            return lines
    raise AssertionError("\n".join(lines))
