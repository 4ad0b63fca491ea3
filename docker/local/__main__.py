"""Kentongan on a bare machine: `python3 docker/local run | test | check | bench | fmt | exec | lock`.

Only the standard library: this runs before anything is installed. Read `serving.py` first.
"""

import sys
from collections.abc import Callable, Mapping

try:
    import tomllib  # noqa: F401 - new in Python 3.11: the shortest question for the version
except ModuleNotFoundError:
    sys.exit(
        f"Kentongan needs Python 3.11 or later, this is {sys.version.split()[0]}. Please type:\n"
        "  sudo apt-get install python3.11 python3.11-venv && make run PYTHON=python3.11"
    )

import checking
import locks
import serving
from place import read_env_file
from progress import Refusal

COMMANDS: Mapping[str, Callable[..., int | None]] = {
    "run": serving.run,
    "test": checking.test,
    "check": checking.test,
    "bench": checking.bench,
    "fmt": checking.fmt,
    "exec": checking.execute,
    "lock": locks.renew,
}


def main() -> int:
    name, *arguments = sys.argv[1:] or ["help"]
    if name not in COMMANDS:
        print(__doc__)
        return 2
    read_env_file()
    try:
        return COMMANDS[name](*(arguments[1:] if arguments[:1] == ["--"] else arguments)) or 0
    except Refusal as refusal:
        print(f"\n{refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped")
        return 0


sys.exit(main())
