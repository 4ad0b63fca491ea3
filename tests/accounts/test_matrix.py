"""The matrix in the code is the one that the handbook shows to people."""

import pytest

from api.accounts.matrix import AS_WRITTEN, MATRIX, ROLES, Action, Cell, may
from tests.house.tree import ROOT

HANDBOOK = ROOT / "docker" / "README.md"


def written() -> list[list[str]]:
    """The lines of the handbook's table: action, then one cell a role."""
    lines = HANDBOOK.read_text(encoding="utf-8").split("| action | public |")[1].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_table_of_the_handbook_is_the_one_in_force():
    cells = [[cell.strip() for cell in line.split("|")] for line in AS_WRITTEN.values()]
    assert [line[1:] for line in written()] == cells


def test_the_actions_stand_in_the_order_of_the_handbook():
    firsts = [line[0].split()[0].strip(",") for line in written()]
    assert firsts == [
        *("read", "create", "support", "read", "see", "verify", "dispatch", "dispose", "start", "file", "approve"),
        *("merge", "redact", "move", "categories", "export"),
    ]
    assert len(firsts) == len(MATRIX)


def test_every_action_speaks_of_every_role():
    assert all(tuple(row) == ROLES for row in MATRIX.values())


@pytest.mark.parametrize(
    ("action", "standing", "cell"),
    [
        ("see_contact", "coordinator", Cell("agency", is_logged=True)),
        ("see_contact", "admin", Cell("all", is_logged=True)),
        ("see_contact", "officer", None),
        ("see_contact", "area_head", None),
        ("see_contact", "reporter", Cell("own")),
        ("see_contact", "resident", None),
        ("see_contact", "system", None),
        ("read_restricted", "area_head", Cell("area", only="restricted")),
        ("dispatch", "coordinator", Cell("all", only="propose")),
        ("administer", "auditor", Cell("all", only="view")),
        ("administer", "coordinator", Cell("agency", only="accounts")),
        ("support_follow_comment", "resident", Cell("all")),
        ("support_follow_comment", "auditor", None),
        ("speak_as_reporter", "operator", Cell("on_behalf")),
        ("speak_as_reporter", "officer", None),
        ("export", "public", Cell("open_data")),
    ],
)
def test_a_cell_says_who_may(action: Action, standing: str, cell: Cell | None):
    assert may(action, [standing]) == ((cell,) if cell else ())


def test_several_grants_add_up():
    assert may("approve", ["officer", "area_head"]) == (Cell("area"),)
