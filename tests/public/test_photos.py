"""Which photos anyone may see. Their bytes are written here, as the worker would have."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from media.facts import RENDITIONS
from media.store import rendition_key
from tests.people import Person, Town
from tests.reports.steps import evidence, puts


async def rendered(town: Town, photo: str) -> None:
    """As if the worker had been at it."""
    key = f"kunci-{photo}"
    await DB.fetch(
        "UPDATE photo SET state = 'ready', key = $2, width = 10, height = 10, settled_at = $3 WHERE id = $1",
        UUID(photo),
        key,
        town.clock(),
    )
    for size in RENDITIONS:
        await town.app.state.store.put(rendition_key(key, size), b"gambar")


async def with_photo(town: Town, **fields: Any) -> tuple[Person, dict[str, Any], str]:
    resident = await town.resident()
    photo = str(uuid7())
    announced = {"id": photo, "size": 10, "type": "image/jpeg", "sha256": "0" * 64}
    receipt = await resident.submits(photos=[announced], **fields)
    await rendered(town, photo)
    return resident, receipt, photo


async def is_public(town: Town, photo: str, number: str) -> bool:
    """By its address and by the number of its report: both say the same."""
    served = (await town.stranger.get(f"/photos/{photo}/640")).status_code == 200
    listed = [shown["id"] for shown in (await town.stranger.get(f"/v1/track/{number}")).json()["photos"]]
    assert served == (photo in listed)
    return served


async def test_a_photo_is_public_after_somebody_of_the_city_has_acted(town: Town):
    resident, receipt, photo = await with_photo(town)
    assert not await is_public(town, photo, receipt["tracking_id"])
    assert (await resident.get(f"/v1/photos/{photo}/640")).status_code == 200
    await (await town.staff("operator")).steps(receipt["id"], "in_progress", 2)
    assert await is_public(town, photo, receipt["tracking_id"])


@pytest.mark.parametrize("state", ["rejected", "withdrawn", "duplicate", "needs_info", "submitted"])
async def test_a_photo_is_hidden_again_with_its_report(town: Town, state: str):
    _, receipt, photo = await with_photo(town)
    await (await town.staff("operator")).steps(receipt["id"], "in_progress", 2)
    await puts(receipt["id"], state)
    assert not await is_public(town, photo, receipt["tracking_id"])


@pytest.mark.parametrize("visibility", ["restricted", "secret"])
async def test_a_photo_of_a_report_that_is_not_public_is_for_those_who_may_read_it(town: Town, visibility: str):
    resident, receipt, photo = await with_photo(town, visibility=visibility)
    operator = await town.staff("operator")
    await operator.steps(receipt["id"], "in_progress", 2)
    assert not await is_public(town, photo, receipt["tracking_id"])
    outsiders = [await town.resident(), await town.staff("officer", agency="dlh"), town.stranger]
    answers = [(await person.get(f"/v1/photos/{photo}/640")).status_code for person in (resident, operator, *outsiders)]
    assert answers == [200, 200, 404, 404, 401]


async def test_evidence_is_public_when_it_is_filed_and_not_before(town: Town):
    receipt = await (await town.resident()).submits()
    operator = await town.staff("operator")
    await operator.steps(receipt["id"], "in_progress", 2)
    photo, mistaken = await evidence(operator, receipt["id"]), await evidence(operator, receipt["id"])
    for each in (photo, mistaken):
        await rendered(town, each)
        assert not await is_public(town, each, receipt["tracking_id"])
    assert (await operator.steps(receipt["id"], "work_done", 3, evidence=[photo])).status_code == 201
    assert await is_public(town, photo, receipt["tracking_id"])
    assert not await is_public(town, mistaken, receipt["tracking_id"])


async def test_a_photo_that_was_shown_is_not_sent_again(town: Town):
    _, receipt, photo = await with_photo(town)
    await (await town.staff("operator")).steps(receipt["id"], "in_progress", 2)
    first = await town.stranger.get(f"/photos/{photo}/160")
    assert first.headers["x-content-type-options"] == "nosniff"
    again = await town.stranger.get(f"/photos/{photo}/160", headers={"if-none-match": f"W/{first.headers['etag']}"})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["{photo}/641", "{photo}/0", "{other}/640", "x/640"])
async def test_what_is_no_photo_is_not_found(town: Town, path: str):
    _, receipt, photo = await with_photo(town)
    await (await town.staff("operator")).steps(receipt["id"], "in_progress", 2)
    answer = await town.stranger.get(f"/photos/{path.format(photo=photo, other=uuid7())}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
