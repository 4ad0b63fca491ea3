"""Every refusal is problem+json in words; a fault of ours says nothing of what somebody wrote."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import pytest
from uuid_utils.compat import uuid7

from api.logs import LINE, StackOnly
from api.piccolo_conf import DB
from tests.journeys.conftest import town
from tests.people import Person, Town, a_report

__all__ = ["town"]


def is_problem(answer: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"] == f"/problems/{kind}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a log file would hold."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(StackOnly(LINE))
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("path", ["/v1/tidak-ada", "/v1/reports/bukan-uuid", "/photos/x/1", "/v2/"])
async def test_an_address_that_is_not_here(town: Town, path: str):
    is_problem(await town.stranger.get(path), 404, "http-not-found")


@pytest.mark.parametrize(
    ("method", "path"), [("PATCH", "/v1/me"), ("POST", "/health/live"), ("GET", "/v1/accounts"), ("PUT", "/v1/inbox")]
)
async def test_a_method_that_an_address_does_not_take(town: Town, method: str, path: str):
    answer = await town.stranger.ask(method, path)
    is_problem(answer, 405, "http-method")
    assert answer.headers["allow"]


async def test_words_come_in_the_language_that_is_asked_for(town: Town):
    indonesian = await town.stranger.get("/v1/tidak-ada")
    english = await town.stranger.get("/v1/tidak-ada", headers={"accept-language": "en"})
    assert (indonesian.headers["content-language"], english.headers["content-language"]) == ("id", "en")
    assert english.json()["title"] == "Not found"
    assert indonesian.json()["title"] == "Tidak ditemukan"


async def test_a_refusal_speaks_the_language_of_the_account(town: Town):
    resident = await town.resident("en-US")
    body = is_problem(await resident.get(f"/v1/reports/{uuid7()}"), 404, "report-not-found")
    assert body["title"] == "No such report"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"5", b'{"text": "\xff"}', b"\0", b'{"a":' * 5000])
async def test_a_body_that_cannot_be_read(town: Town, content: bytes):
    resident = await town.resident()
    answer = await resident.ask("PUT", f"/v1/reports/{uuid7()}", content=content)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"text": 5}, "text", "teks"),
        ({"positoin": {}}, "positoin", "positoin"),
        ({"photos": [{"id": str(uuid7())}]}, "photos[0].size", "size"),
        ({"photos": [None] * 11}, "photos", "10"),
        ({"answers": {str(n): "x" for n in range(31)}}, "answers", "30"),
        ({"address": "x" * 301}, "address", "300"),
        ({"occurred_at": "2026-11-23"}, "occurred_at", "2026-11-22T08:30:00+07:00"),
        ({"visibility": "hidden"}, "visibility", "hidden"),
        ({"anonymous": "ya"}, "anonymous", "true, false"),
    ],
)
async def test_a_body_at_fault_names_the_field(town: Town, fields: dict[str, Any], field: str, words: str):
    resident = await town.resident()
    body = is_problem(await resident.put(f"/v1/reports/{uuid7()}", a_report(**fields)), 422, "body")
    assert [fault["field"] for fault in body["errors"]] == [field]
    assert words in body["errors"][0]["message"]


async def test_a_missing_field_is_named(town: Town):
    resident, body = await town.resident(), a_report()
    del body["position"]
    found = is_problem(await resident.put(f"/v1/reports/{uuid7()}", body), 422, "body")
    assert [fault["field"] for fault in found["errors"]] == ["position"]


@pytest.mark.parametrize("query", ["", "?lat=x&lon=1", "?lat=1", "?lat=-6.4&lon=106.79&accuracy_m=x"])
async def test_a_parameter_at_fault_is_named(town: Town, query: str):
    body = is_problem(await town.stranger.get(f"/v1/areas/at{query}"), 422, "body")
    assert {fault["field"] for fault in body["errors"]} <= {"lat", "lon", "accuracy_m"}
    assert body["errors"]


@pytest.mark.parametrize("offset", ["", "x", "-1", "1.5", "²", "9" * 5000])
async def test_an_offset_that_is_no_number(town: Town, offset: str):
    resident = await town.resident()
    photo = {"id": str(uuid7()), "size": 10, "type": "image/jpeg", "sha256": "0" * 64}
    url = (await resident.submits(photos=[photo]))["photos"][0]["upload_url"]
    headers = {
        b"content-type": b"application/offset+octet-stream",
        b"upload-offset": offset.encode("latin-1"),
        b"authorization": f"Bearer {resident.token}".encode(),
    }
    is_problem(await town.http.patch(url, content=b"x", headers=headers), 400, "http-bad-request")


async def test_a_piece_of_another_type_is_not_taken(town: Town):
    resident = await town.resident()
    photo = {"id": str(uuid7()), "size": 10, "type": "image/jpeg", "sha256": "0" * 64}
    url = (await resident.submits(photos=[photo]))["photos"][0]["upload_url"]
    is_problem(await resident.ask("PATCH", url, content=b"x"), 415, "http-media-type")
    headers = {"content-type": "application/offset+octet-stream", "upload-offset": "5"}
    body = is_problem(await resident.ask("PATCH", url, content=b"x", headers=headers), 409, "wrong-offset")
    assert body["current"] == 0


async def test_a_fault_of_ours_says_where_and_not_what(town: Town, log: io.StringIO):
    resident = await town.resident()
    secret = "Siti menulis tentang pungli"
    async with DB.transaction() as transaction:
        await DB.fetch("ALTER TABLE report ADD CONSTRAINT broken CHECK (text = 'x')")
        answer = await resident.put(f"/v1/reports/{uuid7()}", a_report(text=secret))
        await transaction.rollback()
    is_problem(answer, 500, "internal")
    assert secret not in answer.text
    assert "CheckViolationError" in log.getvalue()
    assert "api/reports/submit.py" in log.getvalue()
    for hidden in (secret, "pungli", resident.token, "106.79"):
        assert hidden not in log.getvalue()


async def test_a_database_that_is_away_is_told_as_such(town: Town, log: io.StringIO):
    resident = await town.resident()
    async with DB.transaction() as transaction:
        await transaction.connection.close()
        answer = await resident.get("/v1/me")
        transaction._rolled_back = True  # there is nothing left to commit
    assert is_problem(answer, 503, "dependency-missing")["part"] == "database"
    assert answer.headers["retry-after"]
    assert "database does not answer" in log.getvalue()
    assert resident.token not in log.getvalue()
    assert (await resident.get("/v1/me")).status_code == 200


async def test_no_refusal_is_logged_as_a_fault(town: Town, log: io.StringIO):
    resident = await town.resident()
    await resident.put(f"/v1/reports/{uuid7()}", {"text": "rahasia"})
    await resident.get(f"/v1/reports/{uuid7()}")
    await Person(town.http, "salah").get("/v1/me")
    assert "ERROR" not in log.getvalue()
    assert "rahasia" not in log.getvalue()


def test_the_stack_is_logged_without_the_words_of_the_error(log: io.StringIO):
    try:
        raise asyncpg.UniqueViolationError("Key (text)=(rahasia) already exists")
    except asyncpg.UniqueViolationError:
        logging.getLogger("uji").exception("gagal: report=%s", "r-1")
    assert "gagal: report=r-1" in log.getvalue()
    assert "UniqueViolationError" in log.getvalue()
    assert "rahasia" not in log.getvalue()
