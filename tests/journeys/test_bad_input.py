"""What phones, forgers and bad networks send. Each gets an answer that says what to do."""

from datetime import timedelta
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from tests.people import NOON, Person, Town, a_report


async def refused(person: Person, status: int, field: str | None = None, **fields: Any) -> dict[str, Any]:
    """The problem, in both languages; nothing was stored."""
    path, body = f"/v1/reports/{uuid7()}", a_report(**fields)
    answer = await person.put(path, body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    english = (await person.put(path, body, headers={"accept-language": "en"})).json()
    assert problem["title"] != english["title"]
    if field:
        assert [fault["field"] for fault in problem["errors"]] == [field]
        assert problem["errors"][0]["message"]
    assert (await DB.fetch("SELECT count(*) FROM report"))[0][0] == 0
    return problem


async def test_a_body_that_is_cut_off_is_unreadable(town: Town):
    resident = await town.resident()
    answer = await resident.ask(
        "PUT", f"/v1/reports/{uuid7()}", content=b'{"category": "jal', headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"text": 5}, "text"),
        ({"category": None}, "category"),
        ({"position": "di sini"}, "position"),
        ({"photos": [{"id": "bukan-uuid"}]}, "photos[0].id"),
        ({"report_type": "ticket"}, "report_type"),
        ({"surprise": 1}, "surprise"),
        ({"text": "a" * 100_000, "address": ""}, None),
    ],
)
async def test_wrong_types_name_the_field(town: Town, fields: dict[str, Any], field: str | None):
    resident = await town.resident()
    await refused(resident, 413 if field is None else 422, field, **fields)


async def test_a_text_over_the_limit_names_the_limit(town: Town):
    problem = await refused(await town.resident(), 422, "text", text="a" * 5001)
    assert "5000" in problem["errors"][0]["message"]


async def test_ten_megabytes_are_too_large(town: Town):
    resident = await town.resident()
    answer = await resident.ask("PUT", f"/v1/reports/{uuid7()}", content=b" " * 10_000_000)
    assert answer.status_code == 413


@pytest.mark.parametrize("text", ["a\0b", "", "   ", "\u202e\u202c"])
async def test_a_text_of_nothing_or_of_controls_is_refused(town: Town, text: str):
    await refused(await town.resident(), 422, "text", text=text)


async def test_direction_marks_are_taken_out_and_markup_is_text(town: Town):
    resident = await town.resident()
    text = "<script>alert(1)</script>'; DROP TABLE report; --"
    receipt = await resident.submits(text=f"\u202e{text}", address="<b>x</b>", answers={"<i>": "'\""})
    shown = (await resident.get(f"/v1/reports/{receipt['id']}")).json()
    assert (shown["text"], shown["address"], shown["answers"]) == (text, "<b>x</b>", {"<i>": "'\""})
    page = await town.stranger.get(f"/lacak/{receipt['tracking_id']}")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


@pytest.mark.parametrize(
    "occurred_at",
    [
        (NOON + timedelta(hours=1)).isoformat(),
        (NOON - timedelta(days=400)).isoformat(),
        "1066-10-14T09:00:00Z",
        "2026-11-22T08:30:00",
        "kemarin",
    ],
)
async def test_times_in_the_future_long_ago_or_without_zone_are_refused(town: Town, occurred_at: str):
    await refused(await town.resident(), 422, "occurred_at", occurred_at=occurred_at)


@pytest.mark.parametrize(("lat", "lon"), [(0, 0), (106.79, -6.40), (91, 10), (51.5, -0.1), (-6.40, 104.0)])
async def test_positions_where_no_report_can_be_are_refused(town: Town, lat: float, lon: float):
    problem = await refused(await town.resident(), 422, "position", lat=lat, lon=lon)
    assert str(lat) not in problem["detail"] or lat == 0


async def test_not_a_number_is_no_position(town: Town):
    resident = await town.resident()
    answer = await resident.ask(
        "PUT",
        f"/v1/reports/{uuid7()}",
        content=b'{"category":"jalan-rusak","text":"x","position":{"lat":NaN,"lon":106.79}}',
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 400


async def test_an_unknown_category_says_where_the_list_is(town: Town):
    problem = await refused(await town.resident(), 422, "category", category="naga-terbang")
    assert "/v1/categories?city=32.76" in problem["errors"][0]["message"]


async def test_without_a_token_nothing_is_read_or_written(town: Town):
    answer = await town.stranger.put(f"/v1/reports/{uuid7()}", a_report())
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert (await Person(town.http, "salah").get("/v1/me")).status_code == 401


async def test_a_token_of_another_account_opens_nothing(town: Town):
    owner, other = await town.resident(), await town.resident()
    receipt = await owner.submits(photos=[a_photo()])
    report, photo = receipt["id"], receipt["photos"][0]["id"]
    assert (await other.get(f"/v1/reports/{report}")).status_code == 404
    assert (await other.put(f"/v1/reports/{report}", a_report(photos=[a_photo(photo)]))).status_code == 409
    assert (await other.says(report, "withdraw", 2)).status_code == 404
    assert (await other.ask("PUT", f"/v1/uploads/{photo}", content=b"x")).status_code == 404
    assert (await other.ask("HEAD", f"/v1/uploads/{photo}")).status_code == 404
    assert (await other.get(f"/v1/photos/{photo}/640")).status_code == 404


def a_photo(photo_id: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"id": photo_id or str(uuid7()), "size": 10, "type": "image/jpeg", "sha256": "0" * 64, **fields}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"size": 13_000_000}, "photos.size"),
        ({"size": 0}, "photos.size"),
        ({"type": "application/pdf"}, "photos.type"),
        ({"type": "image/tiff"}, "photos.type"),
    ],
)
async def test_a_photo_over_the_limits_is_refused_before_it_is_sent(town: Town, fields: dict[str, Any], field: str):
    await refused(await town.resident(), 422, field, photos=[a_photo(**fields)])


async def test_one_photo_twice_is_refused(town: Town):
    photo = a_photo()
    await refused(await town.resident(), 422, "photos", photos=[photo, photo])


async def test_a_photo_id_of_another_report_is_taken(town: Town):
    resident, photo = await town.resident(), a_photo()
    await resident.submits(photos=[photo])
    again = await resident.put(f"/v1/reports/{uuid7()}", a_report(photos=[photo]))
    assert again.status_code == 409


async def test_an_upload_that_nobody_announced_is_unknown(town: Town):
    resident = await town.resident()
    answer = await resident.ask("PUT", f"/v1/uploads/{uuid7()}", content=b"x")
    assert answer.status_code == 404


async def test_more_bytes_than_announced_are_refused(town: Town):
    resident = await town.resident()
    receipt = await resident.submits(photos=[a_photo()])
    url = receipt["photos"][0]["upload_url"]
    answer = await resident.ask("PUT", url, content=b"x" * 11)
    assert answer.status_code == 413
    head = await resident.ask("HEAD", url)
    assert int(head.headers["upload-offset"]) <= 10


async def test_two_officers_at_once_and_one_is_told_what_happened(town: Town):
    receipt = await (await town.resident()).submits()
    one, two = await town.staff("operator"), await town.staff("operator")
    import asyncio

    answers = await asyncio.gather(
        one.steps(receipt["id"], "in_progress", 2), two.steps(receipt["id"], "in_progress", 2)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    late = next(answer for answer in answers if answer.status_code == 409).json()
    assert (late["state"], late["version"]) == ("in_progress", 3)


async def test_a_step_that_the_table_does_not_have_is_refused_with_the_state(town: Town):
    receipt = await (await town.resident()).submits()
    operator = await town.staff("operator")
    answer = await operator.steps(receipt["id"], "closed", 2)
    assert answer.status_code == 409
    assert answer.json()["state"] == "dispatched"


async def test_the_same_step_sent_again_is_the_same_step(town: Town):
    receipt = await (await town.resident()).submits()
    operator = await town.staff("operator")
    event = {"id": str(uuid7()), "kind": "change", "to": "in_progress", "expected_version": 2}
    path = f"/v1/reports/{receipt['id']}/events"
    first, again = await operator.post(path, event), await operator.post(path, event)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    other = await operator.post(path, event | {"to": "needs_info"})
    assert other.status_code == 409


async def test_a_phone_that_announces_without_end_is_told_when_to_come_back(town: Town):
    resident = await town.resident()
    for _ in range(6):
        await resident.submits(photos=[a_photo() for _ in range(10)])
    answer = await resident.put(f"/v1/reports/{uuid7()}", a_report(photos=[a_photo()]))
    assert (answer.status_code, answer.json()["type"]) == (429, "/problems/photo-quota")
    assert 0 < int(answer.headers["retry-after"]) <= 3600
    await (await town.resident()).submits(photos=[a_photo()])
