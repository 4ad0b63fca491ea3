"""Features become villages: some are left out, some repaired, those of one code united (pure)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
import shapely

from geo.boundaries.attributes import Attributes
from geo.boundaries.comparing import VILLAGE_CODE
from geo.boundaries.report import LeftOut, Merged, Repair
from geo.boundaries.shapes import area_m2, repaired, united
from geo.cells import multipolygons
from geo.columns import Geometries

POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


class Fitted(msgspec.Struct, frozen=True):
    """In the order of codes: what the first feature of each told, and its shape; then what was done to them."""

    told: dict[str, Attributes]
    shapes: Geometries
    left_out: list[LeftOut]
    repairs: list[Repair]
    merged: list[Merged]


def fit(facts: Sequence[Attributes], shapes: Geometries) -> Fitted:
    fits = _repair(facts, shapes)
    left_out = list(_left_out(facts, fits.shapes))
    useless = {one.number for one in left_out}
    rows = defaultdict(list)
    for row, told in enumerate(facts):
        if told.code and len(told.code) == VILLAGE_CODE and row + 1 not in useless:
            rows[told.code].append(row)
    codes = sorted(rows)
    one_a_code = np.array([_whole(fits.shapes[rows[code]]) for code in codes], dtype=object)
    return Fitted(
        told={code: facts[rows[code][0]] for code in codes},
        shapes=multipolygons(one_a_code),
        left_out=left_out,
        repairs=fits.repairs,
        merged=[Merged(code, facts[rows[code][0]].name, len(rows[code])) for code in codes if len(rows[code]) > 1],
    )


def _whole(shapes: Geometries) -> Any:
    return shapes[0] if len(shapes) == 1 else united(shapes)


class _Repaired(msgspec.Struct, frozen=True):
    shapes: Geometries
    repairs: list[Repair]


def _repair(facts: Sequence[Attributes], shapes: Geometries) -> _Repaired:
    """Shapes of districts and regencies are not used, so not repaired either."""
    fixed, repairs = shapes.copy(), []
    is_area = np.isin(shapely.get_type_id(shapes), POLYGONAL)
    for row in np.flatnonzero(is_area & ~shapely.is_valid(shapes)).tolist():
        told = facts[row]
        if told.code and len(told.code) == VILLAGE_CODE:
            fixed[row], proposal = repaired(shapes[row])
            area = 0.0 if fixed[row] is None else float(area_m2(fixed[row])[0])
            repairs.append(Repair(told.code, told.name, shapely.is_valid_reason(shapes[row]), proposal, area))
    return _Repaired(fixed, repairs)


def _left_out(facts: Sequence[Attributes], shapes: Geometries) -> Iterator[LeftOut]:
    is_area = np.isin(shapely.get_type_id(shapes), POLYGONAL) & ~shapely.is_empty(shapes)
    for number, (told, has_area) in enumerate(zip(facts, is_area.tolist(), strict=True), 1):
        if told.code is None:
            yield LeftOut(number, told.name, f"{told.written!r} is no Kemendagri code" if told.written else "no code")
        elif len(told.code) == VILLAGE_CODE and not has_area:
            yield LeftOut(number, told.name, "no polygon")
