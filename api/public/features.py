"""GeoJSON (RFC 7946) as the document of our calls describes it. The database writes it; nothing is made of these."""

from typing import Any, Literal

import msgspec
from litestar.openapi.datastructures import ResponseSpec

GEOJSON = "application/geo+json"


class Feature(msgspec.Struct, frozen=True):
    """Properties of a report: those that `/public/reports` describes. Of an area: code, name, level and its version.

    `geometry` is null of an area without an outline.
    """

    type: Literal["Feature"]
    id: str
    geometry: dict[str, Any] | None
    properties: dict[str, Any]


class FeatureCollection(msgspec.Struct, frozen=True):
    """Beside these members there are others about the whole: links, numbers, licence, attribution."""

    type: Literal["FeatureCollection"]
    features: tuple[Feature, ...]


def described(kind: type[msgspec.Struct], description: str) -> dict[int, ResponseSpec]:
    return {200: ResponseSpec(kind, media_type=GEOJSON, description=description, generate_examples=False)}
