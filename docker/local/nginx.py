"""The nginx in which the tests run the project's proxy: the distribution's, unpacked and not installed.

An installed one would start by itself and take port 80.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from packages import APT, as_root
from place import data_dir, environment
from progress import Refusal, follow

PACKAGES = ("nginx", "nginx-common")  # the program, and its list of media types


def bring() -> None:
    """Puts it on PATH. Raises Refusal where it can not be had."""
    if shutil.which("nginx", path=environment()["PATH"]):
        return
    folder = data_dir() / "nginx"
    program = folder / "usr" / "sbin" / "nginx"
    if not program.exists():
        _unpack(folder)
    os.environ["PATH"] = os.pathsep.join((os.environ.get("PATH") or os.defpath, str(program.parent)))


def _unpack(folder: Path) -> None:
    """Whole or not at all: a run that was killed leaves only the packages."""
    packages = folder.with_name("nginx-packages")
    shutil.rmtree(packages, ignore_errors=True)
    packages.mkdir(parents=True)
    try:
        _download(packages)
    except (Refusal, FileNotFoundError) as fault:
        raise Refusal(f"{fault}\n\nnginx is missing. Please type:\n\n  sudo apt-get install nginx") from fault
    for file in sorted(packages.glob("*.deb")):
        subprocess.run(["dpkg-deb", "-x", file, packages / "whole"], check=True)
    shutil.rmtree(folder, ignore_errors=True)
    (packages / "whole").rename(folder)
    shutil.rmtree(packages)


def _download(into: Path) -> None:
    download: Sequence[str] = ("apt-get", "download", *PACKAGES)
    try:
        follow("nginx for the tests", download, cwd=into)
    except Refusal:  # the package lists may be old, or not there yet
        prefix = as_root()
        if prefix is None:
            raise
        follow("package lists", [*prefix, *APT, "update"])
        follow("nginx for the tests", download, cwd=into)
