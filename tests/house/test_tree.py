import re
import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles

from tests.house.tree import files, function_lengths, text_of

PRODUCT = ("api/*.py", "geo/*.py", "media/*.py", "push/*.py", "docker/*.py")
TOP_LEVEL = {
    *("api", "geo", "media", "push", "tests", "docker"),
    *(
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "Makefile",
        "requirements.lock",
        "requirements-dev.lock",
    ),
    *(".ci", ".github", ".gitignore", ".editorconfig", ".pre-commit-config.yaml", ".dockerignore", ".env.example"),
}
LARGEST_BYTES = 100_000
PEOPLE_ELSEWHERE = re.compile(r"@license|@preserve|\(c\) (19|20)\d\d|SPDX-FileCopyrightText", re.IGNORECASE)
SOMEBODYS_FOLDER = re.compile(r"(?<![\w.~:/}])/(home|Users|root|work)/\w")
PACKED_CODE = re.compile(r"(^|/)(node_modules|vendor|third_party|dist)/|\.min\.(js|css)$|\.(whl|tgz|jar|so|wasm)$")


def test_nothing_lies_at_the_top_that_the_house_does_not_know() -> None:
    assert {path.parts[0] for path in files()} - TOP_LEVEL == set()


def test_locks_name_no_host() -> None:
    locks = files("*.lock", "*package-lock.json")
    assert len(locks) >= 6
    assert [str(path) for path in locks if "://" in text_of(path)] == []


def test_the_python_locks_have_a_hash_for_every_package() -> None:
    for lock in files("*.lock"):
        packages = re.findall(r"^[\w.-]+==\S+.*\n(?!    --hash=sha256:)", text_of(lock), re.MULTILINE)
        assert packages == [], lock


def test_the_tests_environment_runs_the_product() -> None:
    assert pins(Path("requirements.lock")) - pins(Path("requirements-dev.lock")) == set()


def test_the_lock_leaves_nothing_out() -> None:
    """pip takes from it exactly what it names, so that a newer release elsewhere changes nothing here."""
    checked = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def pins(lock: Path) -> set[str]:
    return set(re.findall(r"^[\w.-]+==[\w.+!-]+", text_of(lock), re.MULTILINE))


def test_nobody_elses_code_is_committed() -> None:
    here = Path("tests/house/test_tree.py")
    packed = [str(path) for path in files() if PACKED_CODE.search(str(path))]
    signed = [
        str(path) for path in files() if path not in (here, Path("LICENSE")) and PEOPLE_ELSEWHERE.search(text_of(path))
    ]
    assert packed + signed == []


def test_no_path_of_somebodys_machine_is_written_down() -> None:
    assert [str(path) for path in files() if SOMEBODYS_FOLDER.search(text_of(path))] == []


def test_nothing_large_is_committed_but_locks() -> None:
    large = [path for path in files() if len(text_of(path)) > LARGEST_BYTES and path.suffix != ".lock"]
    assert [str(path) for path in large if path.name != "package-lock.json"] == []


def test_no_file_of_code_is_longer_than_300_lines() -> None:
    code = files(*PRODUCT, "tests/*.py", "api/*.js")
    assert {str(path): n for path in code if (n := text_of(path).count("\n")) > 300} == {}


def test_no_function_is_longer_than_50_lines() -> None:
    lengths = [pair for path in files(*PRODUCT, "tests/*.py") for pair in function_lengths(path)]
    assert [pair for pair in lengths if pair[1] > 50] == []


def test_functions_are_short_as_a_rule() -> None:
    lengths = [length for path in files(*PRODUCT) for _, length in function_lengths(path)]
    middle, nine_of_ten = median(lengths), quantiles(lengths, n=10)[-1]
    assert (middle <= 7, nine_of_ten <= 25) == (True, True), f"median {middle}, nine of ten up to {nine_of_ten}"


def test_every_room_says_what_it_owns() -> None:
    rooms = [path for path in files("*/__init__.py") if path.parts[-2] not in ("piccolo_migrations",)]
    silent = [str(path) for path in rooms if path.parts[0] != "tests" and not text_of(path).startswith('"""')]
    assert silent == []
