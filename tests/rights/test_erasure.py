"""Somebody leaves: nothing that leads to them stays, what the city was told does."""

from uuid import UUID, uuid4

import pytest

from api.accounts import phones
from api.accounts.tables import Account
from api.piccolo_conf import DB
from api.reports.audit import verify
from api.rights import erasure
from tests.people import Person, Town

NUMBER = "+6281311112222"
DEVICE = "HP uji"
RESTRICTED = "Tetangga saya di nomor tujuh membakar sampah tiap malam."
PUBLIC = "Lampu jalan mati di depan masjid raya."

COLUMNS = """
SELECT c.relname AS table, a.attname AS column FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    AND c.relname NOT IN ('spatial_ref_sys', 'migration')
"""
# Where the number of an account may still stand: a chained event, what it wrote, and its own empty row.
NUMBERS_STAY = {
    *(("account", "id"), ("erasure", "account"), ("report", "account"), ("report_event", "actor")),
    *(("report_photo", "account"), ("photo", "owner")),
}


async def number_of(person: Person) -> int:
    account = await Account.objects().get(Account.uid == UUID(person.uid))
    assert account is not None
    return account.id


async def places_of(words: str) -> set[tuple[str, str]]:
    """Every column of every table in which the words stand, as part of a text or in binary."""
    found = set()
    for table, column in await DB.fetch(COLUMNS):
        sql = f'SELECT FROM "{table}" AS t WHERE strpos(t."{column}"::text, $1) > 0 LIMIT 1'
        if await DB.fetch(sql, words):
            found.add((table, column))
    return found


async def columns_with(number: int) -> set[tuple[str, str]]:
    """Columns whose name speaks of a person, and that hold this number."""
    people = ("account", "actor", "recipient", "owner", "id", "written_by", "officer", "made_by")
    found = set()
    for table, column in await DB.fetch(COLUMNS):
        sql = f'SELECT FROM "{table}" AS t WHERE t."{column}"::text = $1 LIMIT 1'
        is_key = column == "id" and table != "account"
        if column in people and not is_key and await DB.fetch(sql, str(number)):
            found.add((table, column))
    return found


async def a_full_life(town: Town, warga: Person) -> tuple[str, str]:
    """With a phone, a device, an area, reports public and restricted, a support and a comment."""
    tetangga = await town.resident()
    theirs = (await tetangga.submits(text="Pohon tumbang"))["id"]
    public = (await warga.submits(text=PUBLIC))["id"]
    restricted = (await warga.submits(text=RESTRICTED, visibility="restricted", address="Jalan Melati 7"))["id"]
    await warga.says(theirs, "support", 1)
    await warga.says(theirs, "comment", 1, note="Saya lewat sini tiap hari jam enam.")
    token = {"kind": "fcm", "address": "alamat-telepon-warga"}
    assert (await warga.put(f"/v1/phones/{uuid4()}", token)).status_code < 300
    await phones.link(await number_of(warga), NUMBER, town.app.state.seals, town.clock())
    return public, restricted


async def leaves(person: Person, **wish: bool) -> int:
    return (await person.ask("DELETE", "/v1/me", json={"confirm": True, **wish})).status_code


async def test_nothing_of_a_resident_who_left_is_found_in_any_table(town: Town):
    warga = await town.resident()
    number = await number_of(warga)
    await a_full_life(town, warga)
    lookup = town.app.state.seals.keyed_hash(NUMBER).hex()
    assert await places_of(lookup)
    assert await places_of(RESTRICTED)

    assert await leaves(warga) == 204

    marks = (warga.uid, lookup, "alamat-telepon-warga", RESTRICTED, "Jalan Melati 7", "jam enam", NUMBER)
    assert {mark: await places_of(mark) for mark in marks} == {mark: set() for mark in marks}
    assert await columns_with(number) <= NUMBERS_STAY
    assert (await warga.get("/v1/me")).status_code == 401


async def test_the_public_report_stays_and_the_chain_holds(town: Town):
    warga, operator = await town.resident(), await town.staff("operator")
    public, restricted = await a_full_life(town, warga)

    assert await leaves(warga) == 204

    seen = (await operator.get(f"/v1/reports/{public}")).json()
    assert (seen["text"], seen["anonymous"]) == (PUBLIC, True)
    hidden = (await operator.get(f"/v1/reports/{restricted}")).json()
    assert (hidden["text"], hidden["address"]) == ("[disunting pelapor]", "")
    assert hidden["position"] == {"lat": -6.4, "lon": 106.79, "accuracy_m": None}
    assert (await verify()).broken == []


async def test_who_asks_for_it_takes_the_public_words_along(town: Town):
    warga, operator = await town.resident(), await town.staff("operator")
    public, _ = await a_full_life(town, warga)

    assert await leaves(warga, redact_reports=True) == 204

    assert await places_of(PUBLIC) == set()
    assert (await operator.get(f"/v1/reports/{public}")).json()["text"] == "[disunting pelapor]"
    assert (await verify()).broken == []


async def test_a_support_is_counted_no_more(town: Town):
    warga = await town.resident()
    await a_full_life(town, warga)
    await leaves(warga)
    assert [row["supports"] for row in await DB.fetch("SELECT supports FROM report ORDER BY id")] == [0, 0, 0]


async def test_nobody_is_told_any_more(town: Town):
    warga, operator = await town.resident(), await town.staff("operator")
    public, _ = await a_full_life(town, warga)
    await leaves(warga)
    version = (await operator.get(f"/v1/reports/{public}")).json()["version"]
    step = await operator.steps(public, "rejected", version, reason="Bukan kewenangan kota")
    assert step.status_code in (201, 409)
    assert await DB.fetch("SELECT FROM notification WHERE subject = $1", UUID(public)) == []


async def test_whoever_was_killed_between_two_reports_goes_on(town: Town):
    warga = await town.resident()
    await a_full_life(town, warga)
    number = await number_of(warga)
    await erasure.begin(number, town.clock(), redact_reports=True)
    # one report is done; then nothing more happens until a worker looks
    assert await erasure.go_on(number, town.app.state.cities, town.clock(), at_once=1)
    assert await DB.fetch("SELECT FROM report_forgotten") != []
    assert await places_of(RESTRICTED) or await places_of(PUBLIC)

    while await erasure.erase_rest(town.app.state.cities, town.clock()):
        pass

    assert (await places_of(RESTRICTED), await places_of(PUBLIC)) == (set(), set())
    finished = await DB.fetch("SELECT finished_at FROM erasure")
    assert [row["finished_at"] for row in finished] == [town.clock()]
    assert (await verify()).broken == []


async def test_erasing_again_changes_nothing(town: Town):
    warga = await town.resident()
    await a_full_life(town, warga)
    number = await number_of(warga)
    await leaves(warga)
    before = await DB.fetch("SELECT last_hash, text FROM report ORDER BY id")
    await erasure.erase_late(town.app.state.cities, town.clock())
    assert await DB.fetch("SELECT last_hash, text FROM report ORDER BY id") == before
    assert await columns_with(number) <= NUMBERS_STAY


async def test_what_was_on_its_way_is_erased_too(town: Town):
    warga = await town.resident()
    number = await number_of(warga)
    await erasure.begin(number, town.clock(), redact_reports=False)
    await DB.fetch("INSERT INTO area_subscription VALUES ($1, '32.76', $2)", number, town.clock())
    await erasure.erase_late(town.app.state.cities, town.clock())
    assert await DB.fetch("SELECT FROM area_subscription") == []


async def test_without_a_confirmation_nothing_happens(town: Town):
    warga = await town.resident()
    answer = await warga.ask("DELETE", "/v1/me", json={})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "confirm")
    assert (await warga.get("/v1/me")).status_code == 200


@pytest.mark.parametrize("role", ["officer", "operator", "admin"])
async def test_staff_do_not_erase_themselves(town: Town, role: str):
    petugas = await town.staff(role)  # type: ignore[arg-type]  # a role, from the list above
    assert await leaves(petugas) == 403
    assert (await petugas.get("/v1/me")).status_code == 200


async def test_an_admin_erases_staff_of_the_city_and_an_operator_does_not(town: Town):
    admin, operator, officer = [await town.staff(role) for role in ("admin", "operator", "officer")]
    path, wish = f"/v1/accounts/staff/{officer.uid}", {"confirm": True}
    assert (await operator.ask("DELETE", path, json=wish)).status_code == 403
    assert (await admin.ask("DELETE", path, json=wish)).status_code == 204
    assert (await officer.get("/v1/me")).status_code == 401
    assert await places_of(officer.uid) == set()


async def test_a_photo_that_the_public_could_not_see_is_gone_with_what_it_said(town: Town):
    warga, operator = await town.resident(), await town.staff("operator")
    photo = {"id": str(uuid4()), "size": 1000, "type": "image/jpeg", "sha256": "ab" * 32}
    report = (await warga.submits(text=RESTRICTED, visibility="restricted", photos=[photo]))["id"]
    assert await places_of("ab" * 32)

    assert await leaves(warga) == 204

    [shown] = (await operator.get(f"/v1/reports/{report}")).json()["photos"]
    assert (shown["state"], shown["words"]) == ("swept", "Foto dihapus bersama akun pengirimnya.")
    assert await places_of("ab" * 32) == set()
