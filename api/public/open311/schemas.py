"""What the standard's documents hold: these fields and no others, in its own names."""

from datetime import datetime

import msgspec


class Endpoint(msgspec.Struct, frozen=True):
    specification: str
    url: str
    changeset: datetime
    type: str
    formats: tuple[str, ...]


class Discovery(msgspec.Struct, frozen=True):
    changeset: datetime
    contact: str
    key_service: str
    endpoints: tuple[Endpoint, ...]


class Service(msgspec.Struct, frozen=True):
    service_code: str
    service_name: str
    description: str
    metadata: bool
    type: str
    keywords: str
    group: str


class Value(msgspec.Struct, frozen=True):
    key: str
    name: str


class Attribute(msgspec.Struct, frozen=True):
    variable: bool
    code: str
    datatype: str
    required: bool
    datatype_description: str
    order: int
    description: str
    values: tuple[Value, ...]


class ServiceDefinition(msgspec.Struct, frozen=True):
    service_code: str
    attributes: tuple[Attribute, ...]


class Extended(msgspec.Struct, frozen=True):
    """Beyond the core: with `extensions=true`."""

    detailed_status: str
    report_type: str | None
    agency: str | None
    village_code: str | None
    is_overdue: bool
    media_urls: tuple[str, ...]


class ServiceRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    service_request_id: str
    status: str
    status_notes: str | None
    service_name: str | None
    service_code: str | None
    description: str | None
    agency_responsible: str | None
    service_notice: str | None
    requested_datetime: datetime
    updated_datetime: datetime
    expected_datetime: datetime | None
    address: str | None
    address_id: str | None
    zipcode: str | None
    lat: float | None
    long: float | None
    media_url: str | None
    extended_attributes: Extended | None = None


class Accepted(msgspec.Struct, frozen=True):
    service_request_id: str
    service_notice: str | None
    account_id: str | None


class Token(msgspec.Struct, frozen=True):
    service_request_id: str
    token: str
