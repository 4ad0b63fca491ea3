"""A file's codes and names beside the current ones (pure)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from geo.boundaries.attributes import Attributes, are_alike
from geo.boundaries.report import RegencyChange, Renamed, Swapped
from geo.outlines import DISTRICT_CODE, REGENCY_CODE

VILLAGE_CODE = 13  # characters of "32.76.01.1001"


def name_of(code: str, told: str, current: Mapping[str, str]) -> str:
    """The file's name; the current one where the two are alike ("PULAU TIDUNG") or the file has none."""
    known = current.get(code, "")
    return known if known and (not told or are_alike(told, known)) else told or code


def upper_names(facts: Iterable[Attributes], current: Mapping[str, str]) -> dict[str, str]:
    """Districts and regencies by code: as their own features say, else as now, else as their villages say."""
    own, by_villages = {}, {}
    for told in facts:
        if told.code and len(told.code) < VILLAGE_CODE and told.name:
            own[told.code] = name_of(told.code, told.name, current)
        elif told.code:
            by_villages[told.code[:DISTRICT_CODE]] = told.district
            by_villages[told.code[:REGENCY_CODE]] = told.regency
    now = {code: name for code, name in current.items() if len(code) < VILLAGE_CODE}
    return {code: name for code, name in by_villages.items() if name} | now | own


def unnamed(codes: Sequence[str], uppers: Mapping[str, str]) -> tuple[str, ...]:
    """Districts and regencies that nobody has named: their codes will stand in for their names."""
    needed = {code[:length] for code in codes for length in (DISTRICT_CODE, REGENCY_CODE)}
    return tuple(sorted(needed - set(uppers)))


def changes(codes: Sequence[str], current: Mapping[str, str], uppers: Mapping[str, str]) -> Iterable[RegencyChange]:
    here, now = _by_regency(codes), _by_regency(code for code in current if len(code) == VILLAGE_CODE)
    for regency, villages in sorted(here.items()):
        known = now.get(regency, set())
        yield RegencyChange(
            code=regency,
            name=uppers.get(regency, regency),
            villages=len(villages),
            current=len(known),
            missing=tuple(sorted(known - villages)),
            extra=tuple(sorted(villages - known)),
        )


def _by_regency(codes: Iterable[str]) -> dict[str, set[str]]:
    regencies = defaultdict(set)
    for code in codes:
        regencies[code[:REGENCY_CODE]].add(code)
    return regencies


def renamed(codes: Sequence[str], names: Sequence[str], current: Mapping[str, str]) -> list[Renamed]:
    pairs = zip(codes, names, strict=True)
    return [Renamed(code, current[code], name) for code, name in pairs if current.get(code, name) != name]


def swapped(new_names: Sequence[Renamed]) -> Iterable[Swapped]:
    """Within one regency, each pair once."""
    by_current = {(one.code[:REGENCY_CODE], one.current.lower()): one for one in new_names}
    for one in new_names:
        other = by_current.get((one.code[:REGENCY_CODE], one.new.lower()))
        if other and one.code < other.code and are_alike(other.new, one.current):
            yield Swapped(one.code, other.code)
