import re

import msgspec

from api.settings import Settings
from tests.house.tree import ROOT, text_of

LINE = re.compile(r"^([A-Z_]+)=(.*)$", re.MULTILINE)
EXAMPLE = ROOT / ".env.example"
OF_MAKE_RUN = {"DEMO", "DEMO_PASSWORD"}


def test_every_setting_is_explained_to_the_operator_and_no_other() -> None:
    of_compose = set(re.findall(r"\$\{([A-Z_]+)", text_of(ROOT / "docker" / "compose.yaml")))
    settings = {field.name.upper() for field in msgspec.structs.fields(Settings)}
    assert set(dict(LINE.findall(EXAMPLE.read_text()))) == settings | OF_MAKE_RUN | of_compose


def test_the_defaults_shown_are_the_programs() -> None:
    shown = dict(LINE.findall(EXAMPLE.read_text()))
    for field in msgspec.structs.fields(Settings):
        default = "" if field.default is msgspec.NODEFAULT else str(field.default)
        assert shown[field.name.upper()] == default, field.name


def test_every_line_has_its_explanation_above_it() -> None:
    lines = EXAMPLE.read_text().splitlines()
    named = [number for number, line in enumerate(lines) if LINE.match(line)]
    bare = [lines[n] for n in named if not lines[n - 1].startswith("#") and lines[n - 1].partition("=")[0] != "HOST"]
    assert bare == []
