"""The files a browser loads: ours from `static/`, chosen ones from the locked npm packages."""

import gzip
import hashlib
import json
from functools import cache
from pathlib import Path

import msgspec

ROOM = Path(__file__).parent
PACKAGES = ROOM / "node_modules"

# Address → file of an installed package. Only these leave node_modules.
VENDOR = {
    "/vendor/leaflet.css": "leaflet/dist/leaflet.css",
    "/vendor/leaflet.js": "leaflet/dist/leaflet.js",
    "/vendor/pbf.js": "pbf/index.js",
    "/vendor/point-geometry.js": "@mapbox/point-geometry/index.js",
    "/vendor/swagger-ui-bundle.js": "swagger-ui-dist/swagger-ui-bundle.js",
    "/vendor/swagger-ui-standalone-preset.js": "swagger-ui-dist/swagger-ui-standalone-preset.js",
    "/vendor/swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
    "/vendor/vector-tile.js": "@mapbox/vector-tile/index.js",
}
# The names by which modules import packages.
PACKAGE_NAMES = {
    "@mapbox/point-geometry": "/vendor/point-geometry.js",
    "@mapbox/vector-tile": "/vendor/vector-tile.js",
    "pbf": "/vendor/pbf.js",
}
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
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
    own = {f"/static/{path.name}": path for path in sorted((ROOM / "static").iterdir()) if path.suffix in TYPES}
    vendor = {address: packages / name for address, name in VENDOR.items()}
    return {address: _read(path) for address, path in (own | vendor).items()}


def _read(path: Path) -> ServedFile:
    body = path.read_bytes()
    pays = len(body) >= SMALLEST_GZIPPED_BYTES and path.suffix != ".png"
    return serve_as(body, TYPES[path.suffix], gzip.compress(body, mtime=0) if pays else None)


def versioned(address: str) -> str:
    """An address that changes with its content, so that browsers may keep it for ever."""
    return f"{address}?v={served_files()[address].version}"


@cache
def import_map() -> str:
    """Every module under its versioned address: `import "./tiles.js"` finds the version of this release."""
    modules = {address: versioned(address) for address in served_files() if address.endswith(".js")}
    packages = {name: versioned(address) for name, address in PACKAGE_NAMES.items()}
    return json.dumps({"imports": packages | modules}, indent=1)
