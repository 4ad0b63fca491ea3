"""A report for a caller: whose it is, who may enter it, once."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from api.accounts.phones import link
from api.accounts.speaker import Role
from api.piccolo_conf import DB
from tests.people import NOON, Town, a_report

NUMBER = "0812-3456-7890"


def a_call(**fields: Any) -> dict[str, Any]:
    return {"id": str(uuid7()), "channel": "call_112", **a_report(**fields)}


async def accounts() -> int:
    count: int = (await DB.fetch("SELECT count(*) FROM account WHERE login IS NULL"))[0][0]
    return count


async def test_an_operator_enters_what_a_caller_says_and_it_goes_its_way(town: Town):
    operator = await town.staff("operator")
    answer = await operator.post("/v1/desk/reports", a_call())
    assert answer.status_code == 201, answer.text
    receipt = answer.json()
    assert receipt["agency"]["key"] == "uptd-jalan-1"
    shown = (await operator.get(f"/v1/reports/{receipt['id']}")).json()
    assert [event["role"] for event in shown["events"]] == ["operator", "operator"]
    rows = await DB.fetch("SELECT channel, actor, account FROM report JOIN report_event AS e ON e.report = report.id")
    assert {(row["channel"], row["actor"] == row["account"]) for row in rows} == {("call_112", False)}


async def test_two_calls_from_one_number_are_one_resident_s(town: Town):
    operator = await town.staff("operator")
    for _ in range(2):
        assert (await operator.post("/v1/desk/reports", a_call(phone=NUMBER))).status_code == 201
    assert await accounts() == 1
    addresses = await DB.fetch("SELECT DISTINCT kind FROM address")
    assert [row["kind"] for row in addresses] == ["sms"]


async def test_a_resident_finds_what_was_entered_for_the_own_number(town: Town):
    siti = await town.resident()
    account = (await DB.fetch("SELECT id FROM account WHERE uid = $1::text::uuid", siti.uid))[0]["id"]
    await link(account, "+6281234567890", town.app.state.seals, NOON)

    receipt = (await (await town.staff("operator")).post("/v1/desk/reports", a_call(phone=NUMBER))).json()

    mine = (await siti.get("/v1/reports?mine=1")).json()["reports"]
    assert [report["id"] for report in mine] == [receipt["id"]]


async def test_the_same_call_sent_again_is_entered_once(town: Town):
    operator, call = await town.staff("operator"), a_call()
    first = await operator.post("/v1/desk/reports", call)
    again = await operator.post("/v1/desk/reports", call)
    other = await operator.post("/v1/desk/reports", call | {"text": "Lain."})
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == again.json()
    assert await accounts() == 1


@pytest.mark.parametrize("role", ["officer", "coordinator", "area_head", "auditor", "admin"])
async def test_nobody_but_an_operator_enters_for_callers(town: Town, role: Role):
    agency = "dpupr" if role in ("officer", "coordinator") else None
    person = await town.staff(role, agency=agency, area="32.76.01" if role == "area_head" else None)
    assert (await person.post("/v1/desk/reports", a_call())).status_code == 403
    assert (await (await town.resident()).post("/v1/desk/reports", a_call())).status_code == 403


async def test_a_number_that_no_message_reaches_is_refused_and_nothing_stays(town: Town):
    answer = await (await town.staff("operator")).post("/v1/desk/reports", a_call(phone="021 777 888"))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "phone")
    assert await accounts() == 0
