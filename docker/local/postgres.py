"""Finds this machine's PostgreSQL server: the newest that has PostGIS, or the one that a cluster was made by."""

import os
import re
import shutil
import subprocess
from pathlib import Path

DEBIAN = Path("/usr/lib/postgresql")


def server_programs(version: str | None = None) -> Path | None:
    """The folder of `postgres` and `initdb` with PostGIS beside them; `version` as in PG_VERSION ("15")."""
    fitting = [folder for folder in _folders() if _has_postgis(folder)]
    if version is not None:
        fitting = [folder for folder in fitting if _major(folder) == version]
    return max(fitting, key=lambda folder: int(_major(folder) or 0), default=None)


def versions_without_postgis() -> list[str]:
    """Newest first: a PostgreSQL that is already here only needs the PostGIS made for it."""
    versions = {_major(folder) for folder in _folders() if not _has_postgis(folder)}
    return sorted((version for version in versions if version), key=int, reverse=True)


def _folders() -> list[Path]:
    """Debian keeps one folder a version; elsewhere the programs lie in PATH."""
    folders = list(DEBIAN.glob("*/bin"))
    if not folders and (found := shutil.which("initdb")):
        folders = [Path(found).resolve().parent]
    return [folder for folder in folders if os.access(folder / "initdb", os.X_OK)]


def _major(folder: Path) -> str | None:
    if folder.parent.parent == DEBIAN:
        return folder.parent.name
    output = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\d+", output)
    return found[0] if found else None


def _has_postgis(folder: Path) -> bool:
    if folder.parent.parent == DEBIAN:
        shared = Path("/usr/share/postgresql") / folder.parent.name
    else:
        asked = subprocess.run([folder / "pg_config", "--sharedir"], capture_output=True, text=True, check=False)
        shared = Path(asked.stdout.strip())
    return (shared / "extension" / "postgis.control").exists()
