"""What the database holds before anybody is served: its newest shape, the areas, and the demo where it is wanted."""

import os
import re
import subprocess
from pathlib import Path

from place import PYTHON, ROOT
from progress import Refusal, follow

ASK = Path(__file__).parent / "ask.py"
MIGRATED = "SELECT string_agg(app_name || ' ' || name, ',') FROM migration"
LOADED = "SELECT count(*) FROM boundary_version WHERE activated_at IS NOT NULL"
ADOPTED = "SELECT count(*) FROM city"
PEOPLED = "SELECT count(*) FROM account WHERE login = 'operator'"  # whom the demo adds last


def prepare(values: dict[str, str]) -> None:
    """Asks first: on later runs nothing is left to do, in a quarter of a second."""
    if not _is_migrated(values):
        _ask("SELECT 1", values)
        follow("database", [PYTHON, "-m", "api", "migrate"], env=values)
    if _ask(LOADED, values) == "0":
        _let("areas", "national", values=values)
    if os.environ.get("DEMO") not in (None, "", "0") and _ask(PEOPLED, values) == "0":
        _let("demo", values=values)


def has_city(values: dict[str, str]) -> bool:
    """Without one every report is answered that its regency does not use this service yet."""
    return _ask(ADOPTED, values) != "0"


def _is_migrated(values: dict[str, str]) -> bool:
    """False too where the question fails: before the first migration there is no ledger to ask."""
    files = [*ROOT.glob("*/piccolo_migrations/*.py"), *ROOT.glob("api/*/piccolo_migrations/*.py")]
    found = {(file.parents[1].name, *re.findall(r'^ID = "(.+)"', file.read_text(), re.MULTILINE)) for file in files}
    wanted = {" ".join(names) for names in found if len(names) == 2}
    try:
        return wanted <= set(_ask(MIGRATED, values).split(","))
    except Refusal:
        return False


def _let(*command: str, values: dict[str, str]) -> None:
    """These show their own progress."""
    done = subprocess.run([PYTHON, "-m", "api", *command], cwd=ROOT, env=values, check=False)
    if done.returncode:
        raise Refusal(f"`python -m api {' '.join(command)}` failed ({done.returncode}); its words are above.")


def _ask(sql: str, values: dict[str, str]) -> str:
    asked = subprocess.run([PYTHON, ASK, sql], env=values, capture_output=True, text=True, check=False)
    if asked.returncode:
        raise Refusal(f"The database does not answer: {asked.stderr.strip().splitlines()[-1]}")
    return asked.stdout.strip()
