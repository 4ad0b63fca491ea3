"""`/public/reports`: the open reports as a list, and as exports of any size."""

from typing import Annotated

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter
from litestar.response import Stream

from api.public.asked import Asked, read_wanted, written_for
from api.public.exports import CSV, NDJSON, export
from api.public.features import FeatureCollection, described
from api.public.open_reports import OpenReport, read_open_reports
from api.public.selection import Wanted, find, read_key

MAX_PAGE = 500
Limit = Annotated[int, QueryParameter(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, QueryParameter(max_length=60)]
WANTED = {"wanted": Provide(read_wanted)}


class OpenReports(msgspec.Struct, frozen=True):
    """Newest first. `next` is the `cursor` of the next page; a page may hold fewer than `limit` and have a next."""

    reports: tuple[OpenReport, ...]
    next: str | None


@get("/public/reports", dependencies=WANTED, tags=["Open data"])
async def list_open_reports(
    request: Asked, wanted: NamedDependency[Wanted], limit: Limit = 50, cursor: Cursor = None
) -> Response[OpenReports]:
    """Public reports; every field is explained under `/data`."""
    page = await find(wanted, read_key(cursor), limit)
    reports = await read_open_reports(page.ids, written_for(request))
    return Response(
        OpenReports(reports, str(page.after) if page.after else None),
        headers={"cache-control": "public, max-age=10", "access-control-allow-origin": "*"},
    )


AS_LONG_AS_IT_TAKES = "Streamed; as long as it takes."
COLLECTION = described(FeatureCollection, AS_LONG_AS_IT_TAKES)


def streamed(media_type: str) -> dict[int, ResponseSpec]:
    return {200: ResponseSpec(str, media_type=media_type, description=AS_LONG_AS_IT_TAKES)}


@get("/public/reports.geojson", dependencies=WANTED, tags=["Open data"], responses=COLLECTION)
async def export_geojson(request: Asked, wanted: NamedDependency[Wanted]) -> Stream:
    """All of them, as one FeatureCollection."""
    return await export(request, wanted, "geojson")


@get("/public/reports.csv", dependencies=WANTED, tags=["Open data"], responses=streamed(CSV))
async def export_csv(request: Asked, wanted: NamedDependency[Wanted]) -> Stream:
    """All of them, with a line of names; safe to open in a spreadsheet."""
    return await export(request, wanted, "csv")


@get("/public/reports.ndjson", dependencies=WANTED, tags=["Open data"], responses=streamed(NDJSON))
async def export_ndjson(request: Asked, wanted: NamedDependency[Wanted]) -> Stream:
    """All of them, one JSON object a line."""
    return await export(request, wanted, "ndjson")


reports_handlers = [list_open_reports, export_geojson, export_csv, export_ndjson]
