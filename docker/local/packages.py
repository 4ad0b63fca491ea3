"""What the distribution has to bring: PostgreSQL with PostGIS, Python's venv, and a browser for the tests."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from glob import glob
from pathlib import Path

from place import PYTHON, environment, log_file
from postgres import server_programs, versions_without_postgis
from progress import Refusal, follow, say

POSTGIS = "PostgreSQL with PostGIS"
VENV = "Python's venv"
CHROMIUM = "Chromium"
FIREFOX = "Firefox ESR, which receives Web Push in the tests"
GDAL = "ogr2ogr, which reads our open data in the tests"
LIBATOMIC = "libatomic, which Playwright's driver needs"
CREATE_NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/kentongan.conf")
APT = ("apt-get", "-y", "-o", "DPkg::Lock::Timeout=300")


def install_packages(*, for_tests: bool) -> None:
    missing = _missing(for_tests=for_tests)
    if not missing:
        return
    say(f"missing: {', '.join(missing)}")
    become_root = as_root()
    if not shutil.which("apt-get") or become_root is None:
        raise Refusal(_what_to_type(missing))
    with _no_system_cluster(become_root):
        _install(missing, become_root)


def _missing(*, for_tests: bool) -> list[str]:
    missing = []
    if not os.environ.get("DATABASE_URL") and server_programs() is None:
        missing.append(POSTGIS)
    if not PYTHON.exists() and importlib.util.find_spec("ensurepip") is None:
        missing.append(VENV)
    if for_tests and not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        missing.append(CHROMIUM)
    if for_tests and _is_debian() and not shutil.which("firefox-esr"):  # Ubuntu has only a snap
        missing.append(FIREFOX)
    if for_tests and not shutil.which("ogr2ogr"):
        missing.append(GDAL)
    if for_tests and not any(map(glob, ("/usr/lib*/libatomic.so.1", "/usr/lib/*/libatomic.so.1"))):
        missing.append(LIBATOMIC)
    return missing


def as_root() -> list[str] | None:
    """The prefix that makes a command root's; None where that is not allowed."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    ask = [] if sys.stdin.isatty() else ["-n"]
    allowed = subprocess.run(["sudo", *ask, "-v"], check=False, capture_output=bool(ask)).returncode == 0
    return ["sudo", "-n"] if allowed else None


def _install(missing: list[str], become_root: list[str]) -> None:
    """Again after a repair: another installation may hold apt's lock, or was killed half-way."""
    quiet = [*become_root, "env", "DEBIAN_FRONTEND=noninteractive", "NEEDRESTART_SUSPEND=1"]
    root = [*quiet, f"PATH={environment()['PATH']}"]
    for attempt in (1, 2, 3):
        _try("package lists", [*root, *APT, "update"])
        names = [_package(part) for part in missing]
        install = [*root, *APT, "install", "--no-install-recommends", *names]
        fault = _try(f"apt-get install {' '.join(names)}", install)
        if fault is None:
            return
        if attempt < 3:
            time.sleep(5)
            _try("unfinished installations", [*root, "dpkg", "--configure", "-a"])
            _try("broken installations", [*root, *APT, "--fix-broken", "install"])
    raise Refusal(f"{fault}\n\n{_what_to_type(missing)}")


def _try(title: str, command: list[str]) -> Refusal | None:
    try:
        follow(title, command)
    except Refusal as refusal:
        say(f"{str(refusal).splitlines()[0]} See {log_file()}")
        return refusal
    return None


def _package(part: str) -> str:
    if part == POSTGIS:
        return _postgis_package()
    if part == CHROMIUM:
        return "chromium" if _is_offered("chromium") else "chromium-browser"
    fixed = {LIBATOMIC: "libatomic1", FIREFOX: "firefox-esr", GDAL: "gdal-bin"}
    return fixed.get(part) or f"python{sys.version_info.major}.{sys.version_info.minor}-venv"


def _is_debian() -> bool:
    release = Path("/etc/os-release")
    return release.exists() and re.search(r"^ID=debian$", release.read_text(), re.MULTILINE) is not None


def _is_offered(package: str) -> bool:
    return subprocess.run(["apt-cache", "show", package], capture_output=True, check=False).returncode == 0


def _postgis_package() -> str:
    """For the PostgreSQL that is here, else for the newest one that the distribution has."""
    if not shutil.which("apt-cache"):
        return "postgresql-postgis"
    pattern = r"^postgresql-[0-9]+-postgis-3$"
    found = subprocess.run(
        ["apt-cache", "--names-only", "search", pattern], capture_output=True, text=True, check=False
    ).stdout
    offered = sorted(re.findall(r"^postgresql-(\d+)-postgis-3\b", found, re.MULTILINE), key=int, reverse=True)
    for version in [*(v for v in versions_without_postgis() if v in offered), *offered]:
        return f"postgresql-{version}-postgis-3"
    return "postgresql-postgis"


@contextmanager
def _no_system_cluster(become_root: list[str]) -> Iterator[None]:
    """Debian's postgresql makes and starts a cluster of its own when it is installed first: not this time."""
    is_ours = not Path("/usr/lib/postgresql").exists() or CREATE_NO_CLUSTER.exists()  # there after a kill, too
    if not is_ours:
        yield
        return
    note = f"mkdir -p {CREATE_NO_CLUSTER.parent} && echo 'create_main_cluster = false' > {CREATE_NO_CLUSTER}"
    subprocess.run([*become_root, "sh", "-c", note], check=True)
    try:
        yield
    finally:
        subprocess.run([*become_root, "rm", "-f", str(CREATE_NO_CLUSTER)], check=False)


def _what_to_type(missing: list[str]) -> str:
    words = [f"Missing on this machine: {', '.join(missing)}.", "It can not be installed from here. Please type:", ""]
    if shutil.which("apt-get"):
        words.append(f"  sudo apt-get update && sudo apt-get install {' '.join(map(_package, missing))}")
    else:
        words += [f"  your system's package of {part}" for part in missing]
    if POSTGIS in missing:
        words.append(
            "  or name a server that has PostGIS: DATABASE_URL=postgresql://user:password@host/database make run"
        )
    return "\n".join(words)
