"""Two reports about the same thing become one, and two again."""

import asyncio
import hashlib
from typing import Any

from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from api.reports.audit import verify
from api.reports.queries import read_row
from tests.people import Person, Town
from tests.reports.steps import PHOTO, dispatched, fields, is_at


async def waiting(town: Town, resident: Person, **fields: Any) -> dict[str, Any]:
    """A verified report, version 3: the agency gave it back."""
    receipt, coordinator = await resident.submits(**fields), await town.staff("coordinator", agency="dpupr")
    assert (await coordinator.steps(receipt["id"], "verified", 2, reason="Bukan kami")).status_code == 201
    return receipt


async def merged(town: Town) -> tuple[Person, dict[str, Any], Person, dict[str, Any], Person]:
    """(reporter of the double, double at version 4, reporter of the master, master, operator)."""
    second, first, operator = await town.resident(), await town.resident(), await town.staff("operator")
    master = await first.submits()
    double = await waiting(town, second)
    answer = await operator.steps(double["id"], "duplicate", 3, duplicate_of=master["tracking_id"])
    assert answer.status_code == 201, answer.text
    return second, double, first, master, operator


async def related(person: Person, report: str) -> list[tuple[str, str]]:
    body = (await person.get(f"/v1/reports/{report}")).json()
    return [(other["bond"], other["tracking_id"]) for other in body["related"]]


async def test_each_shows_the_other_and_the_double_follows_the_master(town: Town):
    second, double, _, master, operator = await merged(town)
    assert await related(second, double["id"]) == [("merged_into", master["tracking_id"])]
    assert await related(operator, master["id"]) == [("merged", double["tracking_id"])]
    assert (await operator.steps(master["id"], "in_progress", 2)).status_code == 201
    seen = (await town.stranger.get(f"/v1/track/{double['tracking_id']}")).json()
    assert [(o["bond"], o["tracking_id"], o["state"]) for o in seen["related"]] == [
        ("merged_into", master["tracking_id"], "in_progress")
    ]
    seen = (await town.stranger.get(f"/v1/track/{master['tracking_id']}")).json()
    assert [event["state"] for event in seen["events"]] == ["submitted", "dispatched", "in_progress"]
    assert (await verify()).broken == []


async def test_reporters_followers_and_supports_come_along_and_go_again(town: Town):
    second, first, operator = await town.resident(), await town.resident(), await town.staff("operator")
    both, one = await town.resident(), await town.resident()
    master, double = await first.submits(), await waiting(town, second)
    for person, report in ((both, master), (both, double), (one, double)):
        await person.post(f"/v1/reports/{report['id']}/events", {"id": str(uuid7()), "kind": "support"})
    await operator.steps(double["id"], "duplicate", 5, duplicate_of=master["tracking_id"])
    assert (await operator.get(f"/v1/reports/{master['id']}")).json()["supports"] == 2
    assert await followers(master["id"]) == sorted(
        [("merged", second.uid), ("merged", one.uid), ("merged", both.uid), ("support", both.uid)]
    )
    assert (await operator.steps(double["id"], "verified", 6)).status_code == 201
    assert (await operator.get(f"/v1/reports/{master['id']}")).json()["supports"] == 1
    assert await followers(master["id"]) == [("support", both.uid)]
    assert await related(operator, master["id"]) == []
    assert (await verify()).broken == []


async def followers(report: str) -> list[tuple[str, str]]:
    rows = await DB.fetch(
        "SELECT f.reason, a.uid::text FROM report_follower AS f JOIN account AS a ON a.id = f.account"
        " JOIN report AS r ON r.id = f.report WHERE r.client_id = $1",
        report,
    )
    return sorted((row["reason"], row["uid"]) for row in rows)


async def test_unmerging_leads_to_the_state_before_and_to_no_other(town: Town):
    _, double, _, _, operator = await merged(town)
    assert (await operator.steps(double["id"], "submitted", 4)).status_code == 409
    assert (await operator.steps(double["id"], "verified", 4)).status_code == 201
    assert (await is_at(double["id"]))["state"] == "verified"


async def test_the_clocks_stand_still_while_merged_and_go_on_later(town: Town):
    _, double, _, _, operator = await merged(town)
    before = {c.clock: c for c in (await read_row(double["id"])).running_clocks if c.stopped_at is None}
    assert before["resolve"].due_at is None
    assert before["ombudsman"].due_at is None
    await town.passes(operator, days=7)
    await operator.steps(double["id"], "verified", 4)
    after = {c.clock: c for c in (await read_row(double["id"])).running_clocks if c.stopped_at is None}
    assert set(after) == set(before)
    assert after["resolve"].started_at == before["resolve"].started_at
    assert after["resolve"].pauses[-1].until == town.clock()
    assert after["resolve"].due_at


async def test_photos_are_shown_on_the_master_to_staff_and_if_public_to_all(town: Town):
    second, first, operator = await town.resident(), await town.resident(), await town.staff("operator")
    photo = {"id": str(uuid7()), "size": len(PHOTO), "type": "image/jpeg", "sha256": hashlib.sha256(PHOTO).hexdigest()}
    master, double = await first.submits(), await waiting(town, second, photos=[photo])
    await operator.steps(double["id"], "duplicate", 3, duplicate_of=master["tracking_id"])
    seen = (await operator.get(f"/v1/reports/{master['id']}")).json()["related"]
    assert [each["id"] for each in seen[0]["photos"]] == [photo["id"]]
    assert seen[0]["text"]
    for_the_other = (await first.get(f"/v1/reports/{master['id']}")).json()["related"][0]
    assert for_the_other["photos"] == []
    assert "text" not in for_the_other
    from api.public.queries import public_photos

    await operator.steps(master["id"], "in_progress", 2)
    assert {str(each) for each in await public_photos([photo["id"]])} == {photo["id"]}
    await operator.says(master["id"], "hide", 4, reason="Wajah anak")
    assert await public_photos([photo["id"]]) == frozenset()


async def test_a_merge_against_a_change_and_two_merges_in_a_circle_one_wins(town: Town):
    operator, colleague = await town.staff("operator"), await town.staff("operator")
    one, two = await waiting(town, await town.resident()), await waiting(town, await town.resident())
    answers = await asyncio.gather(
        operator.steps(one["id"], "duplicate", 3, duplicate_of=two["tracking_id"]),
        colleague.steps(two["id"], "duplicate", 3, duplicate_of=one["tracking_id"]),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 422]
    double = one if (await is_at(one["id"]))["state"] == "duplicate" else two
    answers = await asyncio.gather(
        operator.steps(double["id"], "verified", 4), colleague.steps(double["id"], "verified", 4)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    third = await dispatched(town)
    number = (await DB.fetch("SELECT tracking_id FROM report WHERE client_id = $1", third))[0][0]
    answers = await asyncio.gather(
        operator.steps(double["id"], "duplicate", 5, duplicate_of=number),
        colleague.steps(double["id"], "dispatched", 5, agency="dlh"),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert (await verify()).broken == []


async def test_a_merge_of_a_merge_brings_everybody_and_is_taken_back_whole(town: Town):
    second, _, first, master, operator = await merged(town)
    third = await town.resident()
    top = await third.submits()
    coordinator = await town.staff("coordinator", agency="dpupr")
    assert (await coordinator.steps(master["id"], "verified", 3, reason="Bukan kami")).status_code == 201
    assert (await operator.steps(master["id"], "duplicate", 4, duplicate_of=top["tracking_id"])).status_code == 201
    assert await followers(top["id"]) == sorted([("merged", first.uid), ("merged", second.uid)])
    assert (await operator.steps(master["id"], "verified", 5)).status_code == 201
    assert await followers(top["id"]) == []
    assert await followers(master["id"]) == [("merged", second.uid)]


async def test_a_merged_report_is_supported_by_its_master_only(town: Town):
    _, double, _, _, _ = await merged(town)
    neighbour = await town.resident()
    answer = await neighbour.post(f"/v1/reports/{double['id']}/events", {"id": str(uuid7()), "kind": "support"})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-now")


async def test_nobody_writes_the_systems_own_events(town: Town):
    report, operator = await dispatched(town), await town.staff("operator")
    for kind in ("merged", "unmerged", "split", "derive"):
        assert fields(await operator.says(report, kind, 2)) == ["kind"]


async def test_the_same_again_is_linked_to_the_earlier_report(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    earlier, later = await resident.submits(), await resident.submits()
    assert fields(await operator.says(later["id"], "recurrence", 2, recurrence_of="00000000")) == ["recurrence_of"]
    assert fields(await operator.says(earlier["id"], "recurrence", 2, recurrence_of=later["tracking_id"]))
    linked = await operator.says(later["id"], "recurrence", 2, recurrence_of=earlier["tracking_id"])
    assert linked.status_code == 201
    assert await related(resident, later["id"]) == [("recurrence_of", earlier["tracking_id"])]
    assert await related(resident, earlier["id"]) == [("recurrence", later["tracking_id"])]
