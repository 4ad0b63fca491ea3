from uuid_utils.compat import uuid7

from tests.people import Town


async def test_staff_see_that_the_reporter_was_told_and_has_seen_it(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    await resident.put(f"/v1/phones/{uuid7()}", {"kind": "fcm", "address": "phone-1"})
    receipt = await resident.submits()
    assert (await operator.steps(receipt["id"], "in_progress", 2)).status_code == 201
    inbox = (await resident.get("/v1/inbox")).json()
    await resident.post("/v1/inbox/seen", {"mids": [inbox["messages"][0]["mid"]]})
    told = (await operator.get(f"/v1/reports/{receipt['id']}/notifications")).json()
    assert [(one["recipient"], one["kind"], one["rev"], one["phone"]) for one in told] == [
        ("reporter", "report.changed", 3, "fcm"),
        ("reporter", "report.received", 2, "fcm"),
    ]
    assert [bool(one["seen_at"]) for one in told] == [False, True]
    assert "phone-1" not in str(told)


async def test_nobody_but_staff_of_the_report_sees_the_ledger(town: Town):
    resident = await town.resident()
    receipt = await resident.submits()
    elsewhere = await town.staff("coordinator", agency="dinkes")
    for person in (resident, elsewhere, await town.resident()):
        assert (await person.get(f"/v1/reports/{receipt['id']}/notifications")).status_code == 404
