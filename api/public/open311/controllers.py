"""The addresses of GeoReport v2, each with .json and .xml."""

from datetime import UTC, datetime

from litestar import Response, Router, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from api.catalogue import language_of
from api.cities.book import City, UnknownCity
from api.clock import clock_of
from api.errors import FieldRefused
from api.public.asked import Asked
from api.public.open311.answers import REFUSALS, answer, split_format
from api.public.open311.entering import enter
from api.public.open311.requests import listed, one
from api.public.open311.schemas import Discovery, Endpoint, Token
from api.public.open311.services import definition, services
from api.reports.tracking import read_tracking_id, shown

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGESET = datetime(2026, 11, 22, tzinfo=UTC)
BOTH = ("application/json", "text/xml")


async def jurisdiction(request: Asked, named: str | None) -> City:
    """Needed where several cities are served. Raises FieldRefused, UnknownCity."""
    cities: tuple[City, ...] = await request.app.state.cities.cities()
    if not named:
        if len(cities) == 1:
            return cities[0]
        raise FieldRefused("jurisdiction_id", "open311-jurisdiction")
    found = next((city for city in cities if city.code == named), None)
    if found is None:
        raise UnknownCity(named)
    return found


async def _asked_city(request: Asked) -> City:
    return await jurisdiction(request, request.query_params.get("jurisdiction_id"))


@get(["/discovery.json", "/discovery.xml"])
async def discover(request: Asked) -> Response[bytes]:
    """Where the service is, and in which formats."""
    site = request.app.state.settings.base_url
    endpoint = Endpoint(SPECIFICATION, f"{site}/open311/v2", CHANGESET, "production", BOTH)
    said = Discovery(CHANGESET, f"{site}/data", f"{site}/data#open311", (endpoint,))
    return answer(request, "discovery", said)


@get(["/services.json", "/services.xml"])
async def list_services(request: Asked) -> Response[bytes]:
    """The categories of `jurisdiction_id`, a city's code."""
    city = await _asked_city(request)
    return answer(request, "services", services(city, language_of(request), clock_of(request)()))


@get("/services/{document:str}")
async def read_service(request: Asked, document: FromPath[str]) -> Response[bytes]:
    """`{service_code}.json` or `.xml`: the questions of a category."""
    code, _ = split_format(document)
    category = (await _asked_city(request)).categories.get(code)
    if category is None:
        raise NotFoundException
    return answer(request, "service_definition", definition(category, language_of(request)))


@get(["/requests.json", "/requests.xml"])
async def list_requests(request: Asked) -> Response[bytes]:
    """Filters: service_request_id, service_code, start_date, end_date, status, updated_after; page, page_size."""
    named = request.query_params.get("jurisdiction_id")
    city = await jurisdiction(request, named) if named else None
    return answer(request, "service_requests", await listed(request, city))


@post(["/requests.json", "/requests.xml"], request_max_body_size=64 * 1024)
async def add_request(request: Asked) -> Response[bytes]:
    """A new report, as a form with an `api_key`; `lat` and `long` are needed."""
    form = await request.form()
    city = await jurisdiction(request, form.get("jurisdiction_id") or request.query_params.get("jurisdiction_id"))
    return answer(request, "service_requests", [await enter(request, city)], status=201)


@get("/requests/{document:str}")
async def read_request(request: Asked, document: FromPath[str]) -> Response[bytes]:
    """`{service_request_id}.json` or `.xml`: one report by its tracking id."""
    number, _ = split_format(document)
    found = await one(request, number)
    if found is None:
        raise NotFoundException
    return answer(request, "service_requests", [found])


@get("/tokens/{document:str}")
async def read_token(request: Asked, document: FromPath[str]) -> Response[bytes]:
    """A report has its number at once: the token is the number."""
    token, _ = split_format(document)
    if await one(request, token) is None:
        raise NotFoundException
    return answer(request, "service_requests", [Token(shown(read_tracking_id(token) or ""), token)])


open311_router = Router(
    path="/open311/v2",
    route_handlers=[discover, list_services, read_service, list_requests, add_request, read_request, read_token],
    exception_handlers=REFUSALS,
    tags=["Open311"],
)
