"""The dry run: what a file holds, how it would be repaired, and what it would change of what is current."""

from pathlib import Path

import msgspec

from geo.boundaries.attributes import attributes
from geo.boundaries.comparing import changes, name_of, renamed, swapped, unnamed, upper_names
from geo.boundaries.files import BoundariesUnreadable, read
from geo.boundaries.fitting import fit
from geo.boundaries.report import Report
from geo.boundaries.shapes import check_place
from geo.boundaries.topology import measure
from geo.editions import Villages
from geo.engine import engine
from geo.outlines import REGENCY_CODE, Progress


class Examination(msgspec.Struct, frozen=True):
    """The report, and the villages as they would be loaded."""

    report: Report
    villages: Villages


async def examine(path: Path, progress: Progress) -> Examination:
    """Reads the file and compares it with the current areas; writes nothing. Raises BoundariesUnreadable."""
    features = read(path, progress)
    facts = [attributes(properties) for properties in features.properties]
    fitted = fit(facts, features.shapes)
    codes = list(fitted.told)
    if not codes:
        raise BoundariesUnreadable("it has no polygon with a village's Kemendagri code")
    check_place(codes, fitted.shapes)
    current = await _current_names(codes)
    uppers = upper_names(facts, current)
    villages = Villages(
        codes=codes,
        names=[name_of(code, told.name, current) for code, told in fitted.told.items()],
        terms=[told.term for told in fitted.told.values()],
        shapes=fitted.shapes,
        uppers=uppers,
    )
    new_names = renamed(codes, villages.names, current)
    report = Report(
        features=len(facts),
        villages=len(codes),
        regencies=tuple(changes(codes, current, uppers)),
        left_out=tuple(fitted.left_out),
        repairs=tuple(fitted.repairs),
        merged=tuple(fitted.merged),
        renamed=tuple(new_names),
        swapped=tuple(swapped(new_names)),
        unnamed=unnamed(codes, uppers),
        topology=measure(codes, fitted.shapes, progress),
    )
    return Examination(report, villages)


CURRENT = "SELECT code, name FROM area WHERE current AND left(code, 5) = ANY($1::text[])"


async def _current_names(codes: list[str]) -> dict[str, str]:
    """Of every current area in the regencies of these codes, by code."""
    rows = await engine().fetch(CURRENT, sorted({code[:REGENCY_CODE] for code in codes}))
    return {row["code"]: row["name"] for row in rows}
