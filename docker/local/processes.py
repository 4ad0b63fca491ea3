"""Processes that end with the one that started them, however that one ends."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def start(
    command: Sequence[str | Path], *, ends_by: signal.Signals, env: dict[str, str], **more: Any
) -> "subprocess.Popen[bytes]":
    """The kernel sends `ends_by` to the new process when we are gone, by kill -9 too (on Linux)."""
    return subprocess.Popen(
        command,
        env=env,
        preexec_fn=lambda: _end_with_parent(ends_by),  # noqa: PLW1509 - this program has no threads
        **more,
    )


def _end_with_parent(number: signal.Signals) -> None:
    if _prctl:
        _prctl(PR_SET_PDEATHSIG, number)


def end_with_make() -> None:
    """`make` killed must not leave us behind; a plain `nohup … &` may outlive its shell."""
    if os.environ.get("MAKELEVEL"):
        _end_with_parent(signal.SIGTERM)


def is_gone(pid: int, *, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        time.sleep(0.05)
    return False


def stop(pid: int, *signals: tuple[signal.Signals, float]) -> None:
    """Sends each signal in turn and waits its seconds, until the process is gone."""
    for number, seconds in signals:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        if is_gone(pid, within_s=seconds):
            return
