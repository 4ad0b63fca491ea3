"""The files a browser loads: ours from `static/`, chosen ones from the locked npm packages."""

import gzip
import hashlib
import json
from functools import cache
from pathlib import Path

import msgspec
from litestar import HttpMethod

from api.web.icons import ICON_SIZES, icon_png

ROOM = Path(__file__).parent
READ = [HttpMethod.GET, HttpMethod.HEAD]
PACKAGES = ROOM / "node_modules"

# Address → file of an installed package. Only these leave node_modules.
VENDOR = {
    "/vendor/htm.js": "htm/dist/htm.module.js",
    "/vendor/leaflet.css": "leaflet/dist/leaflet.css",
    "/vendor/leaflet.js": "leaflet/dist/leaflet.js",
    "/vendor/maplibre-gl-worker.js": "maplibre-gl/dist/maplibre-gl-worker.mjs",
    "/vendor/maplibre-gl.css": "maplibre-gl/dist/maplibre-gl.css",
    "/vendor/maplibre-gl.js": "maplibre-gl/dist/maplibre-gl.mjs",
    "/vendor/pbf.js": "pbf/index.js",
    "/vendor/point-geometry.js": "@mapbox/point-geometry/index.js",
    "/vendor/preact-hooks.js": "preact/hooks/dist/hooks.mjs",
    "/vendor/preact.js": "preact/dist/preact.mjs",
    "/vendor/swagger-ui-bundle.js": "swagger-ui-dist/swagger-ui-bundle.js",
    "/vendor/swagger-ui-standalone-preset.js": "swagger-ui-dist/swagger-ui-standalone-preset.js",
    "/vendor/swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
    "/vendor/uplot.css": "uplot/dist/uPlot.min.css",
    "/vendor/uplot.js": "uplot/dist/uPlot.esm.js",
    "/vendor/vector-tile.js": "@mapbox/vector-tile/index.js",
}
# The names by which an app's map imports packages; the map page has a reader of its own (static/mvt.js).
PACKAGE_NAMES = {
    "@mapbox/point-geometry": "/vendor/point-geometry.js",
    "@mapbox/vector-tile": "/vendor/vector-tile.js",
    "pbf": "/vendor/pbf.js",
}
# Those of the apps.
APP_PACKAGE_NAMES = {
    "htm": "/vendor/htm.js",
    "preact": "/vendor/preact.js",
    "preact/hooks": "/vendor/preact-hooks.js",
}
# Of pages that draw charts.
CHART_PACKAGE_NAMES = {"uplot": "/vendor/uplot.js"}
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
SERVICE_WORKER = "sw.js"  # served by apps.py at the root, with the list of what it keeps
SMALLEST_GZIPPED_BYTES = 860  # below this one TCP segment carries it anyway


class BrowserLibrariesMissing(Exception):
    def __init__(self, missing: list[str]) -> None:
        super().__init__(f"{', '.join(missing)} not installed: run npm ci --prefix api/web --ignore-scripts")
        self.missing = missing


class ServedFile(msgspec.Struct, frozen=True):
    body: bytes
    content_type: str
    etag: str
    gzipped: bytes | None
    """None where compression does not pay, and for documents, which the application compresses as they go."""

    @property
    def version(self) -> str:
        return self.etag.strip('W/"')


def serve_as(body: bytes, content_type: str, gzipped: bytes | None = None) -> ServedFile:
    """The ETag is weak because the same one stands for the gzipped body."""
    return ServedFile(body, content_type, f'W/"{hashlib.sha256(body).hexdigest()[:16]}"', gzipped)


@cache
def served_files() -> dict[str, ServedFile]:
    """Address → file, read and compressed once per process."""
    return read_files(PACKAGES)


def read_files(packages: Path) -> dict[str, ServedFile]:
    """Raises BrowserLibrariesMissing."""
    missing = [name for name in VENDOR.values() if not (packages / name).is_file()]
    if missing:
        raise BrowserLibrariesMissing(missing)
    room = ROOM / "static"
    own = {f"/static/{path.relative_to(room).as_posix()}": path for path in sorted(room.rglob("*.*"))}
    own.pop(f"/static/{SERVICE_WORKER}")
    vendor = {address: packages / name for address, name in VENDOR.items()}
    drawn = {f"/static/app/icon-{size}.png": serve_as(icon_png(size), TYPES[".png"]) for size in ICON_SIZES}
    return {address: _read(path) for address, path in (own | vendor).items() if path.suffix in TYPES} | drawn


def _read(path: Path) -> ServedFile:
    body = path.read_bytes()
    pays = len(body) >= SMALLEST_GZIPPED_BYTES and path.suffix != ".png"
    return serve_as(body, TYPES[path.suffix], gzip.compress(body, mtime=0) if pays else None)


def versioned(address: str) -> str:
    """An address that changes with its content, so that browsers may keep it for ever."""
    return f"{address}?v={served_files()[address].version}"


@cache
def import_map(rooms: tuple[str, ...] = ("",), packages: tuple[str, ...] = ()) -> str:
    """The modules of these folders of `static/` under their versioned addresses, and packages by their names.

    `import "./tiles.js"` finds the version of this release.
    """
    modules = {address: versioned(address) for address in modules_of(rooms)}
    names = PACKAGE_NAMES | APP_PACKAGE_NAMES | CHART_PACKAGE_NAMES
    return json.dumps({"imports": {name: versioned(names[name]) for name in packages} | modules}, indent=1)


def modules_of(rooms: tuple[str, ...]) -> list[str]:
    folders = {f"/static/{room}".rstrip("/") for room in rooms}
    return [address for address in served_files() if address.endswith(".js") and address.rpartition("/")[0] in folders]
