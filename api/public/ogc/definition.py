"""The service in OpenAPI 3.0, as the standard's conformance class OAS30 asks; the whole application's is 3.1. Pure."""

from typing import Any

from api.public.features import GEOJSON
from api.public.ogc.asked import EVERYWHERE, MAX_LIMIT, USUAL_LIMIT
from api.public.ogc.documents import COLLECTIONS, JSON
from api.public.ogc.items import OF_AREAS, OF_REPORTS
from api.reports.status import STATES

Schema = dict[str, Any]
PROBLEM = "application/problem+json"
PARAMETERS: dict[str, Schema] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": USUAL_LIMIT},
    "bbox": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
    "datetime": {"type": "string"},
    "cursor": {"type": "string"},
    "city": {"type": "string"},
    "category": {"type": "string"},
    "state": {"type": "string", "enum": list(STATES)},
    "is_open": {"type": "boolean"},
    "area": {"type": "string"},
    "level": {"type": "string", "enum": ["regency", "district", "village"]},
    "within": {"type": "string"},
    "f": {"type": "string", "enum": ["json", "geojson"]},
    "lang": {"type": "string", "enum": ["id", "en"]},
}
OBJECT: Schema = {"type": "object"}


def definition(root: str, title: str) -> Schema:
    paths: Schema = {
        "/": _path("landing", "Landing page", JSON, frozenset()),
        "/conformance": _path("conformance", "Conformance", JSON, frozenset()),
        "/collections": _path("collections", "Collections", JSON, frozenset()),
    }
    for name, names in zip(COLLECTIONS, (OF_REPORTS, OF_AREAS), strict=True):
        paths[f"/collections/{name}"] = _path(f"{name}Collection", name, JSON, frozenset())
        paths[f"/collections/{name}/items"] = _path(f"{name}Items", name, GEOJSON, names)
        one = _path(f"{name}Item", name, GEOJSON, frozenset())
        one["get"]["parameters"].insert(
            0, {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
        )
        paths[f"/collections/{name}/items/{{featureId}}"] = one
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "version": "1"},
        "servers": [{"url": root}],
        "tags": [{"name": "Features"}],
        "paths": paths,
    }


def _path(name: str, summary: str, media_type: str, parameters: frozenset[str]) -> Schema:
    said = {
        "operationId": name,
        "summary": summary,
        "tags": ["Features"],
        "parameters": [_parameter(each) for each in sorted(parameters | EVERYWHERE)],
        "responses": {
            "200": {"description": "OK", "content": {media_type: {"schema": OBJECT}}},
            "400": {"description": "Bad parameter", "content": {PROBLEM: {"schema": OBJECT}}},
            "404": {"description": "Not found", "content": {PROBLEM: {"schema": OBJECT}}},
        },
    }
    return {"get": said}


def _parameter(name: str) -> Schema:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "schema": PARAMETERS[name],
        "style": "form",
        "explode": False,
    }
