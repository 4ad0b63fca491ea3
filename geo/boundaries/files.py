"""Files of polygons as features: GeoJSON, GeoJSON lines, both gzipped, GeoPackage, zipped shapefile.

A file is what its first bytes say, not its name. All of it is read before anything is believed.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
import pyogrio  # type: ignore[import-untyped]  # it ships no types
import shapely

from geo.columns import Geometries
from geo.outlines import Progress

MAX_BYTES = 2_000_000_000  # unpacked; the national set of 83,402 polygons has 211 MB
LINES_AT_ONCE = 2_000
WGS_84 = frozenset({"urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326", "OGC:CRS84"})

T = TypeVar("T")
Properties = dict[str, Any]


class BoundariesUnreadable(Exception):
    """`where` is a line, a feature or a layer, "" when it is the file as a whole."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(f"{where}: {reason}" if where else reason)
        self.reason, self.where = reason, where


class Features(msgspec.Struct, frozen=True):
    """Side by side: what each feature says of itself, and its shape as it came (invalid, or None)."""

    properties: Sequence[Properties]
    shapes: Geometries


NULL = msgspec.Raw(b"null")


class Feature(msgspec.Struct):
    type: str
    geometry: msgspec.Raw = NULL
    properties: Properties | None = None


class FeatureCollection(msgspec.Struct):
    type: str
    features: list[Feature]
    crs: dict[str, Any] | None = None


_feature, _collection = msgspec.json.Decoder(Feature), msgspec.json.Decoder(FeatureCollection)


def read(path: Path, progress: Progress) -> Features:
    """Raises BoundariesUnreadable that says what is wrong, and where."""
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise BoundariesUnreadable(f"the file cannot be read: {error.strerror}") from error
    if start.startswith(b"SQLite format 3"):
        return _read_layers(str(path))
    if start.startswith(b"PK"):
        return _read_layers(f"/vsizip/{path}")
    return _read_json(_unpacked(path) if start.startswith(b"\x1f\x8b") else path.read_bytes(), progress)


def _unpacked(path: Path) -> bytes:
    content = bytearray()
    try:
        with gzip.open(path) as file:
            while chunk := file.read(1 << 20):
                content += chunk
                if len(content) > MAX_BYTES:
                    raise BoundariesUnreadable(f"unpacked it has more than {MAX_BYTES} bytes")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        where = f"after {len(content)} unpacked bytes"
        raise BoundariesUnreadable("the compressed file is cut off or damaged", where) from error
    return bytes(content)


def _read_json(content: bytes, progress: Progress) -> Features:
    if not content.strip():
        raise BoundariesUnreadable("the file is empty")
    first_line = content[: content.find(b"\n") + 1 or len(content)]
    if _is_feature(first_line):
        return _read_lines(content, progress)
    collection = _decoded(_collection.decode, content, "")
    if collection.type != "FeatureCollection":
        raise BoundariesUnreadable(f"it is a GeoJSON {collection.type}, not a FeatureCollection")
    if collection.crs:
        _check_reference(collection.crs.get("properties", {}).get("name"), "")
    return _joined([_parsed(collection.features, lambda index: f"feature {index + 1}")])


def _is_feature(line: bytes) -> bool:
    try:
        return _feature.decode(line).type == "Feature"
    except msgspec.DecodeError:
        return False


def _read_lines(content: bytes, progress: Progress) -> Features:
    """One feature a line, read a few thousand at a time; empty lines are passed over."""
    lines = [(number, line) for number, line in enumerate(content.split(b"\n"), 1) if line.strip()]
    return _joined(list(_chunks(lines, progress)))


def _chunks(lines: list[tuple[int, bytes]], progress: Progress) -> Iterator[Features]:
    for start in range(0, len(lines), LINES_AT_ONCE):
        progress("reading", start, len(lines))
        chunk = lines[start : start + LINES_AT_ONCE]
        features = [_decoded(_feature.decode, line, f"line {number}") for number, line in chunk]
        numbers = [number for number, _ in chunk]
        yield _parsed(features, lambda index, numbers=numbers: f"line {numbers[index]}")  # type: ignore[misc]  # default


def _decoded(decode: Callable[[bytes], T], content: bytes, where: str) -> T:
    try:
        return decode(content)
    except msgspec.DecodeError as error:
        raise BoundariesUnreadable(f"no GeoJSON: {error}", where) from error


def _parsed(features: list[Feature], where: Callable[[int], str]) -> Features:
    written = [bytes(feature.geometry) for feature in features]
    texts = np.array([None if text == b"null" else text for text in written], dtype=object)
    shapes = shapely.from_geojson(texts, on_invalid="ignore")
    for index in np.flatnonzero(shapely.is_missing(shapes)).tolist():
        if texts[index] is not None:
            raise BoundariesUnreadable("the geometry is no GeoJSON geometry", where(index))
    return Features([feature.properties or {} for feature in features], shapely.force_2d(shapes))


def _joined(parts: list[Features]) -> Features:
    properties = [facts for part in parts for facts in part.properties]
    shapes = [part.shapes for part in parts]
    return Features(properties, np.concatenate(shapes) if shapes else np.empty(0, dtype=object))


def _read_layers(path: str) -> Features:
    """Every layer that has geometry, one after the other."""
    try:
        names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        return _joined([_read_layer(path, name) for name in names])
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.GeometryError) as error:
        raise BoundariesUnreadable(f"neither a GeoPackage nor a zipped shapefile can be read: {error}") from error


def _read_layer(path: str, name: str) -> Features:
    facts, _, shapes, columns = pyogrio.raw.read(path, layer=name, force_2d=True)
    if facts["crs"] is not None:  # a shapefile without .prj: the coordinates must tell
        _check_reference(facts["crs"], f"layer {name}")
    rows = zip(*(column.tolist() for column in columns), strict=True) if columns else [()] * len(shapes)
    properties = [dict(zip(facts["fields"], row, strict=True)) for row in rows]
    return Features(properties, np.asarray(shapely.from_wkb(shapes), dtype=object))


def _check_reference(name: object, where: str) -> None:
    if name not in WGS_84:
        shown = str(name).splitlines()[0][:80]
        raise BoundariesUnreadable(f"the coordinates are in {shown}; transform them to WGS 84 (EPSG:4326) first", where)
