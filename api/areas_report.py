"""The dry run of `areas load` in words: the sums first, then at most a few of each kind."""

from collections.abc import Iterable
from itertools import islice

from rich.console import Console
from rich.table import Table

from geo.boundaries import Report
from geo.boundaries.report import RegencyChange, Topology

SHOWN = 10


def show(report: Report, console: Console) -> None:
    console.print(f"{report.features} features, {report.villages} villages in {len(report.regencies)} regencies.")
    changed = [one for one in report.regencies if one.missing or one.extra] if len(report.regencies) > SHOWN else None
    _show_regencies(report.regencies if changed is None else changed, console)
    _list(
        console,
        "Less than half of the villages: is the file complete? Where its polygons leave land, nobody can report",
        [f"{one.code} {one.name}: {one.villages} of {one.current}" for one in report.regencies if one.is_doubtful],
    )
    _list(console, "Left out", [f"feature {one.number} {one.name!r}: {one.reason}" for one in report.left_out])
    _list(
        console,
        "Invalid, repaired",
        [f"{one.code} {one.name}: {one.defect}; {one.proposal}, {one.area_m2:,.0f} m²" for one in report.repairs],
    )
    _list(console, "Several features, united", [f"{one.code} {one.name}: {one.features}" for one in report.merged])
    _list(console, "Names that differ", [f"{one.code}: {one.current} → {one.new}" for one in report.renamed])
    _list(
        console,
        "Names perhaps exchanged; compare them with the source",
        [f"{one.code} and {one.other}" for one in report.swapped],
    )
    _list(console, "Without a name, their code is shown", report.unnamed)
    _show_topology(report.topology, console)


def _show_regencies(regencies: Iterable[RegencyChange], console: Console) -> None:
    table = Table("regency", "name", "villages", "now", "missing", "extra")
    rows = list(regencies)
    for one in rows[: 3 * SHOWN]:
        counts = (str(one.villages), str(one.current))
        table.add_row(one.code, one.name, *counts, _some(one.missing), _some(one.extra))
    if rows:
        console.print(table)
    if len(rows) > 3 * SHOWN:
        console.print(f"… and {len(rows) - 3 * SHOWN} more regencies with missing or extra codes")


def _some(codes: tuple[str, ...]) -> str:
    return f"{len(codes)}: {', '.join(codes[:3])}{' …' if len(codes) > 3 else ''}" if codes else ""


def _list(console: Console, title: str, lines: Iterable[str]) -> None:
    lines = list(lines)
    if not lines:
        return
    console.print(f"[bold]{title}: {len(lines)}[/]")
    for line in islice(lines, SHOWN):
        console.print(f"  {line}", markup=False)
    if len(lines) > SHOWN:
        console.print(f"  … and {len(lines) - SHOWN} more")


def _show_topology(found: Topology, console: Console) -> None:
    where = "" if found.measured == found.villages else f" (measured on {found.measured} of {found.villages} villages)"
    console.print(
        f"Overlaps: {found.overlaps} pairs, {found.overlap_m2:,.0f} m². "
        f"Gaps and enclaves: {found.gaps}, {found.gap_m2:,.0f} m²{where}."
    )
