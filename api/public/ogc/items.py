"""The features of the two collections, page by page."""

from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response

from api.cities.book import UnknownCity
from api.public.asked import Asked, categories_of, cities_of, written_for
from api.public.features import GEOJSON
from api.public.ogc.asked import USUAL_LIMIT, check_names, choice_of, read, read_code, read_interval, read_limit
from api.public.ogc.documents import JSON, Link
from api.public.open_reports import write_lines
from api.public.selection import Wanted, find_full, read_box, read_key
from api.reports.status import STATES
from geo import area_features, counting

PAGING = frozenset({"limit", "bbox", "datetime", "cursor"})
OF_REPORTS = PAGING | {"city", "category", "state", "is_open", "area"}
OF_AREAS = PAGING | {"level", "within"}
LEVELS = ("regency", "district", "village")
NO_CITY = 0  # numbers begin at 1
HEADERS = {"cache-control": "public, max-age=10", "access-control-allow-origin": "*"}


class Collected(msgspec.Struct, frozen=True):
    """A page: features as JSON, the cursor of the next page, and how many there are when that is known."""

    features: tuple[bytes, ...]
    next: str | None
    matched: int | None


async def report_items(request: Asked, root: str) -> Response[bytes]:
    check_names(request, OF_REPORTS)
    wanted = await _wanted(request)
    limit = read(request, "limit", read_limit) or USUAL_LIMIT
    page = await find_full(wanted, read(request, "cursor", read_key), limit)
    count, lines = await write_lines(page.ids, "geojson", written_for(request), between=",\n")
    collected = Collected((lines,) if count else (), str(page.after) if page.after else None, await _matched(wanted))
    return _answer(request, f"{root}/collections/reports", collected, count)


async def _wanted(request: Asked) -> Wanted:
    """A filter that meets nothing is no fault; one that cannot be understood is."""
    since, until = read(request, "datetime", read_interval) or (None, None)
    code = read(request, "city", read_code)
    try:
        cities = await cities_of(request, code)
    except UnknownCity:
        cities = ()
    return Wanted(
        city=(cities[0].id if cities else NO_CITY) if code else None,
        categories=categories_of(cities, request.query_params.get("category")),
        state=read(request, "state", choice_of(STATES)),
        is_open=read(request, "is_open", {"true": True, "false": False}.__getitem__),
        area=read(request, "area", read_code),
        box=read(request, "bbox", read_box),
        since=since,
        until=until,
    )


async def _matched(wanted: Wanted) -> int | None:
    """Exact, or left out where counting would cost more than answering."""
    if any((wanted.state, wanted.area, wanted.box, wanted.since, wanted.until)):
        return None
    return await counting.total(city=wanted.city, categories=wanted.categories, is_open=wanted.is_open)


async def area_items(request: Asked, root: str) -> Response[bytes]:
    check_names(request, OF_AREAS)
    read(request, "datetime", read_interval)  # boundaries in force have no time of their own: all of them match
    limit = read(request, "limit", read_limit) or USUAL_LIMIT
    box = read(request, "bbox", read_box)
    level, within = read(request, "level", choice_of(LEVELS)), read(request, "within", read_code) or ""
    found = await area_features.features(
        within,
        after=read(request, "cursor", read_code) or "",
        level=level,
        box=(box.west, box.south, box.east, box.north) if box else None,
        limit=limit + 1,
    )
    shown = tuple(area.feature.encode() for area in found[:limit])
    following = found[limit - 1].code if len(found) > limit else None
    matched = None if box else await area_features.count(within, level)
    return _answer(request, f"{root}/collections/areas", Collected(shown, following, matched), len(shown))


def _answer(request: Asked, collection: str, page: Collected, count: int) -> Response[bytes]:
    said: dict[str, Any] = {"numberReturned": count, "timeStamp": written_for(request).now}
    if page.matched is not None:
        said["numberMatched"] = page.matched
    head = msgspec.json.encode({"type": "FeatureCollection", "links": _links(request, collection, page), **said})
    body = head[:-1] + b',"features":[\n' + b",\n".join(page.features) + b"\n]}"
    return Response(body, media_type=GEOJSON, headers=HEADERS)


def _links(request: Asked, collection: str, page: Collected) -> list[Link]:
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    here = f"{collection}/items"
    links = [Link(_address(here, list(request.query_params.multi_items())), "self", GEOJSON)]
    if page.next is not None:
        links.append(Link(_address(here, [*asked, ("cursor", page.next)]), "next", GEOJSON))
    return [*links, Link(collection, "collection", JSON)]


def _address(here: str, asked: list[tuple[str, str]]) -> str:
    return f"{here}?{urlencode(asked)}" if asked else here


def one_feature(feature: bytes, item: str, collection: str) -> Response[bytes]:
    """With links to itself and to its collection, as the standard asks."""
    links = msgspec.json.encode([Link(item, "self", GEOJSON), Link(collection, "collection", JSON)])
    body = feature[:-1] + b',"links":' + links + b"}"
    return Response(body, media_type=GEOJSON, headers=HEADERS)
