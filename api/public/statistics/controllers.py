"""`/public/statistics` and the same as CSV."""

import csv
import io
import re
from datetime import date
from typing import Annotated

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery, QueryParameter

from api.catalogue import language_of
from api.clock import clock_of
from api.errors import FieldRefused
from api.public.asked import Asked as Request
from api.public.asked import Code, cities_of
from api.public.statistics.reading import Asked, By, Group, Statistics, read_statistics

HEADERS = {"cache-control": "public, max-age=60", "access-control-allow-origin": "*"}
COLUMNS = tuple(field.name for field in msgspec.structs.fields(Group))


async def read_asked(
    request: Request,
    city: Code = None,
    by: FromQuery[By] = "month",
    first: Annotated[str | None, QueryParameter(name="from", pattern=r"^\d{4}-\d\d$")] = None,
    last: Annotated[str | None, QueryParameter(name="to", pattern=r"^\d{4}-\d\d$")] = None,
) -> Asked:
    """The last twelve months, unless others are asked for. Raises UnknownCity, FieldRefused."""
    cities = await cities_of(request, city)
    if by in ("agency", "village", "category") and city is None:
        raise FieldRefused("city", "statistics_city")
    end = month_of("to", last) if last else clock_of(request)().date().replace(day=1)
    begin = month_of("from", first) if first else year_before(end)
    if begin > end:
        raise FieldRefused("from", "statistics_order")
    return Asked(
        cities=cities, city=cities[0] if city else None, by=by, first=begin, last=end, language=language_of(request)
    )


def month_of(field: str, written: str) -> date:
    """Raises FieldRefused."""
    found = re.fullmatch(r"(\d{4})-(\d\d)", written, re.ASCII)
    if not found or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1:
        raise FieldRefused(field, "statistics_month")
    return date(int(found[1]), int(found[2]), 1)


def year_before(month: date) -> date:
    """The first of the twelve months that end with this one."""
    if month.month == 12 or month.year == 1:
        return month.replace(month=1)
    return month.replace(year=month.year - 1, month=month.month + 1)


ASKED = {"asked": Provide(read_asked)}


@get("/public/statistics", dependencies=ASKED, tags=["Open data"])
async def statistics(asked: NamedDependency[Asked]) -> Response[Statistics]:
    """Counts, times and promises kept of public reports, by the month in which they were made."""
    return Response(await read_statistics(asked), headers=HEADERS)


@get(
    "/public/statistics.csv",
    dependencies=ASKED,
    tags=["Open data"],
    responses={200: ResponseSpec(str, media_type="text/csv; charset=utf-8", description="A line a group.")},
)
async def statistics_csv(asked: NamedDependency[Asked]) -> Response[str]:
    found = await read_statistics(asked)
    file = io.StringIO()
    lines = csv.writer(file, lineterminator="\n")
    lines.writerow(COLUMNS)
    lines.writerows([_cell(value) for value in msgspec.structs.astuple(group)] for group in found.groups)
    name = {"content-disposition": f'attachment; filename="statistics-{asked.by}.csv"'}
    return Response(file.getvalue(), media_type="text/csv; charset=utf-8", headers=HEADERS | name)


def _cell(value: object) -> object:
    """Names are the city's own words, and still no formulas."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value


statistics_handlers = [statistics, statistics_csv]
