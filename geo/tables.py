"""Tables of this room: what is named, where it lies, in which version, and the points of the public map."""

from piccolo.columns import (
    BigInt,
    BigSerial,
    Boolean,
    Date,
    ForeignKey,
    Integer,
    Serial,
    SmallInt,
    Text,
    Timestamptz,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from geo.columns import Geometry


class BoundaryVersion(Table, tablename="boundary_version"):
    """A set of polygons with its effective date and legal source; reports keep the version they were resolved with."""

    id = Serial(primary_key=True)
    name = Text(unique=True)
    effective = Date()
    source = Text()
    licence = Text()
    quality = Text()
    loaded_at = Timestamptz()
    activated_at = Timestamptz(null=True, default=None)


class Area(Table, tablename="area"):
    """A regency, district or village of one version; at most one row of a code is `current`.

    Villages have a `shape`, exact; approximate ones also the `site` that it was drawn around. Districts and
    regencies have only an `outline`, simplified for drawing: which district a point lies in follows from the
    village's code, never from an outline.
    """

    id = BigSerial(primary_key=True)
    version = ForeignKey(BoundaryVersion, on_delete=OnDelete.cascade, null=False)
    code = Text()
    name = Text()
    local_term = Text()
    level = Text()
    current = Boolean(default=False)
    site = Geometry("Point", null=True)
    shape = Geometry("MultiPolygon", null=True)
    outline = Geometry("MultiPolygon", null=True)


class MapPoint(Table, tablename="map_point"):
    """What the public map may show of one thing; `label` is opaque here. x, y, qk: see `geo.mercator`.

    Cities and categories have numbers from 1 on, and a category belongs to one city.
    """

    id = BigInt(primary_key=True)
    city = Integer()
    category = Integer()
    is_open = Boolean()
    created_at = Timestamptz()
    label = Text()
    x = Integer()
    y = Integer()
    qk = BigInt()


class MapDelta(Table, tablename="map_delta"):
    """A change of the map that is not counted yet: `n` is 1 or -1. It has no key; Piccolo wants to be told one."""

    qk = BigInt(primary_key=True)
    x = Integer()
    y = Integer()
    city = Integer()
    category = Integer()
    is_open = Boolean()
    day = Date()
    n = SmallInt()


class MapCalendar(Table, tablename="map_calendar"):
    """One row: the day that the counts of the last days are of."""

    id = Integer(primary_key=True)
    today = Date()
    turning = Date()


class MapCell(Table, tablename="map_cell"):
    """Counts of one square of a level in one series; the key is (series, level, qk). See `geo.pyramid`."""

    series = Integer()
    level = Integer()
    qk = BigInt(primary_key=True)
    version = BigInt()
    x = BigInt()
    y = BigInt()
    open = Integer()
    closed = Integer()
    open_365 = Integer()
    closed_365 = Integer()
    open_90 = Integer()
    closed_90 = Integer()
    open_30 = Integer()
    closed_30 = Integer()
    open_7 = Integer()
    closed_7 = Integer()


class AreaDrawing(Table, tablename="area_drawing"):
    """What the map draws of an area up to the zoom `band`; the key is (area, band). See `geo.drawings`."""

    area = ForeignKey(Area, on_delete=OnDelete.cascade, null=False, primary_key=True)
    band = Integer()
    shape = Geometry("MultiPolygon")
