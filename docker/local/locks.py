"""`lock`: writes every lock anew, with hashes and without a host name in any."""

import json
from pathlib import Path

from libraries import install_locked, install_python
from place import NODE_ROOMS, ROOT, TEST_NODE_ROOM, VENV, environment
from progress import follow

HERE = Path("docker") / "local"
UV = HERE / "uv.lock"
COMPILE = (
    "pip",
    "compile",
    "-q",
    "--universal",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-annotate",
    "--upgrade",
    "--python-version",
    "3.11",
)
# The product under the pins of its tests: what is tested is what runs.
INPUTS = {
    Path("requirements-dev.lock"): ("pyproject.toml", "--extra", "dev"),
    Path("requirements.lock"): (
        "pyproject.toml",
        "--constraint",
        "requirements-dev.lock",
    ),
    # The iPhone's pictures, for operators who want them.
    HERE / "heic.lock": (str(HERE / "heic.in"), "--constraint", "requirements-dev.lock"),
    HERE / "node.lock": (str(HERE / "node.in"),),
    UV: (str(HERE / "uv.in"),),
}


def renew() -> None:
    install_python(for_tests=True)
    install_locked(ROOT / UV, "uv, which writes the locks")
    for lock, inputs in INPUTS.items():
        follow(str(lock), (str(VENV / "bin" / "uv"), *COMPILE, *inputs, "-o", str(lock)))
    for room in (*NODE_ROOMS, TEST_NODE_ROOM):
        no_hosts = environment(npm_config_omit_lockfile_registry_resolved="true")
        follow(
            f"{room.name}/package-lock.json",
            ["npm", "update", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=room,
            env=no_hosts,
        )
        _without_advertising(room / "package-lock.json")


def _without_advertising(lock: Path) -> None:
    """npm notes where to send money to each author: the last addresses in the lock."""
    content = json.loads(lock.read_text())
    for package in content["packages"].values():
        package.pop("funding", None)
    lock.write_text(json.dumps(content, indent=2) + "\n")
