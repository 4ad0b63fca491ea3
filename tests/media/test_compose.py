"""The object store of docker/compose.yaml can be reached by those who keep photos in it, and by nobody else."""

from pathlib import Path
from typing import Any

import yaml

from tests.house.tree import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((Path(ROOT) / "docker" / "compose.yaml").read_text(encoding="utf-8"))


def test_only_the_api_and_the_worker_reach_the_object_store() -> None:
    near = {name for name, service in COMPOSE["services"].items() if "objects" in service.get("networks", ())}
    assert near == {"minio", "api", "worker"}
    assert COMPOSE["services"]["minio"]["networks"] == ["objects"]
    assert COMPOSE["networks"]["objects"] == {"internal": True}


def test_only_the_proxy_has_ports() -> None:
    assert {name for name, service in COMPOSE["services"].items() if "ports" in service} == {"proxy"}


def test_minio_is_built_from_the_version_that_is_tested() -> None:
    dockerfile = (Path(ROOT) / "docker" / "minio.Dockerfile").read_text(encoding="utf-8")
    built = (Path(ROOT) / "docker" / "local" / "object_stores.py").read_text(encoding="utf-8")
    for version in ("RELEASE.2025-10-15T17-29-55Z", "v0.0.0-20260212201848-7aac2a2c5b7c"):
        assert version in dockerfile
        assert version in built
