"""Schemathesis asks every described call what nobody would: no fault of ours, no undocumented status or type."""

import asyncio
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.people import Town
from tests.public.serving import served
from tests.reports.steps import dispatched

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance,response_headers_conformance"
)
# Streams without an end; what would sign the asker out; what says 503 by design while something is not configured.
LEFT_OUT = r"/live$|/v1/sessions/current|/health/|^/v1/otp(/inverse)?$"
EXAMPLES, SEED = 4, 6  # of each call, the same ones every time


def ask(address: str, token: str, document: Path) -> subprocess.CompletedProcess[str]:
    httpx.get(f"{address}/health/live", timeout=60)  # it may still be starting
    command = [sys.executable, "-m", "schemathesis.cli", "run", str(document), "--url", address, "--checks", CHECKS]
    command += ["--header", f"Authorization: Bearer {token}", "--exclude-path-regex", LEFT_OUT, "--phases", "fuzzing"]
    command += ["--max-examples", str(EXAMPLES), "--seed", str(SEED), "--no-shrink", "--continue-on-failure"]
    command += ["--warnings", "off", "--suppress-health-check", "all", "--request-timeout", "60"]
    return subprocess.run(command, check=False, cwd=document.parent, capture_output=True, text=True)


@pytest.mark.parametrize("role", ["resident", "admin"])
async def test_every_call_answers_as_it_is_described(town: Town, role: str, tmp_path: Path):
    await dispatched(town)
    person = await town.resident() if role == "resident" else await town.staff("admin")
    document = tmp_path / "openapi.json"
    document.write_bytes((await town.stranger.get("/schema/openapi.json")).content)
    with served() as address:
        done = await asyncio.to_thread(ask, address, person.token, document)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-1000:]
