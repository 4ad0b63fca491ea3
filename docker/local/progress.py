"""What the person at the terminal sees: one line per step, its seconds, and the end of the log when it fails."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from place import ROOT, environment, log_file

SILENT_S = 10  # between two lines of one step where the output is no terminal


class Refusal(Exception):
    """Why it cannot go on and what to type, in words for the person at the terminal."""


def say(text: str) -> None:
    print(text, flush=True)


def follow(title: str, command: Sequence[str | Path], *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Runs `command` into the log and shows that it is alive. Raises Refusal with the log's end if it fails."""
    started = time.monotonic()
    with log_file().open("ab") as log:
        log.write(f"\n$ {' '.join(map(str, command))}\n".encode())
        log.flush()
        written = log.tell()
        child = subprocess.Popen(
            command, cwd=cwd, env=env or environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _watch(child, title, started)
        finally:
            child.terminate()
    if child.returncode:
        raise Refusal(f"{title}: failed ({child.returncode}). The end of {log_file()}:\n\n{_tail(written)}")
    _line(f"{title}: done in {time.monotonic() - started:.0f} s", last=True)


def _watch(child: "subprocess.Popen[bytes]", title: str, started: float) -> None:
    shown = started
    if not sys.stdout.isatty():
        say(f"{title} …")
    while child.poll() is None:
        try:
            child.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            now = time.monotonic()
            if sys.stdout.isatty() or now - shown > SILENT_S:
                shown = now
                _line(f"{title} … {now - started:.0f} s")


def _line(text: str, *, last: bool = False) -> None:
    """On a terminal a step keeps rewriting its one line."""
    if not sys.stdout.isatty():
        say(text)
        return
    width = os.get_terminal_size().columns - 1
    print(f"\r\033[K{text[:width]}", end="\n" if last else "", flush=True)


def _tail(offset: int, lines: int = 25) -> str:
    with log_file().open("rb") as log:
        log.seek(offset)
        return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])
