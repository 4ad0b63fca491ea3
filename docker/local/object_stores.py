"""The S3 servers that the tests of `media` run against: found on PATH, or built once where a Go toolchain is.

Two makes, so that we depend on S3 and not on one product. What cannot be had is said loudly, before the
tests and after; with CI=true tests/media fails without it.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from place import environment
from progress import Refusal, follow, say

# MinIO's project is archived, and not every Go module proxy serves its last tag: then it is built from the
# project's last commit, which comes after that tag.
SERVERS: Mapping[str, tuple[str, ...]] = {
    "minio": (
        "github.com/minio/minio@RELEASE.2025-10-15T17-29-55Z",
        "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c",
    ),
    "versitygw": ("github.com/versity/versitygw/cmd/versitygw@v1.8.0",),
}
OLDEST_GO = (1, 24)


def bring(*, may_build: bool) -> list[str]:
    """Puts what it finds or builds on PATH; the names of what is missing."""
    os.environ["PATH"] = os.pathsep.join((os.environ.get("PATH") or os.defpath, *map(str, map(_folder, SERVERS))))
    for name in SERVERS:
        if may_build and not shutil.which(name):
            _build(name)
    missing = [name for name in SERVERS if not shutil.which(name)]
    warn(missing)
    return missing


def warn(missing: list[str]) -> None:
    if missing:
        say(f"!!! {' and '.join(missing)}: neither on PATH nor built (a whole `make test` builds it, with Go 1.24)")
        say("!!! THE TESTS OF THE PHOTO STORE DO NOT RUN ON WHAT IS MISSING.")


def _folder(name: str) -> Path:
    """Of its own for each list of versions: a new one is built anew."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "kentongan" / "bin" / SERVERS[name][0].rpartition("/")[2]


def _build(name: str) -> None:
    go = shutil.which("go", path=f"{environment()['PATH']}:/usr/local/go/bin")
    if go is None or _go_version(go) < OLDEST_GO:
        return
    for module in SERVERS[name]:
        try:
            follow(f"{name}, built for the tests", [go, "install", module], env=_go_environment(name))
        except Refusal as refusal:
            say(f"{module} could not be built: {str(refusal).splitlines()[-1]}")
        else:
            return


def _go_environment(name: str) -> dict[str, str]:
    return environment(GOBIN=str(_folder(name)), CGO_ENABLED="0")


def _go_version(go: str) -> tuple[int, ...]:
    told = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=False, env=environment())
    found = re.match(r"go(\d+)\.(\d+)", told.stdout)
    return tuple(map(int, found.groups())) if found else (0, 0)
