"""A city speaks to everybody of an area."""

from datetime import timedelta
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from api.piccolo_conf import DB
from api.reports.rendering import render
from api.settings import read_settings
from push import fanout
from push.ledger import Notification
from tests.people import Person, Town

VILLAGE, DISTRICT, CITY = "32.76.01.1006", "32.76.01", "32.76"


def an_announcement(town: Town, **fields: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "area": DISTRICT,
        "title": "Air mati malam ini",
        "body": "Perbaikan pipa pukul 22.00 sampai 04.00.",
        "title_en": "No water tonight",
        "body_en": "Pipes are repaired from 22:00 to 04:00.",
        "valid_until": (town.clock() + timedelta(days=1)).isoformat(),
        **fields,
    }


async def listens(person: Person, code: str) -> None:
    assert (await person.put(f"/v1/me/areas/{code}", {})).status_code == 200


async def heard(person: Person) -> list[str]:
    messages = (await person.get("/v1/inbox")).json()["messages"]
    return [message["title"] for message in messages if message["kind"] == "announcement"]


async def public(town: Town, area: str = "", **more: Any) -> list[str]:
    answer = await town.stranger.get(f"/public/announcements?area={area}", **more)
    return [said["title"] for said in answer.json()["announcements"]]


async def village_of(town: Town) -> str:
    rows = await DB.fetch("SELECT code FROM area WHERE current AND code LIKE '32.76.%.%' ORDER BY code LIMIT 1")
    code: str = rows[0]["code"]
    return code


async def test_who_listens_to_an_area_hears_what_is_said_there(town: Town):
    village = await village_of(town)
    operator, near, around, far = [await town.staff("operator"), *[await town.resident() for _ in range(3)]]
    await listens(near, village)
    await listens(around, CITY)
    answer = await operator.post("/v1/announcements", an_announcement(town, area=village))
    assert (answer.status_code, answer.json()["state"], answer.json()["audience"]) == (201, "public", 2)
    assert (await heard(near), await heard(around), await heard(far)) == (["Air mati malam ini"],) * 2 + ([],)
    assert await public(town, village) == await public(town, CITY) == await public(town) == ["Air mati malam ini"]
    assert await public(town, "13.76") == []


async def test_each_hears_it_in_their_language(town: Town):
    operator, english = await town.staff("operator"), await town.resident("en-GB")
    await listens(english, CITY)
    await operator.post("/v1/announcements", an_announcement(town, area=CITY))
    assert await heard(english) == ["No water tonight"]
    assert await public(town, CITY, headers={"accept-language": "en"}) == ["No water tonight"]


async def test_who_reported_there_hears_it_if_they_want(town: Town):
    operator, listener, silent = await town.staff("operator"), await town.resident(), await town.resident()
    for resident in (listener, silent):
        await resident.submits()
    await listens(listener, "reported")
    assert (await listener.get("/v1/me/areas")).json() == {"areas": [], "reported": True, "named": []}
    await operator.post("/v1/announcements", an_announcement(town, area=CITY))
    assert (len(await heard(listener)), len(await heard(silent))) == (1, 0)


async def test_many_are_told_when_a_second_person_agrees(town: Town):
    author, second = await town.staff("operator"), await town.staff("operator")
    resident = await town.resident()
    await listens(resident, CITY)
    urgent = an_announcement(town, area=CITY, urgent=True)
    waiting = (await author.post("/v1/announcements", urgent)).json()
    assert (waiting["state"], await heard(resident), await public(town)) == ("waiting", [], [])
    path = f"/v1/announcements/{urgent['id']}/approve"
    own = await author.post(path, {})
    assert (own.status_code, own.json()["type"]) == (403, "/problems/announcement-own")
    assert (await second.post(path, {})).json()["state"] == "public"
    assert len(await heard(resident)) == 1
    again = await second.post(path, {})
    assert (again.status_code, again.json()["state"]) == (409, "public")


async def test_more_listeners_than_the_limit_need_a_second_person(town: Town):
    town.app.state.settings = read_settings({"DATABASE_URL": "unused", "ANNOUNCEMENT_ALONE_UP_TO": "1"})
    operator = await town.staff("operator")
    for _ in range(2):
        await listens(await town.resident(), CITY)
    assert (await operator.post("/v1/announcements", an_announcement(town, area=CITY))).json()["state"] == "waiting"


async def test_to_a_large_audience_it_is_a_fan_out(town: Town):
    operator = await town.staff("operator")
    await DB.fetch(
        "WITH people AS (INSERT INTO account (uid, language, created_at)"
        " SELECT gen_random_uuid(), 'id', $1 FROM generate_series(1, 120) RETURNING id)"
        " INSERT INTO area_subscription SELECT id, $2, $1 FROM people",
        town.clock(),
        CITY,
    )
    said = an_announcement(town, area=CITY)
    assert (await operator.post("/v1/announcements", said)).json()["told"] == 0
    await fanout.expand(town.clock(), 50)
    [shown] = (await operator.get("/v1/announcements")).json()
    assert (shown["audience"], shown["told"]) == (120, 50)
    await operator.post(f"/v1/announcements/{said['id']}/withdraw", {})
    assert await fanout.expand(town.clock(), 50) == 0


async def test_what_is_withdrawn_is_public_no_more(town: Town):
    operator, other = await town.staff("operator"), await town.staff("operator")
    said = an_announcement(town, area=CITY)
    await operator.post("/v1/announcements", said)
    for _ in range(2):
        answer = await other.post(f"/v1/announcements/{said['id']}/withdraw", {})
        assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    assert await public(town) == []


async def test_what_is_withdrawn_is_gone_from_the_inbox(town: Town):
    operator, resident = await town.staff("operator"), await town.resident()
    await listens(resident, CITY)
    said = an_announcement(town, area=CITY)
    assert (await operator.post("/v1/announcements", said)).status_code == 201
    assert len(await heard(resident)) == 1
    await operator.post(f"/v1/announcements/{said['id']}/withdraw", {})
    inbox = (await resident.get("/v1/inbox")).json()
    assert (inbox["messages"], inbox["unread"]) == ([], 0)


async def test_its_time_ends(town: Town):
    operator = await town.staff("operator")
    await operator.post("/v1/announcements", an_announcement(town))
    town.clock.passes(days=1)
    assert await public(town) == []


async def test_the_same_again_is_the_same_and_another_under_its_id_is_refused(town: Town):
    operator, resident = await town.staff("operator"), await town.resident()
    await listens(resident, CITY)
    said = an_announcement(town)
    assert [(await operator.post("/v1/announcements", said)).status_code for _ in range(2)] == [201, 200]
    assert len(await heard(resident)) == 1
    other = await operator.post("/v1/announcements", said | {"title": "Lain"})
    assert (other.status_code, other.json()["type"]) == (409, "/problems/announcement-differs")


@pytest.mark.parametrize("role", ["officer", "coordinator", "area_head", "auditor", "admin"])
async def test_only_an_operator_announces(town: Town, role: Any):
    person = await town.staff(role)
    assert (await person.post("/v1/announcements", an_announcement(town))).status_code == 403


async def test_a_resident_sees_neither_the_list_nor_one_that_waits(town: Town):
    operator, resident = await town.staff("operator"), await town.resident()
    said = an_announcement(town, urgent=True)
    await operator.post("/v1/announcements", said)
    assert (await resident.get("/v1/announcements")).status_code == 403
    assert (await resident.post(f"/v1/announcements/{said['id']}/approve", {})).status_code == 404
    assert (await town.stranger.get("/v1/announcements")).status_code == 401


async def test_an_auditor_reads_and_releases_nothing(town: Town):
    operator, auditor = await town.staff("operator"), await town.staff("auditor")
    said = an_announcement(town, urgent=True)
    await operator.post("/v1/announcements", said)
    assert len((await auditor.get("/v1/announcements")).json()) == 1
    assert (await auditor.post(f"/v1/announcements/{said['id']}/approve", {})).status_code == 403


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"area": "32.76.99"}, "area"),
        ({"title": " \n"}, "title"),
        ({"title": "x" * 81}, "title"),
        ({"body": "x" * 401}, "body"),
        ({"body": "a\0b"}, "body"),
        ({"valid_until": "2020-01-01T00:00:00Z"}, "valid_until"),
        ({"valid_until": "2030-01-01T00:00:00Z"}, "valid_until"),
    ],
)
async def test_what_cannot_be_announced_is_refused_with_its_field(town: Town, fields: dict[str, Any], field: str):
    answer = await (await town.staff("operator")).post("/v1/announcements", an_announcement(town, **fields))
    assert answer.status_code == 422, answer.text
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]


async def test_areas_are_known_ones_and_not_too_many(town: Town):
    resident = await town.resident()
    assert (await resident.put("/v1/me/areas/32.76.99", {})).status_code == 422
    await listens(resident, CITY)
    await listens(resident, CITY)
    assert [area["name"] for area in (await resident.get("/v1/me/areas")).json()["named"]] == ["Kota Depok"]
    assert (await resident.ask("DELETE", f"/v1/me/areas/{CITY}")).status_code == 204
    assert (await resident.get("/v1/me/areas")).json() == {"areas": [], "reported": False, "named": []}


async def test_the_phone_rings_at_night_only_for_what_is_urgent(town: Town):
    for is_urgent in (False, True):
        said = Notification(
            mid=uuid7(),
            recipient=1,
            subject=uuid7(),
            rev=1,
            kind="announcement",
            params={"title": "Banjir", "body": "Naik ke atas", "urgent": is_urgent, "language": "id"},
            created_at=town.clock(),
            valid_until=town.clock(),
        )
        text = render(said)
        assert (text.title, text.body, text.is_urgent) == ("Banjir", "Naik ke atas", is_urgent)
