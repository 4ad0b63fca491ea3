"""A PostgreSQL of our own: one folder, a unix socket and no port, gone when its parent is gone.

It clashes with nothing: a system cluster keeps its port, its folder and its socket.
"""

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from place import environment
from postgres import server_programs
from processes import start, stop
from progress import Refusal, say

DATABASE = "kentongan"
SAFE: Mapping[str, str] = {
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "max_connections": "60",
    "jit": "off",  # compiling costs more than our short queries
}
"""fsync, full_page_writes and synchronous_commit stay as PostgreSQL has them: on."""

FAST: Mapping[str, str] = {
    **SAFE,
    "max_connections": "300",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}
"""For throw-away data only: a crash of the machine loses it."""

LONGEST_SOCKET_PATH = 90  # sun_path holds 108 bytes, "/.s.PGSQL.5432.lock" belongs to it
RECOVERY_S = 600  # replaying the log after a crash


class Cluster:
    def __init__(self, home: Path, settings: Mapping[str, str]) -> None:
        self.user = _server_user()
        self.home = _reachable(home, self.user)
        self.data, self.log = self.home / "data", self.home / "log"
        self.socket_dir = _socket_dir(self.home)
        self.settings = settings
        self.process: subprocess.Popen[bytes] | None = None
        self.programs = self._programs()

    def url(self) -> str:
        return f"postgresql://postgres@/{DATABASE}?host={quote(str(self.socket_dir), safe='/')}&port=5432"

    def start(self) -> None:
        for folder in (self.home, self.socket_dir):
            self._own(folder)
        self._stop_leftover()
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        self._launch()
        self._make_database()

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Fast shutdown: running statements end, everything committed is on the disk."""
        if self.process is None or not self.is_alive():
            return
        for number, seconds in ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            self.process.send_signal(number)
            try:
                self.process.wait(seconds)
                return
            except subprocess.TimeoutExpired:
                continue

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.rmtree(self.socket_dir, ignore_errors=True)

    def _programs(self) -> Path:
        version_file = self.data / "PG_VERSION"
        version = version_file.read_text().strip() if version_file.exists() else None
        programs = server_programs(version)
        if programs is None:
            raise Refusal(
                f"The data in {self.data} were made by PostgreSQL {version}, which is not here with its PostGIS.\n"
                f"Please type: sudo apt-get install postgresql-{version}-postgis-3\n"
                "or move the folder away and start anew (docker/README.md tells how to take the data along)."
            )
        return programs

    def _own(self, folder: Path) -> None:
        """For the server's user only: whoever can enter the socket's folder is the database's superuser."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid not in (os.geteuid(), self.user.pw_uid):
            raise Refusal(f"{folder} belongs to somebody else. Please remove it and try again.")
        if os.geteuid() == 0:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        folder.chmod(0o700)

    def _initdb(self) -> None:
        """Made beside its place and moved there when it is whole."""
        making = self.home / "data.new"
        shutil.rmtree(making, ignore_errors=True)
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-instructions"]
        if self.settings.get("fsync") == "off":
            options.append("--no-sync")
        self._run(self.programs / "initdb", "-D", making, *options)
        making.rename(self.data)

    def _launch(self) -> None:
        """A postmaster killed by force leaves children that need a moment to notice."""
        deadline = time.monotonic() + 30
        while not self._is_launched():
            if time.monotonic() > deadline:
                raise Refusal(f"PostgreSQL does not start. The end of {self.log}:\n\n{self._log_end()}")
            time.sleep(0.3)

    def _is_launched(self) -> bool:
        values = {
            **self.settings,
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": str(self.socket_dir),
            "unix_socket_permissions": "0700",
        }
        options = [part for name, value in values.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self.process = start(
                [self.programs / "postgres", "-D", self.data, *options],
                ends_by=signal.SIGINT,
                **self._as_server_user(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self._becomes_ready()

    def answers(self) -> bool:
        ask = (self.programs / "pg_isready", "-q", "-h", self.socket_dir, "-p", "5432")
        return subprocess.run(ask, env=_without_pg(), check=False).returncode == 0

    def _becomes_ready(self) -> bool:
        """False when the server has ended instead."""
        started, said = time.monotonic(), False
        while self.is_alive() and time.monotonic() - started < RECOVERY_S:
            if self.answers():
                return True
            if not said and time.monotonic() - started > 2:
                said = True
                say(f"PostgreSQL is getting its data in order; see {self.log}")
            time.sleep(0.03)
        return False

    def _make_database(self) -> None:
        exists = self.psql(f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'")
        if not exists:
            self.psql(f"CREATE DATABASE {DATABASE}")

    def psql(self, sql: str) -> str:
        return self._run(
            *(self.programs / "psql", "-XAtq", "-h", self.socket_dir, "-p", "5432", "-U", "postgres", "-d", "postgres"),
            *("-v", "ON_ERROR_STOP=1", "-c", sql),
        ).strip()

    def _stop_leftover(self) -> None:
        """A killed run's server may still be closing; its number may also be another process' by now."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = int((pid_file.read_text().split() or ["0"])[0])
        if _works_in(pid, self.data):
            stop(pid, (signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))
        pid_file.unlink(missing_ok=True)

    def _run(self, *command: str | Path) -> str:
        done: subprocess.CompletedProcess[str] = subprocess.run(
            command, **self._as_server_user(), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Refusal(f"{command[0]}: {done.stderr or done.stdout}")
        return done.stdout

    def _as_server_user(self) -> dict[str, Any]:
        """PostgreSQL refuses to run as root; "/" because the server's user may not enter where we are."""
        options: dict[str, Any] = {"cwd": "/", "env": _without_pg()}
        if os.geteuid() == 0:
            options |= {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        return options

    def _log_end(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])


def _server_user() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _reachable(home: Path, user: pwd.struct_passwd) -> Path:
    """`home`, or a folder of the system where root's own folders hide it from the server's user."""
    home.parent.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return home
    look = subprocess.run(
        ["test", "-x", home.parent], user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/", check=False
    )
    if look.returncode == 0:
        return home
    elsewhere = Path("/var/lib/kentongan") / _short(home)
    if not elsewhere.exists():
        say(f"The user {user.pw_name} can not enter {home.parent}: the database lies in {elsewhere}")
    elsewhere.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    return elsewhere


def _socket_dir(home: Path) -> Path:
    inside = home / "socket"
    is_plain = "," not in str(inside) and '"' not in str(inside)
    return (
        inside if is_plain and len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH else Path("/tmp") / f"kt-{_short(home)}"
    )


def _short(home: Path) -> str:
    return hashlib.sha256(os.fsencode(home)).hexdigest()[:12]


def _works_in(pid: int, data: Path) -> bool:
    """A postmaster's working folder is its data folder. Outside Linux: believe the file."""
    if not Path("/proc/self/cwd").exists():
        return True
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == data.resolve()
    except OSError:
        return False


def _without_pg() -> dict[str, str]:
    """PGPORT, PGOPTIONS and the like are meant for other servers."""
    return {name: value for name, value in environment(LC_ALL="C").items() if not name.startswith("PG")}
