"""The description of the API, completed: who must sign in, and with which problems each call may answer.

Litestar describes what a handler returns. What it may refuse with is known from `problems.py` and from the kind of
the call: it is written into the finished document, once, when somebody asks for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from litestar import Litestar
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, SwaggerRenderPlugin, YamlRenderPlugin
from litestar.openapi.spec import OpenAPI
from litestar.routes import HTTPRoute

from api.accounts.speaker import signed_in
from api.problems import PROBLEM_JSON

Document = dict[str, Any]
# The page at /schema, from the locked package: the plugin would load it from somebody else's server.
API_PAGE = SwaggerRenderPlugin(
    js_url="/vendor/swagger-ui-bundle.js",
    css_url="/vendor/swagger-ui.css",
    standalone_preset_js_url="/vendor/swagger-ui-standalone-preset.js",
    favicon='<link rel="icon" href="/static/kentongan.svg">',
)

ALWAYS = {400: "Unreadable", 404: "Not found", 422: "A field or parameter is refused", 503: "Comes back soon"}
SIGNED_IN = {401: "Not signed in", 403: "No grant covers this"}
LIMITED = {429: "Too often; see Retry-After"}
WITH_BODY = {409: "Stands otherwise already", 413: "Too large", 415: "Of another media type"}
ADMINISTERED = {412: "Changed meanwhile: read it again", 428: "If-Match is missing"}
UPLOADED = {460: "Damaged on its way"}
COUNTED = ("/v1/me/export",)  # read, and yet only so often
FIELDS: Document = {
    "type": "object",
    "required": ["field", "message"],
    "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
}
PROBLEM: Document = {
    "type": "object",
    "title": "Problem (RFC 9457)",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": FIELDS},
    },
}
OPEN311_ERRORS: Document = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["code", "description"],
        "properties": {"code": {"type": "integer"}, "description": {"type": "string"}},
    },
}
BINARY: Document = {"schema": {"type": "string", "format": "binary"}}
# What is sent as bytes, by the beginning of the address.
MEDIA_TYPES = {
    "/tiles/": ("application/vnd.mapbox-vector-tile",),
    "/photos/": ("image/jpeg", "image/webp"),
    "/v1/photos/{photo_id}/{size}": ("image/jpeg", "image/webp"),
}


@dataclass
class Described(OpenAPI):
    """The document as Litestar makes it, completed when it is written."""

    app: Litestar | None = None

    def to_schema(self) -> Document:
        document = super().to_schema()
        document.pop("app", None)
        guarded = set(_guarded(self.app)) if self.app else set()
        for path, item in document["paths"].items():
            for method, operation in item.items():
                _complete(path, method, operation, is_guarded=(method, path) in guarded)
        _join_unions(document)
        document["components"].setdefault("schemas", {})["Problem"] = PROBLEM
        document["components"]["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer"},
            "session": {"type": "apiKey", "in": "cookie", "name": "session"},
        }
        return document


@dataclass
class Description(OpenAPIConfig):
    """`app` is set when it has been made: it knows which calls are guarded."""

    app: Litestar | None = None

    def to_openapi_schema(self) -> OpenAPI:
        made = super().to_openapi_schema()
        return Described(app=self.app, **{field.name: getattr(made, field.name) for field in fields(made)})


def description() -> Description:
    plugins = [API_PAGE, JsonRenderPlugin(), YamlRenderPlugin()]
    return Description(title="Kentongan", version="1", render_plugins=plugins)


def described(app: Litestar) -> Litestar:
    if isinstance(app.openapi_config, Description):
        app.openapi_config.app = app
    return app


def _guarded(app: Litestar) -> Iterator[tuple[str, str]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if signed_in in handler.resolve_guards():
                    yield from ((method.lower(), route.path_format) for method in handler.http_methods)


def _join_unions(part: Any) -> None:
    """Litestar calls a union `oneOf`, which forbids a value that two of its types allow."""
    if isinstance(part, dict):
        if isinstance(part.get("oneOf"), list):
            part["anyOf"] = part.pop("oneOf")
        for inner in part.values():
            _join_unions(inner)
    elif isinstance(part, list):
        for inner in part:
            _join_unions(inner)


def _complete(path: str, method: str, operation: Document, *, is_guarded: bool) -> None:
    responses: Document = operation["responses"]
    if "Bad request" in responses.get("400", {}).get("description", ""):
        del responses["400"]  # Litestar's own, which never leaves the house
    _correct_media_types(path, responses)
    if method in ("post", "put", "patch") and "requestBody" in operation and "200" not in responses:
        responses.setdefault("200", responses.get("201", responses.get("202", {"description": "Known already"})))
    if method == "put":
        responses.setdefault("201", responses.get("200", {"description": "New"}))
    is_open311 = path.startswith("/open311/")
    for status, words in _problems(path, method, is_guarded=is_guarded).items():
        responses.setdefault(str(status), _refusal(words, is_open311=is_open311))
    if is_guarded:
        operation["security"] = [{"bearer": []}, {"session": []}]


def _problems(path: str, method: str, *, is_guarded: bool) -> dict[int, str]:
    found = dict(ALWAYS)
    if is_guarded:
        found |= SIGNED_IN
    if method in ("post", "put", "patch", "delete"):
        found |= WITH_BODY | LIMITED
        found |= ADMINISTERED if is_guarded else {}
    if path in COUNTED:
        found |= LIMITED
    if path.startswith("/v1/uploads"):
        found |= UPLOADED
    if path.startswith(("/v1/sessions", "/v1/me", "/v1/otp", "/v1/enrolments", "/open311", "/v1/accounts")):
        found |= SIGNED_IN
    return found


def _refusal(words: str, *, is_open311: bool) -> Document:
    if is_open311:
        both = ("application/json", "text/xml")
        return {"description": words, "content": {media_type: {"schema": OPEN311_ERRORS} for media_type in both}}
    return {"description": words, "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _correct_media_types(path: str, responses: Document) -> None:
    """Of handlers that answer with bytes: Litestar takes these for JSON."""
    if path.startswith("/open311/"):
        form = "text/xml" if path.endswith(".xml") else "application/json"
        both = ("application/json", "text/xml") if path.endswith("}") else (form,)
        for status in ("200", "201"):
            if status in responses:
                responses[status]["content"] = {media_type: {"schema": {}} for media_type in both}
    for beginning, media_types in MEDIA_TYPES.items():
        if path.startswith(beginning):
            responses["200"]["content"] = dict.fromkeys(media_types, BINARY)
            responses["304"] = {"description": "You have it"}
    if path.startswith("/v1/uploads"):
        for status in ("200", "204"):
            responses[status] = {"description": "See the headers of tus 1.0"}
