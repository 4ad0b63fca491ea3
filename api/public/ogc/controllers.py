"""The addresses of OGC API – Features."""

from typing import Any

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from api.catalogue import language_of, text
from api.piccolo_conf import DB
from api.public.asked import Asked, written_for
from api.public.features import GEOJSON, Feature, FeatureCollection, described
from api.public.ogc import documents
from api.public.ogc.asked import check_names
from api.public.ogc.definition import definition
from api.public.ogc.documents import COLLECTIONS, CONFORMS_TO, OPENAPI, Collection, Collections, Conformance, Landing
from api.public.ogc.items import area_items, one_feature, report_items
from api.public.open_reports import write_lines
from api.reports.tracking import read_tracking_id
from geo import area_features

TAG = ["OGC API"]
PAGE = described(FeatureCollection, "A page, with the link of the next one.")
ONE = described(Feature, "With links to itself and to its collection.")
NONE: frozenset[str] = frozenset()


def root_of(request: Asked) -> str:
    return f"{request.app.state.settings.base_url}/ogc"


@get("/ogc", tags=TAG)
async def landing(request: Asked) -> Landing:
    """OGC API – Features: where everything is."""
    check_names(request, NONE)
    return documents.landing(root_of(request), language_of(request))


@get("/ogc/conformance", tags=TAG)
async def conformance(request: Asked) -> Conformance:
    check_names(request, NONE)
    return Conformance(CONFORMS_TO)


@get("/ogc/api", tags=TAG, media_type=OPENAPI)
async def api(request: Asked) -> Response[dict[str, Any]]:
    """The same service in OpenAPI 3.0, with the parameters of `items`."""
    check_names(request, NONE)
    return Response(definition(root_of(request), text("ogc-title", language_of(request))), media_type=OPENAPI)


FIRST = "SELECT min(created_at) AS at FROM map_point"


@get("/ogc/collections", tags=TAG)
async def list_collections(request: Asked) -> Collections:
    check_names(request, NONE)
    return documents.collections(root_of(request), language_of(request), (await DB.fetch(FIRST))[0]["at"])


@get("/ogc/collections/{collection:str}", tags=TAG)
async def read_collection(request: Asked, collection: FromPath[str]) -> Collection:
    check_names(request, NONE)
    since = (await DB.fetch(FIRST))[0]["at"]
    return documents.collection(known(collection), root_of(request), language_of(request), since)


@get("/ogc/collections/{collection:str}/items", tags=TAG, media_type=GEOJSON, responses=PAGE)
async def list_items(request: Asked, collection: FromPath[str]) -> Response[bytes]:
    """Parameters: limit, bbox, datetime, cursor and the filters that `/ogc/api` describes."""
    listing = report_items if known(collection) == "reports" else area_items
    return await listing(request, root_of(request))


ID_OF = "SELECT id FROM report WHERE tracking_id = $1"


@get("/ogc/collections/{collection:str}/items/{feature_id:str}", tags=TAG, media_type=GEOJSON, responses=ONE)
async def read_item(request: Asked, collection: FromPath[str], feature_id: FromPath[str]) -> Response[bytes]:
    """A report by its tracking id, an area by its code."""
    check_names(request, NONE)
    is_report = known(collection) == "reports"
    feature = await (_report(request, feature_id) if is_report else _area(feature_id))
    if feature is None:
        raise NotFoundException
    address = f"{root_of(request)}/collections/{collection}"
    return one_feature(feature, f"{address}/items/{feature_id}", address)


async def _report(request: Asked, tracking_id: str) -> bytes | None:
    rows = await DB.fetch(ID_OF, read_tracking_id(tracking_id) or "")
    _, line = await write_lines([row["id"] for row in rows], "geojson", written_for(request))
    return line or None


async def _area(code: str) -> bytes | None:
    found = await area_features.feature(code)
    return found.encode() if found else None


def known(collection: str) -> str:
    if collection not in COLLECTIONS:
        raise NotFoundException
    return collection


ogc_handlers = [landing, conformance, api, list_collections, read_collection, list_items, read_item]
