"""Conditional, compressed and guarded answers: what Litestar's own file answers do not know."""

import base64
import hashlib
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response

from api.web.files import ServedFile, import_map

ALWAYS = {"X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
ONE_YEAR = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"  # may be kept, must be checked: a 304 costs no body


def content_security_policy(basemap_url: str, imports: str | None = None, *more: str) -> str:
    """Nothing inline but the import map, known by its hash; nothing from elsewhere but the base map, if configured.

    `more`: further directives; a page that says its own import map instead of the map page's gives it as `imports`.
    """
    digest = base64.b64encode(hashlib.sha256((imports or import_map()).encode()).digest()).decode()
    parts = urlsplit(basemap_url)
    basemap = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'sha256-{digest}'",
            "style-src 'self'",
            f"img-src 'self' data:{basemap}",  # Leaflet empties a tile it gives up with a data: image
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            *more,
        )
    )


def answer(
    request: Request[Any, Any, Any], file: ServedFile, *, status: int = 200, headers: dict[str, str]
) -> Response[bytes]:
    """304 when the browser has it, else the body, gzipped if the browser takes that."""
    fixed = ALWAYS | headers | {"ETag": file.etag}
    if status == 200 and _has_it(request.headers.get("if-none-match", ""), file.etag):
        return Response(b"", status_code=304, headers=fixed)
    if file.gzipped is not None and _takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(
            file.gzipped,
            status_code=status,
            media_type=file.content_type,
            headers=fixed | {"Content-Encoding": "gzip"},
        )
    return Response(file.body, status_code=status, media_type=file.content_type, headers=fixed)


def _has_it(if_none_match: str, etag: str) -> bool:
    """RFC 9110: a list of tags or `*`, compared weakly."""
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag.removeprefix("W/") in tags


def _takes_gzip(accept_encoding: str) -> bool:
    """`gzip` without `q=0`; a browser that says nothing gets the plain body."""
    for part in accept_encoding.lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() == "gzip":
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
