"""The apps: installable pages that work offline, made of ES modules on Preact, and the service worker behind them.

How an app is made:

1. `App("meja", …)` in `APPS` below gives it the address `/meja`, a manifest and a place in the service worker.
2. `static/meja/main.js` is loaded first; it imports its own modules with `./…` and the shared ones with `../app/…`.
   Packages: `preact`, `preact/hooks`, `htm`, and those that `packages` names (see `files.py`). What is large is
   imported when it is needed: `await import("./map.js")`.
3. `static/meja/style.css`, if there is one, comes after `static/app/app.css`, whose colours and sizes it uses.
4. Texts: `api/catalogue/meja.toml`; those whose keys begin with `words` go to the page, `words(key)` finds them.
5. `templates/app_meja.html` extends `app.html` with what is seen before the first module runs, or there is none.
6. `app/server.js` speaks to the API, `app/outbox.js` sends what must not be lost, `app/elements.js` has the parts.
"""

import hashlib
import json
from functools import cache
from typing import Any

import msgspec
from litestar import Request, Response, route
from litestar.params import FromPath

from api.catalogue import Language, entries, language_of, text
from api.web.answers import ASK_AGAIN, answer, content_security_policy
from api.web.documents import ENVIRONMENT, document, words_by_prefix
from api.web.files import (
    APP_PACKAGE_NAMES,
    READ,
    ROOM,
    SERVICE_WORKER,
    ServedFile,
    import_map,
    modules_of,
    serve_as,
    served_files,
    versioned,
)
from api.web.icons import ICON_SIZES
from api.web.worker_script import as_one_script

WEB_APP_VERSION = "1.0.0"  # compared with `minimum_app_version` of /v1/config
SHARED_WORDS = ("app_", "state.", "site_name", "other_language", "skip_to_content")
LANGUAGES: tuple[Language, ...] = ("id", "en")


class App(msgspec.Struct, frozen=True):
    """`packages`: names of libraries beside the usual ones; `rooms`: further folders of `static/`, loaded when asked.

    Modules behind `await import()`: `late` ones are kept but not loaded at the start, `online` ones are not even kept.
    """

    name: str
    words: tuple[str, ...]
    packages: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    online: tuple[str, ...] = ()
    is_offline: bool = True

    @property
    def imports(self) -> str:
        return import_map(("app", self.name, *self.rooms), (*APP_PACKAGE_NAMES, *self.packages))

    @property
    def modules(self) -> list[str]:
        """All that run at the start."""
        behind = {*self.at(self.late), *self.at(self.online)}
        return [*APP_PACKAGE_NAMES.values(), *(one for one in modules_of(("app", self.name)) if one not in behind)]

    def at(self, modules: tuple[str, ...]) -> list[str]:
        return [f"/static/{self.name}/{module}.js" for module in modules]

    @property
    def styles(self) -> list[str]:
        own = f"/static/{self.name}/style.css"
        return ["/static/app/app.css", *([own] if own in served_files() else [])]


APPS = {
    app.name: app
    for app in (
        App(
            "lapor",
            words=("lapor_",),
            packages=("@mapbox/point-geometry", "@mapbox/vector-tile", "pbf"),
            rooms=("leaflet",),
            late=(
                *("actions", "inbox", "me", "push", "phone_link", "redact", "report", "reports", "track", "wishes"),
                *("new_report", "photo_step", "place_step", "problem_step", "review_step"),
                *("emergency", "queue", "sent", "similar"),
                *("announcements", "areas", "edit", "inverse_link", "my_data"),
            ),
            online=("map",),
        ),
        App(
            "petugas",
            words=("petugas_",),
            packages=("@mapbox/point-geometry", "@mapbox/vector-tile", "pbf"),
            rooms=("leaflet",),
            late=(
                *("after_photos", "check_in", "enrol", "me", "queue", "queue_card"),
                *("report", "second_factor", "step_form"),
            ),
            online=("map",),
        ),
        App(
            "meja",
            words=("meja_", "clock."),
            packages=("@mapbox/point-geometry", "@mapbox/vector-tile", "pbf"),
            rooms=("leaflet",),
            late=(
                *("call", "search", "settings", "entries", "entry_fields", "rule_preview"),
                *("calendar", "policies", "staff", "city_form", "places"),
            ),
            online=("map",),
        ),
        App("komando", words=("komando_",), online=("map", "map_style")),
    )
}


@route([f"/{name}" for name in APPS], http_method=READ, include_in_schema=False)
async def app_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    app, language = APPS[request.url.path.strip("/")], language_of(request)
    settings = request.app.state.settings
    page = document(
        request,
        f"app_{app.name}.html" if f"app_{app.name}.html" in ENVIRONMENT.list_templates() else "app.html",
        app=app,
        words=words_by_prefix((*SHARED_WORDS, *app.words), language),
        terms={
            "app": app.name,
            "version": WEB_APP_VERSION,
            "mark": versioned("/static/kentongan.svg"),
            "leaflet": {"script": versioned("/vendor/leaflet.js"), "style": versioned("/vendor/leaflet.css")},
            "maplibre": {
                "script": versioned("/vendor/maplibre-gl.js"),
                "worker": versioned("/vendor/maplibre-gl-worker.js"),
                "style": versioned("/vendor/maplibre-gl.css"),
            },
            "basemap": {"url": settings.basemap_url, "attribution": settings.basemap_attribution},
        },
    )
    return answer(request, page, headers=_page_headers(app, language, settings.basemap_url))


def _page_headers(app: App, language: Language, basemap_url: str) -> dict[str, str]:
    own = ("manifest-src 'self'", "worker-src 'self'")
    policy = content_security_policy(basemap_url, app.imports, *own).replace(" data:", " data: blob:")  # photos to send
    return {
        "Cache-Control": ASK_AGAIN,
        "Content-Language": language,
        "Content-Security-Policy": policy,
        "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
        "Referrer-Policy": "same-origin",
        "Vary": "Accept-Encoding, Accept-Language",
        "App-Release": release(basemap_url),
    }


@route("/apps/{name:str}/manifest.webmanifest", http_method=READ, include_in_schema=False)
async def manifest(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    if name not in APPS:
        return Response(b"", status_code=404)
    language = language_of(request)
    sizes = [(f"/static/app/icon-{size}.png", f"{size}x{size}", "image/png") for size in ICON_SIZES]
    sizes.append(("/static/kentongan.svg", "any", "image/svg+xml"))
    body = {
        "id": f"/{name}",
        "name": text(f"{name}_app_name", language),
        "short_name": text(f"{name}_app_short", language),
        "description": text(f"{name}_app_description", language),
        "lang": language,
        "start_url": f"/{name}",
        "scope": f"/{name}",
        "display": "standalone",
        "background_color": "#f5f4ef",
        "theme_color": "#0f5f5c",
        "icons": [
            {"src": versioned(src), "sizes": size, "type": kind, "purpose": purpose}
            for src, size, kind in sizes
            for purpose in (("any", "maskable") if kind == "image/png" else ("any",))
        ],
    }
    file = serve_as(json.dumps(body).encode(), "application/manifest+json")
    return answer(request, file, headers={"Cache-Control": ASK_AGAIN, "Vary": "Accept-Encoding, Accept-Language"})


@route("/sw.js", http_method=READ, include_in_schema=False)
async def service_worker(request: Request[Any, Any, Any]) -> Response[bytes]:
    return answer(
        request, _service_worker(request.app.state.settings.basemap_url), headers={"Cache-Control": ASK_AGAIN}
    )


@cache
def _service_worker(basemap_url: str) -> ServedFile:
    """The file under `static/` with, before it, what it is to keep: another release is another service worker."""
    kept = {f"/{app.name}": kept_addresses(app) for app in APPS.values() if app.is_offline}
    head = f"const RELEASE = {json.dumps(release(basemap_url))};\nconst APPS = {json.dumps(kept)};\n"
    own = (ROOM / "static" / SERVICE_WORKER).read_text(encoding="utf-8")
    shared = {address: served_files()[address].body.decode() for address in modules_of(("app",))}
    script = head + as_one_script("/sw.js", {"/sw.js": own} | shared)
    return serve_as(script.encode(), "text/javascript")


def kept_addresses(app: App) -> list[str]:
    """What the app needs when there is no network, but its document."""
    addresses = [*app.styles, *app.modules, *app.at(app.late), "/static/kentongan.svg"]
    return [versioned(address) for address in dict.fromkeys(addresses)]


@cache
def release(basemap_url: str) -> str:
    """Changes with every file, text and template that an app is made of."""
    digest = hashlib.sha256(json.dumps([WEB_APP_VERSION, basemap_url, entries()]).encode())
    for _, file in sorted(served_files().items()):
        digest.update(file.etag.encode())
    for path in sorted([*(ROOM / "templates").iterdir(), ROOM / "static" / SERVICE_WORKER]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


app_handlers = [app_page, manifest, service_worker]
