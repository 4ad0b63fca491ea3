"""Where the parts of a local installation lie, and what their processes find in the environment."""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_ROOMS = (ROOT / "api" / "web", ROOT / "geo")
TEST_NODE_ROOM = ROOT / "tests" / "web"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def read_env_file() -> None:
    """`.env` gives defaults (NAME=value lines); what the environment already says wins."""
    file = ROOT / ".env"
    if not file.exists():
        return
    for line in file.read_text().splitlines():
        name, equals, value = line.partition("=")
        if equals and not name.lstrip().startswith("#"):
            os.environ.setdefault(name.strip(), value.strip())


def data_dir() -> Path:
    path = Path(os.environ.get("DATA_DIR") or ROOT / ".local").absolute()
    path.mkdir(parents=True, exist_ok=True)
    return path


def log_file() -> Path:
    return data_dir() / "install.log"


def environment(**more: str) -> dict[str, str]:
    """The caller's environment, with what pip, npm and apt need where it is empty.

    pip's and node's own certificate lists do not know a city network's inspecting proxy; the machine's list does.
    """
    values = {"LANG": "C.UTF-8", "HOME": str(Path.home()), **os.environ}
    values["PATH"] = ":".join((str(VENV / "bin"), values.get("PATH") or os.defpath, "/usr/sbin", "/sbin"))
    if CERTIFICATES.exists():
        values.setdefault("REQUESTS_CA_BUNDLE", str(CERTIFICATES))
        values.setdefault("NODE_EXTRA_CA_CERTS", str(CERTIFICATES))
    return {**values, **more}


def fingerprint(*files: Path) -> str:
    """sha256 of the files' contents: says whether a lock changed since it was installed."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()
