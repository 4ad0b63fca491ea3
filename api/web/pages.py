"""The addresses of the pages and of the files they load."""

from typing import Any

from litestar import Request, Response, route
from litestar.params import FromPath, FromQuery

from api.catalogue import language_of, text
from api.clock import clock_of
from api.public import queries
from api.reports.tracking import read_tracking_id
from api.web.answers import ALWAYS, ASK_AGAIN, ONE_YEAR, answer, content_security_policy
from api.web.apps import app_handlers
from api.web.documents import document, for_scripts
from api.web.files import READ, ServedFile, served_files

LONGEST_ECHOED_NUMBER = 40


@route(["/", "/peta"], http_method=READ, include_in_schema=False)
async def map_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    settings = request.app.state.settings
    page = document(
        request,
        "map.html",
        basemap_url=settings.basemap_url,
        basemap_attribution=settings.basemap_attribution,
        **for_scripts(language_of(request)),
    )
    return as_page(request, page)


@route("/lacak", http_method=READ, include_in_schema=False)
async def track_search(request: Request[Any, Any, Any], nomor: FromQuery[str] = "") -> Response[bytes]:
    """The search form works without JavaScript: a readable number leads to its page."""
    if tracking_id := read_tracking_id(nomor):
        asked = "?lang=" + language_of(request) if "lang" in request.query_params else ""
        return Response(b"", status_code=303, headers=ALWAYS | {"Location": f"/lacak/{tracking_id}{asked}"})
    return missing_page(request, nomor)


@route("/lacak/{tracking_id:str}", http_method=READ, include_in_schema=False)
async def track_page(request: Request[Any, Any, Any], tracking_id: FromPath[str]) -> Response[bytes]:
    language = language_of(request)
    report = await queries.track(tracking_id, request.app.state.cities, clock_of(request)(), language)
    if report is None:
        return missing_page(request, tracking_id)
    return as_page(request, document(request, "track.html", report=report))


def missing_page(request: Request[Any, Any, Any], number: str) -> Response[bytes]:
    """200 for the empty form, 404 for a number that leads nowhere."""
    language = language_of(request)
    number = number.strip()[:LONGEST_ECHOED_NUMBER]
    which = "track_missing" if number else "track_empty"
    page = document(
        request,
        "missing.html",
        heading=text(f"{which}_title", language),
        message=text(which, language, number=number),
        number=number,
    )
    return as_page(request, page, status=404 if number else 200)


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


web_handlers = [map_page, track_search, track_page, browser_file, *app_handlers]
