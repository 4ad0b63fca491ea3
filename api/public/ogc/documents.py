"""What the standard wants to be said about the service: landing page, conformance, collections. Pure."""

from datetime import datetime

import msgspec

from api.catalogue import Language, text
from api.public.features import GEOJSON

JSON = "application/json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
WORDS = {
    "reports": ("ogc-reports-title", "ogc-reports-description"),
    "areas": ("ogc-areas-title", "ogc-areas-description"),
}
COLLECTIONS = tuple(WORDS)
CONFORMS_TO = tuple(
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{part}" for part in ("core", "oas30", "geojson")
)
# All of Indonesia: no city lies elsewhere.
EXTENT = (94.9, -11.1, 141.1, 6.2)


class Link(msgspec.Struct, frozen=True):
    href: str
    rel: str
    type: str
    title: str = ""


class Landing(msgspec.Struct, frozen=True):
    title: str
    description: str
    links: tuple[Link, ...]


class Conformance(msgspec.Struct, frozen=True, rename="camel"):
    conforms_to: tuple[str, ...]


class Spatial(msgspec.Struct, frozen=True):
    bbox: tuple[tuple[float, float, float, float], ...] = (EXTENT,)
    crs: str = CRS84


class Temporal(msgspec.Struct, frozen=True):
    interval: tuple[tuple[datetime | None, datetime | None], ...]


class Extent(msgspec.Struct, frozen=True, omit_defaults=True):
    spatial: Spatial
    temporal: Temporal | None = None


class Collection(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    title: str
    description: str
    links: tuple[Link, ...]
    extent: Extent
    item_type: str = "feature"
    crs: tuple[str, ...] = (CRS84,)


class Collections(msgspec.Struct, frozen=True):
    links: tuple[Link, ...]
    collections: tuple[Collection, ...]


def landing(root: str, language: Language) -> Landing:
    return Landing(
        text("ogc-title", language),
        text("ogc-description", language),
        (
            Link(root, "self", JSON),
            Link(f"{root}/api", "service-desc", OPENAPI),
            Link(root.removesuffix("/ogc") + "/data", "service-doc", "text/html"),
            Link(f"{root}/conformance", "conformance", JSON),
            Link(f"{root}/collections", "data", JSON),
        ),
    )


def collections(root: str, language: Language, since: datetime | None) -> Collections:
    shown = tuple(collection(name, root, language, since) for name in COLLECTIONS)
    return Collections((Link(f"{root}/collections", "self", JSON),), shown)


def collection(name: str, root: str, language: Language, since: datetime | None) -> Collection:
    """`since`: when the first report was made."""
    address = f"{root}/collections/{name}"
    links = (
        Link(address, "self", JSON),
        Link(f"{address}/items", "items", GEOJSON),
        Link(root.removesuffix("/ogc") + "/data", "describedby", "text/html"),
    )
    extent = Extent(Spatial(), Temporal(((since, None),)) if name == "reports" else None)
    title, description = WORDS[name]
    return Collection(name, text(title, language), text(description, language), links, extent)
