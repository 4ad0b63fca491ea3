"""Who may hide a photo or cover parts of it, and what is left for others."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from media.render import Renderer
from media.sandbox import Sandbox
from media.spool import Spool
from tests.media.factories import a_jpeg
from tests.people import Person, Town
from tests.public.test_photos import is_public, with_photo
from tests.reports.steps import evidence, fields

BOX = {"x": 0.1, "y": 0.1, "w": 0.3, "h": 0.3}


async def hides(person: Person, photo: str, *, hidden: bool = True) -> int:
    answer = await person.post(f"/v1/photos/{photo}/hide", {"hidden": hidden, "reason": "tampak wajah"})
    return answer.status_code


async def a_public_photo(town: Town) -> tuple[Person, Person, str, str]:
    """Reporter, operator, photo, number."""
    resident, receipt, photo = await with_photo(town)
    operator = await town.staff("operator")
    await operator.steps(receipt["id"], "in_progress", 2)
    return resident, operator, photo, receipt["tracking_id"]


async def test_a_hidden_photo_is_for_the_reporter_and_the_staff_alone(town: Town):
    resident, operator, photo, number = await a_public_photo(town)
    assert await hides(operator, photo) == 200
    assert not await is_public(town, photo, number)
    for person in (resident, operator):
        assert (await person.get(f"/v1/photos/{photo}/640")).status_code == 200
    assert await hides(operator, photo, hidden=False) == 200
    assert await is_public(town, photo, number)


async def test_reporters_hide_and_show_their_own(town: Town):
    resident, _, photo, number = await a_public_photo(town)
    assert await hides(resident, photo) == 200
    assert not await is_public(town, photo, number)
    assert await hides(resident, photo, hidden=False) == 200
    assert await is_public(town, photo, number)


async def test_what_the_city_hid_its_reporter_does_not_show_again(town: Town):
    resident, operator, photo, number = await a_public_photo(town)
    await hides(operator, photo)
    assert await hides(resident, photo, hidden=False) == 403
    assert not await is_public(town, photo, number)


@pytest.mark.parametrize(
    ("role", "where", "status"),
    [
        ("operator", {}, 200),
        ("admin", {}, 200),
        ("coordinator", {"agency": "dpupr"}, 200),
        ("coordinator", {"agency": "dlh"}, 404),
        ("area_head", {"area": "32.76.01"}, 200),
        ("area_head", {"area": "32.76.09"}, 404),
        ("officer", {"agency": "uptd-jalan-1"}, 403),
        ("auditor", {}, 403),
    ],
)
async def test_each_role_hides_what_the_matrix_allows(town: Town, role: Any, where: dict[str, str], status: int):
    _, _, photo = await with_photo(town)
    assert await hides(await town.staff(role, **where), photo) == status


async def test_strangers_learn_nothing(town: Town):
    _, _, photo = await with_photo(town)
    assert await hides(await town.resident(), photo) == 404
    assert await hides(town.stranger, photo) == 401
    assert await hides(await town.staff("operator"), str(uuid7())) == 404


async def test_the_evidence_of_an_officer_is_not_the_reporters_to_hide(town: Town):
    resident = await town.resident()
    receipt = await resident.submits()
    photo = await evidence(await town.staff("operator"), receipt["id"])
    assert await hides(resident, photo) == 403


async def test_every_change_is_told_with_role_and_reason(town: Town):
    resident, operator, photo, _ = await a_public_photo(town)
    await hides(resident, photo)
    await operator.post(f"/v1/photos/{photo}/redactions", {"boxes": [BOX], "reason": "pelat nomor"})
    told = (await operator.get(f"/v1/photos/{photo}/changes")).json()
    assert [(each["kind"], each["role"], each["reason"]) for each in told] == [
        ("hide", "reporter", "tampak wajah"),
        ("redact", "operator", "pelat nomor"),
    ]
    assert told[1]["boxes"] == [BOX]
    assert (await (await town.staff("auditor")).get(f"/v1/photos/{photo}/changes")).json() == told


async def test_officers_hear_of_a_hidden_photo_with_their_next_look(town: Town):
    _, operator, photo, _ = await a_public_photo(town)
    cursor = (await operator.get("/v1/worklist")).json()["next"]
    await hides(operator, photo)
    changed = (await operator.get(f"/v1/worklist?since={cursor}")).json()["reports"]
    assert [shown["state"] for shown in changed[0]["photos"]] == ["hidden"]


@pytest.mark.parametrize(
    "boxes", [[], [BOX | {"x": -0.1}], [BOX | {"w": 1.5}], [BOX | {"x": "kiri"}], [BOX] * 51, [{"x": 0.1}]]
)
async def test_a_box_that_is_none_is_refused_by_field(town: Town, boxes: list[Any]):
    resident, _, photo = await with_photo(town)
    answer = await resident.post(f"/v1/photos/{photo}/redactions", {"boxes": boxes})
    assert fields(answer)[0].startswith("boxes")


async def sent(town: Town, resident: Person, content: bytes) -> tuple[str, str]:
    """Report and photo."""
    photo = str(uuid7())
    said = {"id": photo, "size": len(content), "type": "image/jpeg", "sha256": hashlib.sha256(content).hexdigest()}
    receipt = await resident.submits(photos=[said])
    assert (await resident.ask("PUT", f"/v1/uploads/{photo}", content=content)).status_code == 204
    return receipt["id"], photo


async def test_a_redacted_photo_comes_back_covered_under_another_address(town: Town, sandbox: Sandbox):
    resident, operator = await town.resident(), await town.staff("operator")
    report, photo = await sent(town, resident, a_jpeg(800, 600))
    folder: Path = town.app.state.uploads.spool.folder
    renderer = Renderer(town.app.state.store, Spool(folder), sandbox, town.clock)
    await renderer.render_due()
    await operator.steps(report, "in_progress", 2)
    [shown] = (await resident.get(f"/v1/reports/{report}")).json()["photos"]
    old = shown["urls"]["640"].removeprefix("/v1")
    before = await town.stranger.get(old)
    assert (before.status_code, before.headers["cache-control"]) == (200, "public, max-age=604800, s-maxage=0")
    answer = await resident.post(f"/v1/photos/{photo}/redactions", {"boxes": [BOX]})
    assert (answer.status_code, answer.json()["state"]) == (202, "uploaded")
    assert (await town.stranger.get(old)).status_code == 404
    await renderer.render_due()
    assert (await town.stranger.get(old)).status_code == 404
    [shown] = (await resident.get(f"/v1/reports/{report}")).json()["photos"]
    after = await town.stranger.get(shown["urls"]["640"].removeprefix("/v1"))
    assert (after.status_code, after.content != before.content) == (200, True)
    assert (await town.stranger.get(old.partition("?")[0])).content == after.content
