"""The addresses of the pages and of the files they load."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, route
from litestar.params import FromPath, FromQuery

from api.catalogue import Language, language_of, text
from api.cities.book import City
from api.clock import clock_of
from api.public import queries
from api.reports.tracking import read_tracking_id
from api.web.answers import ALWAYS, ASK_AGAIN, ONE_YEAR, answer, content_security_policy
from api.web.apps import app_handlers
from api.web.documents import document, for_scripts
from api.web.files import READ, ServedFile, served_files
from api.web.open_data_pages import open_data_pages
from geo import areas, pyramid

LONGEST_ECHOED_NUMBER = 40
SHORTEST_NAME = 3  # of an area that is searched for
ZOOM_OF_CODE = {5: 11, 8: 13, 13: 15}  # regency, district, village


@route(["/", "/peta"], http_method=READ, include_in_schema=False)
async def map_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    settings = request.app.state.settings
    language = language_of(request)
    page = document(
        request,
        "map.html",
        basemap_url=settings.basemap_url,
        basemap_attribution=settings.basemap_attribution,
        extent=",".join(f"{degrees:.2f}" for degrees in await pyramid.extent() or ()),
        groups=category_choices(await request.app.state.cities.cities(), language),
        **for_scripts(language),
    )
    return as_page(request, page)


def category_choices(cities: Sequence[City], language: Language) -> dict[tuple[str, str], dict[str, str]]:
    """By (key, name) of a group: its categories' names by key. Cities share keys; the words are the first one's."""
    choices: dict[tuple[str, str], dict[str, str]] = {}
    names: dict[str, str] = {}
    for category in (one for city in cities for one in city.categories.values()):
        group = category.group
        called = names.setdefault(group.key, getattr(group, f"name_{language}"))
        choices.setdefault((group.key, called), {}).setdefault(category.key, getattr(category, f"name_{language}"))
    return choices


@route("/lacak", http_method=READ, include_in_schema=False)
async def track_search(request: Request[Any, Any, Any], nomor: FromQuery[str] = "") -> Response[bytes]:
    """The search form works without JavaScript: a readable number leads to its page."""
    if tracking_id := read_tracking_id(nomor):
        asked = "?lang=" + language_of(request) if "lang" in request.query_params else ""
        return Response(b"", status_code=303, headers=ALWAYS | {"Location": f"/lacak/{tracking_id}{asked}"})
    return await missing_page(request, nomor)


@route("/lacak/{tracking_id:str}", http_method=READ, include_in_schema=False)
async def track_page(request: Request[Any, Any, Any], tracking_id: FromPath[str]) -> Response[bytes]:
    language = language_of(request)
    report = await queries.track(tracking_id, request.app.state.cities, clock_of(request)(), language)
    if report is None:
        return await missing_page(request, tracking_id)
    page = document(request, "track.html", report=report, base_url=str(request.base_url).rstrip("/"))
    return as_page(request, page)


async def missing_page(request: Request[Any, Any, Any], number: str) -> Response[bytes]:
    """What was written may be the name of an area: 200 with those, or for the empty form; else 404."""
    language = language_of(request)
    number = number.strip()[:LONGEST_ECHOED_NUMBER]
    found = await areas.find_on_map(number) if len(number) >= SHORTEST_NAME else []
    which = "search_found" if found else "track_missing" if number else "track_empty"
    page = document(
        request,
        "missing.html",
        heading=text(f"{which}_title", language),
        message=text(which, language, number=number),
        number=number,
        areas=[(area, ZOOM_OF_CODE[len(area.code)]) for area in found],
    )
    return as_page(request, page, status=404 if number and not found else 200)


def as_page(request: Request[Any, Any, Any], page: ServedFile, *, status: int = 200) -> Response[bytes]:
    headers = {
        "Cache-Control": ASK_AGAIN,
        "Content-Language": language_of(request),
        "Content-Security-Policy": content_security_policy(request.app.state.settings.basemap_url),
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Vary": "Accept-Encoding, Accept-Language",
    }
    return answer(request, page, status=status, headers=headers)


@route(
    ["/static/{name:str}", "/static/{room:str}/{name:str}", "/vendor/{name:str}"],
    http_method=READ,
    include_in_schema=False,
)
async def browser_file(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Kept for ever under the address with the content's version, checked every time under the plain one."""
    file = served_files().get(request.url.path)
    if file is None:
        return Response(b"", status_code=404, headers=ALWAYS)
    is_versioned = request.query_params.get("v") == file.version
    return answer(request, file, headers={"Cache-Control": ONE_YEAR if is_versioned else ASK_AGAIN})


web_handlers = [map_page, track_search, track_page, browser_file, *app_handlers, *open_data_pages]
