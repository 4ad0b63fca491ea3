"""Open311 GeoReport v2: the standard's documents in both formats, its refusals, its client from PyPI."""

import asyncio
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import httpx
import jsonschema
import pytest
from georeport import GeoReport

from api.piccolo_conf import DB
from api.public.open311.keys import add_key, revoke_key
from tests.people import Town
from tests.public.serving import served
from tests.public.test_reports import started
from tests.reports.steps import dispatched

ROOT = "/open311/v2"
HERE = {"service_code": "jalan-rusak", "lat": "-6.40", "long": "106.79", "description": "Jalan berlubang."}
TEXT, MAYBE, TIME = {"type": "string"}, {"type": ["string", "null"]}, {"type": "string", "format": "date-time"}


def records(**fields: dict[str, Any]) -> dict[str, Any]:
    """A list of objects with exactly these fields."""
    one = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    return {"type": "array", "items": one}


SERVICES = records(
    service_code=TEXT,
    service_name=TEXT,
    description=TEXT,
    metadata={"type": "boolean"},
    type={"enum": ["realtime", "batch", "blackbox"]},
    keywords=TEXT,
    group=TEXT,
)
VALUES = records(key=TEXT, name=TEXT)
ATTRIBUTES = records(
    variable={"type": "boolean"},
    code=TEXT,
    datatype={"enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]},
    required={"type": "boolean"},
    datatype_description=TEXT,
    order={"type": "integer", "minimum": 1},
    description=TEXT,
    values=VALUES,
)
REQUEST_FIELDS: dict[str, Any] = {
    "service_request_id": TEXT,
    "status": {"enum": ["open", "closed"]},
    **dict.fromkeys(("status_notes", "service_name", "service_code", "description", "agency_responsible"), MAYBE),
    "service_notice": MAYBE,
    **dict.fromkeys(("requested_datetime", "updated_datetime"), TIME),
    "expected_datetime": {"type": ["string", "null"], "format": "date-time"},
    **dict.fromkeys(("address", "address_id", "zipcode", "media_url"), MAYBE),
    "lat": {"type": ["number", "null"]},
    "long": {"type": ["number", "null"]},
}
REQUESTS = records(**REQUEST_FIELDS)
ERRORS = records(code={"type": "integer"}, description=TEXT)


async def read(town: Town, path: str, schema: dict[str, Any], status: int = 200) -> Any:
    answer = await town.stranger.get(f"{ROOT}/{path}")
    return checked(answer, schema, status)


def checked(answer: httpx.Response, schema: dict[str, Any], status: int) -> Any:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    jsonschema.validate(answer.json(), schema)
    return answer.json()


async def a_key(town: Town, per_hour: int = 10) -> tuple[int, str]:
    return await add_key("uji", town.city.id, per_hour, town.clock())


async def post(town: Town, key: str, form: str = "json", **fields: str) -> httpx.Response:
    return await town.http.post(f"{ROOT}/requests.{form}", data={**HERE, "api_key": key, **fields})


async def test_the_service_says_where_it_is(town: Town):
    said = (await town.stranger.get(f"{ROOT}/discovery.json")).json()
    assert said["endpoints"][0]["formats"] == ["application/json", "text/xml"]
    tree = ElementTree.fromstring((await town.stranger.get(f"{ROOT}/discovery.xml")).content)
    assert tree.findtext("endpoints/endpoint/url") == said["endpoints"][0]["url"]


async def test_services_are_the_categories_that_can_be_reported(town: Town):
    said = await read(town, "services.json?jurisdiction_id=32.76", SERVICES)
    emergencies = {c.key for c in town.city.categories.values() if c.is_emergency}
    assert {each["service_code"] for each in said} == set(town.city.categories) - emergencies
    tree = ElementTree.fromstring((await town.stranger.get(f"{ROOT}/services.xml")).content)
    assert [each.findtext("service_code") for each in tree.findall("service")] == [s["service_code"] for s in said]


async def test_a_definition_holds_the_questions(town: Town):
    asked = next(c for c in town.city.categories.values() if c.questions)
    said = (await town.stranger.get(f"{ROOT}/services/{asked.key}.json")).json()
    assert said["service_code"] == asked.key
    jsonschema.validate(said["attributes"], ATTRIBUTES)
    assert [each["code"] for each in said["attributes"]] == [question.key for question in asked.questions]


async def test_requests_are_public_reports_in_the_words_of_the_standard(town: Town):
    await started(town)
    (said,) = await read(town, "requests.json", REQUESTS)
    assert (said["status"], said["service_code"], said["lat"]) == ("open", "jalan-rusak", -6.4)
    extended = (await town.stranger.get(f"{ROOT}/requests.json?extensions=true")).json()[0]["extended_attributes"]
    assert extended["detailed_status"] == "in_progress"
    tree = ElementTree.fromstring((await town.stranger.get(f"{ROOT}/requests.xml")).content)
    assert tree.tag == "service_requests"
    assert tree.findtext("request/service_request_id") == said["service_request_id"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=open", 1),
        ("status=closed", 0),
        ("status=open,closed", 1),
        ("service_code=jalan-rusak,sampah-liar", 1),
        ("service_code=sampah-liar", 0),
        ("start_date=2026-11-23T05:00:00Z", 1),
        ("start_date=2026-11-23T05:00:01Z", 0),
        ("end_date=2026-11-23T05:00:00Z", 1),
        ("end_date=2026-11-23T04:59:59Z", 0),
        ("start_date=2026-11-23T12:00:00+07:00", 1),
        ("page=2&page_size=1", 0),
    ],
)
async def test_requests_are_chosen(town: Town, query: str, expected: int):
    await dispatched(town)
    assert len(await read(town, f"requests.json?{query}", REQUESTS)) == expected


async def test_only_the_last_ninety_days_are_told_unless_asked_for(town: Town):
    await dispatched(town)
    at = town.clock()
    town.clock.passes(days=91)
    assert await read(town, "requests.json", REQUESTS) == []
    query = f"start_date={(at - timedelta(days=1)).isoformat().replace('+', '%2B')}"
    assert len(await read(town, f"requests.json?{query}", REQUESTS)) == 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("requests.json?status=lost", 400),
        ("requests.json?start_date=2026-01-01T00:00:00Z&end_date=2026-08-01T00:00:00Z", 400),
        ("requests.json?start_date=yesterday", 400),
        ("requests.json?start_date=0001-01-01T00:00:00Z", 400),
        ("requests.json?page=0", 400),
        ("requests.json?jurisdiction_id=99.99", 404),
        ("services.json?jurisdiction_id=x", 404),
        ("services/tidak-ada.json", 404),
        ("requests/0000-0000.json", 404),
        ("tokens/0000-0000.json", 404),
    ],
)
async def test_a_refusal_is_in_the_form_of_the_standard(town: Town, path: str, status: int):
    (said,) = await read(town, path, ERRORS, status)
    assert said["code"] == status
    answer = await town.stranger.get(f"{ROOT}/{path.replace('.json', '.xml', 1)}")
    assert ElementTree.fromstring(answer.content).findtext("error/code") == str(status)


async def test_a_report_comes_in_with_a_key_and_is_found_by_its_number_and_token(town: Town):
    _, key = await a_key(town)
    answer = await post(town, key, **{"attribute[ukuran]": "besar", "media_url": "https://example.org/a.jpg"})
    assert answer.status_code == 201, answer.text
    (said,) = answer.json()
    row = (await DB.fetch("SELECT channel, answers::text, is_anonymous, state FROM report"))[0]
    assert (row["channel"], row["is_anonymous"], row["state"]) == ("open311", True, "dispatched")
    assert '"besar"' in row["answers"]
    assert "example.org" in row["answers"]
    number = said["service_request_id"]
    (found,) = await read(town, f"requests/{number}.json", REQUESTS)
    assert found["service_request_id"] == number
    ((token),) = (await town.stranger.get(f"{ROOT}/tokens/{number}.json")).json()
    assert token["service_request_id"] == number


async def test_xml_is_answered_in_xml(town: Town):
    _, key = await a_key(town)
    answer = await post(town, key, "xml")
    assert answer.status_code == 201
    assert ElementTree.fromstring(answer.content).findtext("request/service_request_id")


@pytest.mark.parametrize("key", ["", "kt_wrong"])
async def test_without_a_key_nothing_comes_in(town: Town, key: str):
    checked(await post(town, key), ERRORS, 403)


async def test_a_revoked_key_opens_nothing(town: Town):
    number, key = await a_key(town)
    assert await revoke_key(number, town.clock())
    checked(await post(town, key), ERRORS, 403)


async def test_a_key_has_its_hourly_limit(town: Town):
    _, key = await a_key(town, per_hour=2)
    assert [(await post(town, key)).status_code for _ in range(3)] == [201, 201, 429]
    refused = await post(town, key)
    assert int(refused.headers["retry-after"]) == 3600
    town.clock.passes(hours=1)
    assert (await post(town, key)).status_code == 201


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"lat": ""}, "lat"),
        ({"long": "nan"}, "long"),
        ({"lat": "0", "long": "0"}, "position"),
        ({"service_code": "tidak-ada"}, "category"),
        ({"service_code": ""}, "service_code"),
        ({"description": "x" * 5001}, "description"),
    ],
)
async def test_what_cannot_be_accepted_names_the_field(town: Town, fields: dict[str, str], named: str):
    _, key = await a_key(town)
    (said,) = checked(await post(town, key, **fields), ERRORS, 400)
    assert named in said["description"]


async def test_a_report_that_is_not_public_shows_its_way_only(town: Town):
    receipt = await (await town.resident()).submits(visibility="secret")
    assert await read(town, "requests.json", REQUESTS) == []
    (said,) = await read(town, f"requests/{receipt['tracking_id']}.json", REQUESTS)
    assert said["status"] == "open"
    assert {said[name] for name in ("description", "service_code", "lat", "long", "address", "media_url")} == {None}


async def test_the_client_from_pypi_reads_a_served_process(town: Town):
    receipt = await (await town.resident()).submits()
    with served() as address:
        client = GeoReport(f"{address}{ROOT}", jurisdiction="32.76")
        codes = [each["service_code"] for each in await asyncio.to_thread(client.get_service_list)]
        assert "jalan-rusak" in codes
        definition = await asyncio.to_thread(client.get_service_definition, "jalan-rusak")
        assert definition["service_code"] == "jalan-rusak"
        one = await asyncio.to_thread(client.get_service_request, receipt["tracking_id"])
        assert one["service_code"] == "jalan-rusak"
        xml = GeoReport(f"{address}{ROOT}", jurisdiction="32.76", output_format="xml")
        assert [each["service_code"] for each in await asyncio.to_thread(xml.get_service_list)] == codes
