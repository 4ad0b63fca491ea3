"""Who floods is slowed down, and nobody else."""

from uuid import UUID

from uuid_utils.compat import uuid7

from api.accounts import phones
from api.piccolo_conf import DB
from tests.people import Person, Town, a_report
from tests.rights.test_erasure import NUMBER, number_of


async def sends(person: Person, count: int) -> list[int]:
    answers = [await person.put(f"/v1/reports/{uuid7()}", a_report()) for _ in range(count)]
    return [answer.status_code for answer in answers]


async def test_a_flood_of_one_device_is_limited_and_another_behind_the_same_network_is_not(town: Town):
    loud, quiet = await town.resident(), await town.resident()
    assert await sends(loud, 11) == [201] * 10 + [429]
    assert await sends(quiet, 1) == [201]

    refused = await loud.put(f"/v1/reports/{uuid7()}", a_report())
    assert (refused.json()["limit"], refused.headers["retry-after"]) == (10, "3600")
    assert "112" in refused.json()["detail"]


async def test_an_hour_later_there_is_room_again_and_a_day_has_its_own_end(town: Town):
    loud = await town.resident()
    said = []
    for _ in range(4):
        said += await sends(loud, 10)
        await town.passes(loud, hours=1, minutes=1)
    assert said == [201] * 30 + [429] * 10


async def test_the_same_report_again_is_no_second_one(town: Town):
    warga = await town.resident()
    assert await sends(warga, 9) == [201] * 9
    report, body = uuid7(), a_report()
    assert (await warga.put(f"/v1/reports/{report}", body)).status_code == 201
    assert (await warga.put(f"/v1/reports/{report}", body)).status_code == 200


async def test_a_refused_report_leaves_nothing(town: Town):
    loud = await town.resident()
    await sends(loud, 12)
    counts = await DB.fetch("SELECT (SELECT count(*) FROM report), (SELECT count(*) FROM notification)")
    assert tuple(counts[0]) == (10, 10)


async def test_a_linked_phone_may_more_and_each_of_its_devices_a_part_of_it(town: Town):
    warga = await town.resident()
    await phones.link(await number_of(warga), NUMBER, town.app.state.seals, town.clock())
    assert await sends(warga, 21) == [201] * 20 + [429]
    other = Person(warga.http, uid=warga.uid)
    await town.passes(other)  # signs in on a second device
    assert await sends(other, 11) == [201] * 10 + [429]


async def test_trust_grows_with_reports_that_were_settled_and_shrinks_with_spam(town: Town):
    warga, operator = await town.resident(), await town.staff("operator")
    number = await number_of(warga)
    first, second = (await warga.submits())["id"], (await warga.submits(category="lainnya"))["id"]
    await DB.fetch("UPDATE report SET state = 'resolved' WHERE client_id = $1", UUID(first))
    assert (await warga.says(first, "confirm", 2, rating=5)).status_code == 201
    trust = "SELECT trust FROM account WHERE id = $1"
    assert (await DB.fetch(trust, number))[0][0] == 1
    assert (await operator.steps(second, "rejected", 1, reason="spam: iklan")).status_code == 201
    assert (await DB.fetch(trust, number))[0][0] == -4
    assert await sends(warga, 1) == [429]


async def test_comments_have_their_measure_too(town: Town):
    warga, tetangga = await town.resident(), await town.resident()
    report = (await warga.submits())["id"]
    said = [(await tetangga.says(report, "comment", 1, note=f"Benar {n}")).status_code for n in range(11)]
    assert said == [201] * 10 + [429]
    assert (await warga.says(report, "comment", 1, note="Terima kasih")).status_code == 201


async def test_staff_who_write_for_others_have_none(town: Town):
    assert await sends(await town.staff("operator"), 12) == [201] * 12
