"""The data dictionary: every field of exports and statistics in words, licences, formats; also as `/data.json`."""

import msgspec
from litestar import Response, get

from api.catalogue import Language, language_of, text
from api.cities.book import City
from api.public.asked import Asked
from api.public.open_reports import OpenReport
from api.public.statistics.reading import Group

# Name and address of each way to the data; the words are in the catalogue.
WAYS = {
    "way_list": "/public/reports",
    "way_csv": "/public/reports.csv",
    "way_geojson": "/public/reports.geojson",
    "way_ndjson": "/public/reports.ndjson",
    "way_open311": "/open311/v2/discovery.json",
    "way_ogc": "/ogc",
    "way_georss": "/public/feeds/{area_code}.rss",
    "way_statistics": "/public/statistics",
    "way_tiles": "/tiles/reports/{z}/{x}/{y}",
    "way_openapi": "/schema/openapi.json",
}


class Field(msgspec.Struct, frozen=True):
    """`kind`: of its value in JSON; `may_be_null` when it is not known or not public."""

    name: str
    kind: str
    may_be_null: bool
    words: str


class Way(msgspec.Struct, frozen=True):
    address: str
    words: str


class Licence(msgspec.Struct, frozen=True):
    city: str
    name: str
    licence: str


class Dictionary(msgspec.Struct, frozen=True):
    reports: tuple[Field, ...]
    statistics: tuple[Field, ...]
    ways: tuple[Way, ...]
    licences: tuple[Licence, ...]


def dictionary(cities: tuple[City, ...], language: Language) -> Dictionary:
    return Dictionary(
        fields_of(OpenReport, "field", language),
        fields_of(Group, "statistic", language),
        tuple(Way(address, text(key, language)) for key, address in WAYS.items()),
        tuple(Licence(city.code, city.name, city.open_data_licence) for city in cities),
    )


def fields_of(kind: type[msgspec.Struct], room: str, language: Language) -> tuple[Field, ...]:
    described = []
    for field in msgspec.inspect.type_info(kind).fields:  # type: ignore[attr-defined]  # a Struct's has them
        inner, may_be_null = _inner(field.type)
        described.append(Field(field.name, inner, may_be_null, text(f"{room}.{field.name}", language)))
    return tuple(described)


NAMES = {
    msgspec.inspect.StrType: "string",
    msgspec.inspect.BoolType: "boolean",
    msgspec.inspect.IntType: "integer",
    msgspec.inspect.FloatType: "number",
    msgspec.inspect.DateTimeType: "date-time",
    msgspec.inspect.VarTupleType: "array",
}


def _inner(kind: msgspec.inspect.Type) -> tuple[str, bool]:
    if isinstance(kind, msgspec.inspect.UnionType):
        (inner,) = (each for each in kind.types if not isinstance(each, msgspec.inspect.NoneType))
        return NAMES[type(inner)], True
    return NAMES[type(kind)], False


@get("/data.json", tags=["Open data"])
async def read_dictionary(request: Asked) -> Response[Dictionary]:
    """Every field in words, the licences, and all ways to the data; the page is `/data`."""
    cities = tuple(await request.app.state.cities.cities())
    headers = {"cache-control": "public, max-age=60", "access-control-allow-origin": "*"}
    return Response(dictionary(cities, language_of(request)), headers=headers)


dictionary_handlers = [read_dictionary]
