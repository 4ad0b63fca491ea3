"""A city's whole configuration as a file: read, changed, given to the next city."""

import os
from pathlib import Path

import msgspec
import pytest

import geo.areas
from api.cities.configuration import Configuration, read_configuration, read_toml, write_toml
from api.cities.copying import copied
from api.cities.importing import differences, find_city, import_configuration
from api.cities.ledger import Author
from api.cities.onboarding import add_city, template_of
from api.errors import FieldRefused
from api.piccolo_conf import DB
from tests.cities.test_commands import city_command
from tests.geo.factories import a_city_of_squares
from tests.journeys.conftest import town
from tests.people import NOON, Town

__all__ = ["town"]
AUTHOR = Author(None, NOON)


async def configuration(code: str = "32.76") -> Configuration:
    city = await find_city(code)
    assert city is not None
    return await read_configuration(city, NOON)


async def test_what_is_written_is_read_again_and_changes_nothing(town: Town):
    admin = await town.staff("admin")
    await admin.put("/v1/cities/32.76/holidays/2026-04-27", {"name": 'Hari "Jadi"\nDepok', "source": "SK"})
    promise = {"clock": "resolve", "days": 6, "category": "jalan-rusak"}
    policy = {"city": "32.76", "name": "v1", "source": "Perwal", "promises": [promise]}
    assert (await admin.post("/v1/policies", policy)).status_code == 201
    before = await configuration()
    assert read_toml(write_toml(before)) == before
    assert differences(before, before) == []
    assert await import_configuration(before, AUTHOR) == []


async def test_the_file_is_for_those_who_may_see_it(town: Town):
    auditor = await town.staff("auditor")
    answer = await auditor.get("/v1/cities/32.76/configuration")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/toml")
    assert read_toml(answer.text) == await configuration()
    assert '[[agency]]\nkey = "setda"\nname = "Sekretariat Daerah"\n' in answer.text
    assert (await (await town.resident()).get("/v1/cities/32.76/configuration")).status_code == 403


async def test_a_city_is_brought_to_the_file_and_every_change_is_in_the_ledger(town: Town):
    before = await configuration()
    roads = next(agency for agency in before.agency if agency.key == "dpupr")
    new = msgspec.structs.replace(roads, key="dinas-baru", name="Dinas Baru")
    unit = msgspec.structs.replace(roads, key="bidang-baru", name="Bidang Baru", kind="unit", parent="dinas-baru")
    wanted = msgspec.structs.replace(
        before,
        city=msgspec.structs.replace(before.city, office_closes="15:30"),
        agency=(unit, *(a for a in before.agency if a.key not in ("dpupr", "dkum")), roads, new),
        category=tuple(c for c in before.category if c.key != "coretan"),
        rule=tuple(
            msgspec.structs.replace(rule, agency="bidang-baru") if rule.category == "jalan-rusak" else rule
            for rule in before.rule
            if "coretan" not in rule.key and rule.agency != "dkum"
        ),
    )
    made = await import_configuration(wanted, AUTHOR)
    assert differences(await configuration(), wanted) == []
    told = [str(one) for one in made]
    assert "~ city 32.76: office_closes: '16:00' -> '15:30'" in told
    assert told.index("+ agency dinas-baru") < told.index("+ agency bidang-baru")
    assert {"- category coretan", "- agency dkum"} <= set(told)
    assert len(await DB.fetch("SELECT FROM city_change")) == len(made)


async def test_a_file_that_cannot_be_changes_nothing(town: Town):
    before = await configuration()
    lost = msgspec.structs.replace(before.agency[0], key="hilang", parent="tidak-ada")
    first = msgspec.structs.replace(before.agency[0], name="Nama lain")
    with pytest.raises(FieldRefused):
        await import_configuration(msgspec.structs.replace(before, agency=(first, *before.agency[1:], lost)), AUTHOR)
    assert await configuration() == before


async def test_the_next_city_copies_it_with_its_own_districts():
    await a_city_of_squares()
    await a_city_of_squares("32.71", name="Kota Bogor", lat=-6.60)
    await add_city("32.76", NOON, areas=geo.areas)
    copy = copied(await configuration(), await template_of("32.71", geo.areas))
    wanted = copy.configuration
    await import_configuration(wanted, AUTHOR)
    assert differences(await configuration("32.71"), wanted) == []
    assert "agency wilayah-32.76.01: Kecamatan Pancoran Mas" in copy.left_out
    assert "rule jalan-rusak @ 32.76.01 to uptd-jalan-1" in copy.left_out
    names = {agency.key: agency.name for agency in wanted.agency}
    assert "Bogor" in names["polres"]
    assert {key for key in names if key.startswith("wilayah-")} == {"wilayah-32.71.01", "wilayah-32.71.02"}
    assert not [rule for rule in wanted.rule if (rule.area or "").startswith("32.76")]


async def test_the_command_writes_shows_and_copies(tmp_path: Path):
    await a_city_of_squares()
    await a_city_of_squares("32.71", name="Kota Bogor", lat=-6.60)
    await city_command("add", "32.76")
    code, written = await city_command("export", "32.76")
    assert code == 0
    file = tmp_path / "depok.toml"
    file.write_text(written.replace('name = "Kota Depok"', 'name = "Kota Depok Raya"', 1), encoding="utf-8")
    code, said = await city_command("import", str(file), "--dry-run")
    assert (code, said) == (
        0,
        "~ city 32.76: name: 'Kota Depok' -> 'Kota Depok Raya'\n1 differences; nothing was changed.\n",
    )
    code, said = await city_command("import", str(file), "--as", "32.71")
    assert code == 0, said
    assert "left out: agency wilayah-32.76.01" in said
    assert await find_city("32.71") is not None
    file.write_text("format = 9\n")
    code, said = await city_command("import", str(file))
    assert (code, "The file cannot be read" in said) == (1, True)
    assert os.environ["DATABASE_URL"] not in said
