"""Keeps the parts running until the person at the terminal has enough."""

import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cluster import Cluster
from place import ROOT
from processes import start
from progress import Refusal, say

LOOK_EVERY_S = 0.2
LONGEST_PAUSE_S = 30.0
IS_WELL_AFTER_S = 60.0
STOP_WITHIN_S = 8.0


@dataclass
class Part:
    """One process of the product. It dies with us even by kill -9: the next run finds its port free."""

    name: str
    command: Sequence[str | Path]
    environment: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    pause_s: float = 1.0
    started_at: float = 0.0
    due_at: float = field(default=0.0)

    def keep_alive(self, now: float) -> None:
        if self.process is None:
            if now >= self.due_at:
                self._start(now)
        elif self.process.poll() is not None:
            self._plan_restart(now, self.process.returncode)

    def _start(self, now: float) -> None:
        self.started_at = now
        self.process = start(
            self.command,
            ends_by=signal.SIGKILL,
            env=self.environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _plan_restart(self, now: float, status: int) -> None:
        was_well = now - self.started_at > IS_WELL_AFTER_S
        self.pause_s = 1.0 if was_well else min(self.pause_s * 2, LONGEST_PAUSE_S)
        self.process, self.due_at = None, now + self.pause_s / 2
        say(f"{self.name} ended ({_reason(status)}); it starts again in {self.pause_s / 2:.0f} s")

    def ask_to_stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def wait_stopped(self, until: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def supervise(parts: Sequence[Part], cluster: Cluster | None) -> None:
    """Returns never: ends with KeyboardInterrupt, after which `stop_all` is due."""
    while True:
        if cluster is not None and not cluster.is_alive():
            say("PostgreSQL ended; it starts again")
            _restart(cluster)
        for part in parts:
            part.keep_alive(time.monotonic())
        time.sleep(LOOK_EVERY_S)


def stop_all(parts: Sequence[Part], cluster: Cluster | None) -> None:
    """First who writes, then the database. A second Ctrl-C changes nothing."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    until = time.monotonic() + STOP_WITHIN_S
    for part in parts:
        part.ask_to_stop()
    for part in parts:
        part.wait_stopped(until)
    if cluster is not None:
        cluster.stop()


def interrupt_on_signals() -> None:
    """`kill` and a closed terminal end the run as Ctrl-C does, which a script's `&` would have us ignore."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def _restart(cluster: Cluster) -> None:
    try:
        cluster.start()
    except Refusal as refusal:
        say(f"{refusal}\nTrying again in {LONGEST_PAUSE_S:.0f} s")
        time.sleep(LONGEST_PAUSE_S)


def _reason(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"exit {status}"
