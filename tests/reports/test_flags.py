"""What staff are told of a photo, found among what was really sent before."""

from typing import Any
from uuid import UUID

import msgspec
import pytest
from uuid_utils.compat import uuid7

from api.cities.book import CityBook
from api.piccolo_conf import DB
from api.reports.flags import EARLIER, NEAR_DEGREES, flag_ready
from media.facts import Facts
from tests.people import Person, Town
from tests.reports.steps import evidence

PICTURE, ALMOST, OTHER = "0f1e2d3c4b5a6978", "0f1e2d3c4b5a6977", "f0e1d2c3b4a59687"


async def ready(town: Town, photo: str, dhash: str = PICTURE, **said: Any) -> str:
    """As if the worker had rendered it now."""
    facts = Facts(type="image/jpeg", width=4, height=3, dhash=dhash, **said)
    await DB.fetch(
        "UPDATE photo SET state = 'ready', facts = $2::jsonb, uploaded_at = $3, settled_at = $3 WHERE id = $1",
        UUID(photo),
        msgspec.json.encode(facts).decode(),
        town.clock(),
    )
    return photo


async def a_report_with_photo(town: Town, dhash: str = PICTURE, **fields: Any) -> tuple[dict[str, Any], str]:
    photo, sha = str(uuid7()), fields.pop("sha256", uuid7().hex * 2)
    said = {"id": photo, "size": 10, "type": "image/jpeg", "sha256": sha}
    receipt = await (await town.resident()).submits(photos=[said], **fields)
    return receipt, await ready(town, photo, dhash)


async def told(person: Person, report: str, photo: str) -> list[tuple[str, str | None]]:
    """Names of flags, with the number of the other report."""
    await flag_ready(CityBook(DB))
    photos = (await person.get(f"/v1/reports/{report}")).json()["photos"]
    [flags] = [shown["flags"] for shown in photos if shown["id"] == photo]
    return [(flag["name"], flag.get("report")) for flag in flags]


async def filed(town: Town, person: Person, report: str, dhash: str = PICTURE) -> str:
    """Evidence that ended the work."""
    await person.steps(report, "in_progress", 2)
    photo = await ready(town, await evidence(person, report), dhash)
    assert (await person.steps(report, "work_done", 3, evidence=[photo])).status_code == 201
    return photo


async def test_the_before_photo_sent_again_as_evidence_is_told(town: Town):
    receipt, _ = await a_report_with_photo(town)
    operator = await town.staff("operator")
    photo = await ready(town, await evidence(operator, receipt["id"]), ALMOST)
    assert await told(operator, receipt["id"], photo) == [("before_photo_again", receipt["tracking_id"])]


async def test_evidence_that_an_officer_used_anywhere_is_told_with_the_other_report(town: Town):
    officer = await town.staff("officer", agency="dpupr")
    first = await (await town.resident()).submits(lat=-6.40, lon=106.79)
    second = await (await town.resident()).submits(lat=-6.41, lon=106.80)
    await filed(town, officer, first["id"])
    town.clock.passes(minutes=5)
    await officer.steps(second["id"], "in_progress", 2)
    photo = await ready(town, await evidence(officer, second["id"]))
    assert await told(officer, second["id"], photo) == [("reused", first["tracking_id"])]


async def test_another_officer_far_away_may_have_a_picture_like_it(town: Town):
    first = await (await town.resident()).submits(lat=-6.40, lon=106.79)
    second = await (await town.resident()).submits(lat=-6.41, lon=106.80)
    await filed(town, await town.staff("operator"), first["id"])
    town.clock.passes(minutes=5)
    operator = await town.staff("operator")
    photo = await ready(town, await evidence(operator, second["id"]), ALMOST)
    assert [name for name, _ in await told(operator, second["id"], photo)] == ["seen_before"]  # the same test file
    await DB.fetch("UPDATE photo SET flags = NULL, sha256 = decode(repeat('ab', 32), 'hex') WHERE id = $1", UUID(photo))
    assert await told(operator, second["id"], photo) == []


async def test_evidence_sent_again_after_it_was_sent_back_is_told(town: Town):
    receipt = await (await town.resident()).submits()
    operator = await town.staff("operator")
    await filed(town, operator, receipt["id"])
    coordinator = await town.staff("coordinator", agency="dpupr")
    assert (await coordinator.steps(receipt["id"], "in_progress", 4, reason="Belum rata")).status_code == 201
    again = await ready(town, await evidence(operator, receipt["id"]))
    assert await told(operator, receipt["id"], again) == [("reused", receipt["tracking_id"])]


async def test_two_pictures_of_one_filing_are_no_question(town: Town):
    receipt = await (await town.resident()).submits()
    operator = await town.staff("operator")
    await operator.steps(receipt["id"], "in_progress", 2)
    photos = [await ready(town, await evidence(operator, receipt["id"])) for _ in range(2)]
    for photo in photos:
        assert await told(operator, receipt["id"], photo) == []


async def test_a_residents_photo_that_was_sent_before_is_told(town: Town):
    first, _ = await a_report_with_photo(town)
    town.clock.passes(minutes=5)
    second, photo = await a_report_with_photo(town, ALMOST, lat=-6.4005)
    operator = await town.staff("operator")
    assert await told(operator, second["id"], photo) == [("seen_before", first["tracking_id"])]


async def test_the_number_of_a_secret_report_is_not_told_in_another(town: Town):
    await a_report_with_photo(town, visibility="secret")
    town.clock.passes(minutes=5)
    second, photo = await a_report_with_photo(town)
    assert await told(await town.staff("operator"), second["id"], photo) == [("seen_before", None)]


@pytest.mark.parametrize(
    ("said", "flag"),
    [
        ({"lat": -6.5, "lon": 106.79}, "far_from_report"),
        ({"taken_local": "2026-10-01T08:00:00"}, "old_photo"),
        ({"marks": ("made_by_ai",)}, "made_by_ai"),
    ],
)
async def test_what_the_file_says_is_told(town: Town, said: dict[str, Any], flag: str):
    receipt, photo = await a_report_with_photo(town)
    await ready(town, photo, OTHER, **said)
    assert await told(await town.staff("operator"), receipt["id"], photo) == [(flag, None)]


async def test_words_are_plain_and_only_for_staff(town: Town):
    receipt, photo = await a_report_with_photo(town)
    await ready(town, photo, taken_local="2026-10-01T08:00:00")
    operator = await town.staff("operator")
    await told(operator, receipt["id"], photo)
    [shown] = (await operator.get(f"/v1/reports/{receipt['id']}")).json()["photos"]
    assert shown["flags"][0]["words"] == "Menurut kameranya, foto diambil 46 hari terlalu awal."
    assert "flags" not in (await town.stranger.get(f"/v1/track/{receipt['tracking_id']}")).text
    listed = (await operator.get("/v1/worklist")).json()["reports"]
    assert [photo["flags"][0]["name"] for photo in listed[0]["photos"]] == ["old_photo"]


async def test_a_reporter_is_not_told(town: Town):
    resident = await town.resident()
    photo = str(uuid7())
    said = {"id": photo, "size": 10, "type": "image/jpeg", "sha256": "0" * 64}
    receipt = await resident.submits(photos=[said])
    await ready(town, photo, marks=("made_by_ai",))
    await flag_ready(CityBook(DB))
    [shown] = (await resident.get(f"/v1/reports/{receipt['id']}")).json()["photos"]
    assert "flags" not in shown


async def test_no_table_is_read_whole(town: Town):
    _, photo = await a_report_with_photo(town)
    async with DB.transaction() as transaction:
        await transaction.connection.execute("SET LOCAL enable_seqscan = off")
        rows = await DB.fetch("EXPLAIN " + EARLIER, UUID(photo), NEAR_DEGREES, 6)
    assert "Seq Scan" not in "\n".join(row[0] for row in rows)
