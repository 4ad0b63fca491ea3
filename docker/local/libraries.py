"""The Python environment and the npm packages: exactly what the locks say, again only when a lock changed."""

import shutil
import subprocess
import sys
from pathlib import Path

from place import NODE_ROOMS, PYTHON, ROOT, TEST_NODE_ROOM, VENV, environment, fingerprint
from progress import follow

PRODUCT_LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "requirements-dev.lock"
NODE_LOCK = ROOT / "docker" / "local" / "node.lock"
NPM = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
# The locks are complete. Looking for more, pip met a newer release behind an extra (pydantic[email]) and refused all.
PIP = ("-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--require-hashes", "--no-deps", "-r")
UNFINISHED = VENV / "unfinished"


def install_python(*, for_tests: bool) -> None:
    """`requirements-dev.lock` contains `requirements.lock`: the environment of the tests also runs the product."""
    if _is_installed(TEST_LOCK) or (not for_tests and _is_installed(PRODUCT_LOCK)):
        return
    _make_venv()
    install_locked(TEST_LOCK if for_tests else PRODUCT_LOCK, "Python libraries")


def install_locked(lock: Path, title: str) -> None:
    """The mark is written last: whatever was killed before is done again from the start."""
    UNFINISHED.touch()
    follow(title, (PYTHON, *PIP, lock))
    _mark(lock).write_text(_state(lock))
    UNFINISHED.unlink()


def install_node_packages(*, for_tests: bool) -> None:
    wanted = (*NODE_ROOMS, TEST_NODE_ROOM) if for_tests else NODE_ROOMS
    rooms = [room for room in wanted if (room / "package-lock.json").exists() and not _is_npm_done(room)]
    if rooms and not _has_npm():
        install_locked(NODE_LOCK, "npm")
    for room in rooms:
        follow(f"npm packages of {room.relative_to(ROOT)}", NPM, cwd=room, env=environment(npm_config_yes="true"))
        _npm_mark(room).write_text(fingerprint(room / "package-lock.json"))


def _make_venv() -> None:
    is_whole = PYTHON.exists() and (VENV / "bin" / "pip").exists() and not UNFINISHED.exists()
    if not is_whole or _version_of(PYTHON) != sys.version.split()[0]:
        follow("Python environment", [sys.executable, "-m", "venv", "--clear", VENV])


def _version_of(python: Path) -> str:
    return subprocess.run([python, "-V"], capture_output=True, text=True, check=False).stdout.split()[-1]


def _mark(lock: Path) -> Path:
    return VENV / f"{lock.name}.installed"


def _state(lock: Path) -> str:
    return f"{fingerprint(lock)} {sys.version_info.major}.{sys.version_info.minor}"


def _is_installed(lock: Path) -> bool:
    mark = _mark(lock)
    return PYTHON.exists() and not UNFINISHED.exists() and mark.exists() and mark.read_text() == _state(lock)


def _npm_mark(room: Path) -> Path:
    """Inside node_modules, which `npm ci` empties first."""
    return room / "node_modules" / ".kentongan-installed"


def _is_npm_done(room: Path) -> bool:
    mark = _npm_mark(room)
    return mark.exists() and mark.read_text() == fingerprint(room / "package-lock.json")


def _has_npm() -> bool:
    """npm 7 or later: earlier ones do not read our lock files."""
    path = environment()["PATH"]
    npm = shutil.which("npm", path=path)
    if npm is None:
        return False
    version = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False, env=environment()).stdout
    return version.split(".")[0].isdigit() and int(version.split(".")[0]) >= 7
