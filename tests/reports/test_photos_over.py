"""A photo that came to nothing: its phone is told, sends it again or another one."""

import hashlib
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from api.media_commands import sweep_all
from api.piccolo_conf import DB
from api.reports.refusals import tell_refused
from media.gauges import read_gauges
from media.sweeping import give_up_unfinished
from tests.media.factories import a_jpeg
from tests.people import NOON, Person, Town
from tests.reports.steps import fields


def announced(content: bytes) -> dict[str, Any]:
    return {"size": len(content), "type": "image/jpeg", "sha256": hashlib.sha256(content).hexdigest()}


async def refused(town: Town) -> tuple[Person, str, str]:
    """Resident, report, and the photo that was refused."""
    resident, photo = await town.resident(), str(uuid7())
    receipt = await resident.submits(photos=[announced(a_jpeg()) | {"id": photo}])
    await DB.fetch(
        "UPDATE photo SET state = 'refused', reason = 'truncated', settled_at = $2 WHERE id = $1", photo, town.clock()
    )
    return resident, receipt["id"], photo


async def inbox(person: Person) -> list[str]:
    return [message["kind"] for message in (await person.get("/v1/inbox")).json()["messages"]]


async def test_a_phone_is_told_of_a_photo_that_was_given_up_and_sends_it_again(town: Town):
    resident, photo, content = await town.resident(), str(uuid7()), a_jpeg()
    receipt = await resident.submits(photos=[announced(content) | {"id": photo}])
    await town.passes(resident, hours=49)
    assert await give_up_unfinished(town.clock()) == 1
    for _ in range(2):
        await tell_refused(NOON, town.clock())
    assert (await inbox(resident)).count("photo.swept") == 1
    [shown] = (await resident.get(f"/v1/reports/{receipt['id']}")).json()["photos"]
    assert (shown["state"], shown["reason"]) == ("swept", "unfinished")
    assert (await resident.ask("PUT", shown["upload_url"], content=content)).status_code == 204
    [shown] = (await resident.get(f"/v1/reports/{receipt['id']}")).json()["photos"]
    assert (shown["state"], shown["reason"]) == ("uploaded", None)


async def test_a_refused_photo_is_replaced_by_another_one(town: Town):
    resident, report, photo = await refused(town)
    content, other = a_jpeg(noise=3), str(uuid7())
    said = announced(content) | {"report": report, "replaces": photo}
    answer = await resident.put(f"/v1/photos/{other}", said)
    assert (answer.status_code, answer.json()["state"], answer.json()["purpose"]) == (201, "expected", "report")
    assert (await resident.put(f"/v1/photos/{other}", said)).status_code == 200
    assert (await resident.ask("PUT", answer.json()["upload_url"], content=content)).status_code == 204
    shown = (await resident.get(f"/v1/reports/{report}")).json()["photos"]
    assert [(each["id"], each["state"]) for each in shown] == [(other, "uploaded")]


@pytest.mark.parametrize("state", ["expected", "uploaded", "ready"])
async def test_a_photo_that_is_well_is_not_replaced(town: Town, state: str):
    resident, report, photo = await refused(town)
    await DB.fetch("UPDATE photo SET state = $2 WHERE id = $1", photo, state)
    said = announced(a_jpeg()) | {"report": report, "replaces": photo}
    assert fields(await resident.put(f"/v1/photos/{uuid7()}", said)) == ["replaces"]


async def test_nobody_replaces_the_photo_of_another(town: Town):
    _, report, photo = await refused(town)
    said = announced(a_jpeg()) | {"report": report, "replaces": photo}
    for person in (await town.resident(), await town.staff("operator")):
        assert (await person.put(f"/v1/photos/{uuid7()}", said)).status_code == 422


async def test_the_gauges_tell_what_came_to_nothing(town: Town):
    resident, _, photo = await refused(town)
    await resident.submits(photos=[announced(a_jpeg()) | {"id": str(uuid7())}])
    gauges = await read_gauges(town.app.state.uploads.spool, town.clock())
    assert (gauges.refused, gauges.swept, gauges.waiting) == ({"truncated": 1}, {}, 0)
    await town.passes(resident, hours=49)
    assert await give_up_unfinished(town.clock()) == 1
    gauges = await read_gauges(town.app.state.uploads.spool, town.clock())
    assert (gauges.refused, gauges.swept) == ({}, {"unfinished": 1})
    metrics = (await town.stranger.get("/metrics")).text
    assert 'kentongan_photos_swept{reason="unfinished"} 1.0' in metrics
    assert photo not in metrics


async def test_what_sweeps_delete_is_counted_over_restarts_and_not_in_a_dry_run(town: Town):
    async def objects() -> dict[str, int]:
        return (await read_gauges(town.app.state.uploads.spool, town.clock())).objects

    settings = town.app.state.settings
    await sweep_all(settings, town.clock(), is_real=False, is_believed=False)
    assert await objects() == {}
    for _ in range(2):
        await sweep_all(settings, town.clock(), is_real=True, is_believed=False)
    assert await objects() == {"renditions": 0, "originals": 0, "unknown": 0}
