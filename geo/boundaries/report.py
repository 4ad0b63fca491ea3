"""What a file of boundaries holds and would change: the dry run's answer."""

import msgspec


class LeftOut(msgspec.Struct, frozen=True):
    """`number` counts the file's features from 1."""

    number: int
    name: str
    reason: str


class Repair(msgspec.Struct, frozen=True):
    """`defect` in GEOS' words, `proposal` in ours; `area_m2` is the area afterwards."""

    code: str
    name: str
    defect: str
    proposal: str
    area_m2: float


class Merged(msgspec.Struct, frozen=True):
    code: str
    name: str
    features: int


class Renamed(msgspec.Struct, frozen=True):
    code: str
    current: str
    new: str


class Swapped(msgspec.Struct, frozen=True):
    """Two codes whose names in the file are each other's current ones."""

    code: str
    other: str


class RegencyChange(msgspec.Struct, frozen=True):
    """`missing`: current codes that the file lacks; `extra`: codes that are not current."""

    code: str
    name: str
    villages: int
    current: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def is_doubtful(self) -> bool:
        """Fewer than half of the villages: a part of a file, or an edition from before they were divided."""
        return 2 * self.villages < self.current


class Topology(msgspec.Struct, frozen=True):
    """Measured on `measured` of the `villages`: all, or the whole of evenly chosen regencies when they are many.

    `gaps` are holes inside the united polygons, enclaves of other regencies included.
    """

    villages: int
    measured: int
    overlaps: int
    overlap_m2: float
    gaps: int
    gap_m2: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    features: int
    villages: int
    regencies: tuple[RegencyChange, ...]
    left_out: tuple[LeftOut, ...]
    repairs: tuple[Repair, ...]
    merged: tuple[Merged, ...]
    renamed: tuple[Renamed, ...]
    swapped: tuple[Swapped, ...]
    unnamed: tuple[str, ...]
    topology: Topology
