"""The description of the API is whole and agrees with what is served."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import town
from tests.people import Town

__all__ = ["town"]

# The outside contract of this issue; the others follow with theirs.
PROMISED = {
    ("post", "/v1/accounts"),
    ("post", "/v1/sessions"),
    ("post", "/v1/sessions/refresh"),
    ("delete", "/v1/sessions/current"),
    ("get", "/v1/me"),
    ("get", "/v1/config"),
    ("get", "/v1/areas/at"),
    ("get", "/v1/categories"),
    ("put", "/v1/reports/{report_id}"),
    ("get", "/v1/reports/{report_id}"),
    ("get", "/v1/reports"),
    ("post", "/v1/reports/{report_id}/events"),
    ("get", "/v1/worklist"),
    ("head", "/v1/uploads/{photo_id}"),
    ("patch", "/v1/uploads/{photo_id}"),
    ("put", "/v1/uploads/{photo_id}"),
    ("put", "/v1/photos/{photo_id}"),
    ("get", "/v1/photos/{photo_id}/{size}"),
    ("get", "/v1/track/{tracking_id}"),
    ("put", "/v1/phones/{phone_id}"),
    ("delete", "/v1/phones/{phone_id}"),
    ("get", "/v1/inbox"),
    ("post", "/v1/inbox/seen"),
    ("get", "/tiles/reports/{z}/{x}/{y}"),
    ("get", "/tiles/areas/{z}/{x}/{y}"),
    ("get", "/photos/{photo_id}/{size}"),
    ("get", "/health/live"),
    ("get", "/health/ready"),
    ("get", "/metrics"),
    ("get", "/public/reports"),
    ("get", "/public/reports.geojson"),
    ("get", "/public/reports.csv"),
    ("get", "/public/statistics"),
    ("get", "/public/feeds/{document}"),
    ("get", "/open311/v2/services.json"),
    ("post", "/open311/v2/requests.xml"),
    ("get", "/ogc/collections/{collection}/items"),
}


@pytest.fixture
async def document(town: Town) -> dict[str, Any]:
    answer = await town.stranger.get("/schema/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(method, path): said for path, item in document["paths"].items() for method, said in item.items()}


async def test_every_promised_call_is_described(document: dict[str, Any]):
    assert set(operations(document)) >= PROMISED


async def test_every_call_has_a_name_of_its_own_and_a_room(document: dict[str, Any]):
    said = operations(document)
    names = [each["operationId"] for each in said.values()]
    assert len(names) == len(set(names))
    assert all(each["tags"] for each in said.values())


async def test_every_reference_leads_somewhere(document: dict[str, Any]):
    wanted = set(re.findall(r'#/components/schemas/([^"\']+)', str(document)))
    assert wanted <= set(document["components"]["schemas"])


async def test_the_limits_of_parameters_are_described(document: dict[str, Any]):
    said = operations(document)
    limit = next(each for each in said["get", "/v1/worklist"]["parameters"] if each["name"] == "limit")
    assert (limit["schema"]["minimum"], limit["schema"]["maximum"]) == (1, 200)
    zoom = next(each for each in said["get", "/tiles/areas/{z}/{x}/{y}"]["parameters"] if each["name"] == "z")
    assert zoom["schema"]["maximum"] == 22


async def test_every_call_says_with_which_problems_it_may_answer(document: dict[str, Any]):
    for (method, path), each in operations(document).items():
        refusals = {status: said for status, said in each["responses"].items() if status >= "400"}
        assert {"400", "404", "422", "503"} <= set(refusals), (method, path)
        types = {media_type for said in refusals.values() for media_type in said.get("content", {})}
        expected = {"application/json", "text/xml"} if path.startswith("/open311/") else {"application/problem+json"}
        assert types <= expected | {"application/json"}, (method, path)
        assert expected <= types, (method, path)


async def test_a_guarded_call_says_so(document: dict[str, Any]):
    said = operations(document)
    assert said["get", "/v1/worklist"]["security"] == [{"bearer": []}, {"session": []}]
    assert {"401", "403"} <= set(said["get", "/v1/worklist"]["responses"])
    assert "security" not in said["get", "/public/reports"]


async def test_the_page_of_the_api_needs_nobody_else(town: Town):
    page = await town.stranger.get("/schema")
    assert page.status_code == 200
    assert "text/html" in page.headers["content-type"]
    assert not re.search(r'(src|href)="(https?:)?//', page.text)


def test_constraints_are_written_so_that_litestar_reads_them():
    """It takes them from its own parameter classes; msgspec.Meta in a parameter counts for nothing."""
    for path in Path("api").rglob("*.py"):
        assert not re.search(r"From(Query|Path)\[Annotated", path.read_text(encoding="utf-8")), path
