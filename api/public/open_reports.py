"""One report as open data: these fields and no others, the same in every list, export, standard and feed.

The database writes the rows (JSON, GeoJSON, CSV), so that millions of them cost this process almost nothing;
`OpenReport` says what may be in them, and the tests hold one against the other.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Literal

import msgspec

from api.catalogue import Language
from api.database import Statement
from api.piccolo_conf import DB
from api.reports.publicity import UNSEEN

Shape = Literal["json", "geojson", "csv"]
STAFF = ("officer", "coordinator", "area_head", "operator")
PHOTO_PIXELS = 1600


class OpenReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Words of each field: the data dictionary (`/data`). `text` and `photos` only when the city has acted."""

    tracking_id: str
    report_type: str
    state: str
    is_open: bool
    category: str
    category_name: str
    category_group: str
    agency: str | None
    agency_name: str | None
    city: str
    city_name: str
    village_code: str
    village: str
    district: str
    regency: str
    boundary_quality: str
    lat: float
    lon: float
    created_at: datetime
    updated_at: datetime
    responded_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    is_overdue: bool
    supports: int
    text: str | None
    photos: tuple[str, ...]
    url: str


FIELDS = tuple(field.name for field in msgspec.structs.fields(OpenReport))
# Words of people and cities: the others are numbers, times and codes that need no quotes in CSV.
QUOTED = frozenset({"category_name", "agency_name", "city_name", "village", "district", "regency", "text"})

OPEN_REPORTS = """
SELECT wanted.place,
    substr(r.tracking_id, 1, 4) || '-' || substr(r.tracking_id, 5) AS tracking_id,
    r.report_type, r.state, p.is_open,
    category.key AS category,
    CASE :language WHEN 'en' THEN category.name_en ELSE category.name_id END AS category_name,
    category_group.key AS category_group,
    agency.key AS agency, agency.name AS agency_name,
    city.code AS city, city.name AS city_name,
    r.village_code,
    r.place #>> '{village,name}' AS village,
    r.place #>> '{district,name}' AS district,
    r.place #>> '{regency,name}' AS regency,
    r.place ->> 'quality' AS boundary_quality,
    -- the public position, never the report's own
    mercator_lat(p.y) AS lat, mercator_lon(p.x) AS lon,
    open_time(r.created_at) AS created_at, open_time(story.updated_at) AS updated_at,
    open_time(story.responded_at) AS responded_at,
    CASE WHEN NOT p.is_open THEN open_time(story.resolved_at) END AS resolved_at,
    CASE WHEN r.state = 'closed' THEN open_time(story.closed_at) END AS closed_at,
    open_time(promise.due_at) AS due_at,
    coalesce(promise.due_at < coalesce(promise.stopped_at, :now), false) AS is_overdue,
    r.supports,
    CASE WHEN acted.upon THEN r.text END AS text,
    coalesce((
        SELECT array_agg(:site || '/photos/' || shown.photo || :pixels ORDER BY shown.purpose DESC, shown.position)
        FROM report_photo AS shown JOIN photo ON photo.id = shown.photo AND photo.state = 'ready'
        WHERE acted.upon AND shown.report = r.id
            -- evidence only when it has been filed
            AND (shown.purpose = 'report' OR EXISTS (
                SELECT FROM report_event AS e WHERE e.report = r.id AND shown.photo = ANY(e.evidence)))
    ), '{}') AS photos,
    :site || '/lacak/' || r.tracking_id AS url
FROM unnest(:ids ::bigint[]) WITH ORDINALITY AS wanted (id, place)
-- on the public map, and still public
JOIN map_point AS p ON p.id = wanted.id
JOIN report AS r ON r.id = p.id AND r.visibility = 'public'
JOIN city ON city.id = p.city
JOIN category ON category.id = p.category
JOIN category_group ON category_group.id = category.group_id
LEFT JOIN agency ON agency.id = r.agency
-- text and pictures are public when somebody of the city has acted (publicity.py)
CROSS JOIN LATERAL (SELECT r.triaged_at IS NOT NULL AND r.state <> ALL (:unseen ::text[]) AS upon) AS acted
CROSS JOIN LATERAL (
    SELECT max(e.at) AS updated_at,
        min(e.at) FILTER (WHERE e.role = ANY (:staff ::text[])) AS responded_at,
        max(e.at) FILTER (WHERE e.to_state = 'resolved' AND e.from_state <> 'resolved') AS resolved_at,
        max(e.at) FILTER (WHERE e.to_state = 'closed' AND e.from_state <> 'closed') AS closed_at
    FROM report_event AS e WHERE e.report = r.id
) AS story
LEFT JOIN LATERAL (
    SELECT c.due_at, c.stopped_at FROM report_clock AS c
    WHERE c.report = r.id AND c.clock IN ('resolve', 'information_request') ORDER BY c.started_at DESC LIMIT 1
) AS promise ON true
"""

AS_JSON = "(SELECT row_to_json(shown) FROM (SELECT {fields}) AS shown)::text"
AS_GEOJSON = (
    """'{"type":"Feature","id":"' || o.tracking_id || '","geometry":{"type":"Point","coordinates":[' || """
    """o.lon || ',' || o.lat || ']},"properties":' || """ + AS_JSON + " || '}'"
)


def _csv_field(name: str) -> str:
    if name == "photos":
        return "array_to_string(o.photos, ' ')"
    return f"open_csv(o.{name})" if name in QUOTED else f"coalesce(o.{name}::text, '')"


def _line(shape: Shape) -> str:
    if shape == "csv":
        return " || ',' || ".join(map(_csv_field, FIELDS))
    pattern = AS_JSON if shape == "json" else AS_GEOJSON
    return pattern.replace("{fields}", ", ".join(f"o.{name}" for name in FIELDS))


LINES = """
-- all lines of the batch as one text, so that this process has one value to pass on
SELECT count(*) AS lines, convert_to(string_agg({line}, :between ORDER BY o.place), 'UTF8') AS written
FROM ({rows}) AS o
"""


@cache
def lines_statement(shape: Shape) -> Statement:
    # A colon before a letter is a named value to Statement; in JSON text it never stands so.
    return Statement(LINES.replace("{line}", _line(shape)).replace("{rows}", OPEN_REPORTS))


class Written(msgspec.Struct, frozen=True):
    """How rows are written: the language of names, the site's address in links, and the present moment."""

    language: Language
    site: str
    now: datetime


async def write_lines(ids: Sequence[int], shape: Shape, written: Written, between: str = "\n") -> tuple[int, bytes]:
    """How many of `ids` are public still, and their lines in the order of `ids`."""
    if not ids:
        return 0, b""
    (row,) = await lines_statement(shape).fetch(
        DB,
        ids=list(ids),
        between=between,
        language=written.language,
        site=written.site,
        now=written.now,
        pixels=f"/{PHOTO_PIXELS}",
        unseen=list(UNSEEN),
        staff=list(STAFF),
    )
    return row["lines"], row["written"] or b""


async def read_open_reports(ids: Sequence[int], written: Written) -> tuple[OpenReport, ...]:
    _, lines = await write_lines(ids, "json", written, between=",")
    return msgspec.json.decode(b"[%b]" % lines, type=tuple[OpenReport, ...])
