"""`test`, `check`, `bench`, `fmt`, `exec`: the product's tools, each beside a private database where it needs one."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import nginx
import object_stores
from cluster import DATABASE, FAST, SAFE, Cluster
from libraries import install_node_packages, install_python
from packages import install_packages
from place import PYTHON, ROOT, VENV, data_dir, environment
from processes import end_with_make, start
from progress import say
from serving import only_run
from supervisor import interrupt_on_signals

RULES: Mapping[str, Sequence[str]] = {
    "format": ("ruff", "format", "--check", "."),
    "lint": ("ruff", "check", "."),
    "types": ("mypy",),
    "types of the installer": ("mypy", "docker/local"),
    "import rules": ("lint-imports",),
}


def install() -> None:
    install_packages(for_tests=True)
    nginx.bring()
    install_python(for_tests=True)
    install_node_packages(for_tests=True)


def test(*arguments: str) -> int:
    """Everything, rules first; with pytest's arguments only those tests."""
    install()
    missing = object_stores.bring(may_build=not arguments)
    broken = [] if arguments else [name for name, command in RULES.items() if not _is_kept(name, command)]
    with _throw_away("test", FAST) as database:
        workers = () if "-n" in arguments else ("-n", str(min(os.cpu_count() or 1, 8)))
        status = _run(PYTHON, "-m", "pytest", *workers, *arguments, values=database)
    object_stores.warn(missing)
    return status or len(broken)


def bench(*arguments: str) -> int:
    """Durable settings: what is measured is what runs."""
    install()
    with _throw_away("bench", SAFE) as database:
        return _run(PYTHON, "-m", "tests.bench", *arguments, values=database)


def fmt() -> int:
    install_python(for_tests=True)
    return _run(VENV / "bin" / "ruff", "format", ".") or _run(VENV / "bin" / "ruff", "check", "--fix", ".")


def execute(*arguments: str) -> int:
    """A command beside the database of `run`, whether that runs now or not."""
    with redirect_stdout(sys.stderr):  # its output may be a dump
        install_packages(for_tests=False)
        install_python(for_tests=False)
        if os.environ.get("DATABASE_URL"):
            return _run(*arguments)
        cluster = Cluster(data_dir() / "cluster", SAFE)
        if cluster.answers():
            return _run(*arguments, values=_variables(cluster))
        with only_run(), _started(cluster) as database:
            return _run(*arguments, values=database)


def _is_kept(name: str, command: Sequence[str]) -> bool:
    done = subprocess.run([VENV / "bin" / command[0], *command[1:]], cwd=ROOT, env=environment(), check=False)
    say(f"{'ok' if done.returncode == 0 else 'BROKEN'}: {name}")
    return done.returncode == 0


@contextmanager
def _throw_away(name: str, settings: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """DATABASE_URL's server, or a cluster that is new each time."""
    end_with_make()
    interrupt_on_signals()
    if os.environ.get("DATABASE_URL"):
        yield {}
        return
    _sweep(name)
    cluster = Cluster(data_dir() / f"{name}-{os.getpid()}", settings)
    try:
        with _started(cluster) as database:
            yield database
    finally:
        cluster.remove()


def _sweep(name: str) -> None:
    """What killed runs left behind."""
    for folder in data_dir().glob(f"{name}-*"):
        pid = folder.name.rpartition("-")[2]
        if not Path(f"/proc/{pid}").exists():
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _started(cluster: Cluster) -> Iterator[Mapping[str, str]]:
    try:
        cluster.start()
        yield _variables(cluster)
    finally:
        cluster.stop()


def _variables(cluster: Cluster) -> Mapping[str, str]:
    """`psql` and `pgbench` without arguments find the database, and are found themselves."""
    values = environment()
    return {
        "DATABASE_URL": cluster.url(),
        "PATH": f"{values['PATH']}:{cluster.programs}",
        "PGHOST": str(cluster.socket_dir),
        "PGPORT": "5432",
        "PGUSER": "postgres",
        "PGDATABASE": DATABASE,
    }


def _run(*command: str | Path, values: Mapping[str, str] | None = None) -> int:
    """Ctrl-C reaches it too; we wait for its own last words."""
    variables = {**environment(PYTHONUNBUFFERED="1"), **(values or {})}
    with start(command, ends_by=signal.SIGTERM, env=variables, cwd=ROOT) as child:
        try:
            return child.wait()
        except KeyboardInterrupt:
            child.send_signal(signal.SIGINT)
            return child.wait(timeout=20)
