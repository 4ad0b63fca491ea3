"""The same answer in XML and JSON, and refusals in the standard's own form."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import msgspec
from litestar import Request, Response
from litestar.exceptions import NotFoundException

from api.problems import EXCEPTION_HANDLERS

XML, JSON = "text/xml; charset=utf-8", "application/json"
# Lists and the name of one of their members in XML.
MEMBERS = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
    "media_urls": "media_url",
}
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Refusal(msgspec.Struct, frozen=True):
    code: int
    description: str


def split_format(document: str) -> tuple[str, str]:
    """`requests.json` → requests, json. Raises NotFoundException for another format."""
    name, dot, form = document.rpartition(".")
    if not dot or form not in ("json", "xml"):
        raise NotFoundException
    return name, form


def format_of(request: Request[Any, Any, Any]) -> str:
    return "json" if request.url.path.endswith(".json") else "xml"


def answer(request: Request[Any, Any, Any], root: str, body: object, status: int = 200) -> Response[bytes]:
    """`body` is a Struct, or a list of them; `root` names it in XML."""
    headers = {"access-control-allow-origin": "*", "cache-control": "no-cache"}
    if format_of(request) == "json":
        return Response(msgspec.json.encode(body), status_code=status, media_type=JSON, headers=headers)
    written = ElementTree.tostring(_element(root, msgspec.to_builtins(body, builtin_types=(datetime,))))
    head = b'<?xml version="1.0" encoding="utf-8"?>\n'
    return Response(head + written, status_code=status, media_type=XML, headers=headers)


def _element(name: str, value: object) -> ElementTree.Element:
    made = ElementTree.Element(name)
    if isinstance(value, Mapping):
        made.extend(_element(key, each) for key, each in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        made.extend(_element(MEMBERS[name], each) for each in value)
    elif value is not None:
        made.text = _written(value)
    return made


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else NOT_XML.sub("", str(value))


def refused(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """What the application would say as a problem, as the standard says it; it has no 422."""
    handler: Any = next(EXCEPTION_HANDLERS[kind] for kind in type(error).__mro__ if kind in EXCEPTION_HANDLERS)
    problem = handler(request, error)
    body = problem.content
    status = 400 if body["status"] == 422 else body["status"]
    faults = [f"{fault['field']}: {fault['message']}" for fault in body.get("errors", ())]
    said = answer(request, "errors", [Refusal(status, " ".join(faults) or body["detail"])], status)
    said.headers.update({name: value for name, value in problem.headers.items() if name == "retry-after"})
    return said


REFUSALS: Any = dict.fromkeys(EXCEPTION_HANDLERS, refused)
