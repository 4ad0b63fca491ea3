"""What staff find: by the words of a report, several states at once, the longest waiting first."""

from datetime import UTC, datetime

import pytest

from api.piccolo_conf import DB
from api.reports import search, status
from tests.people import Town
from tests.plans import indexes_of

NOW = datetime(2026, 11, 23, tzinfo=UTC)
FILTERS = ([1], [7], ["32.76.01%"], 0, ["submitted"], None, None, False, NOW, False, None, 51)


@pytest.mark.parametrize("q", ["lubang", "lubangnya", "pasar lubang", "LUBA", "Kenanga", "kenanga jalan"])
async def test_a_word_is_found_in_any_of_its_forms_in_text_and_address(town: Town, q: str):
    await (await town.resident()).submits(address="Gang Kenanga 3")
    found = await (await town.staff("operator")).get("/v1/reports", params={"q": q})
    assert len(found.json()["reports"]) == 1


@pytest.mark.parametrize("q", ["mawar", "pasar mawar", "&", "!", "pasar:*|", "()", "kenan kosong"])
async def test_other_words_find_nothing_and_break_nothing(town: Town, q: str):
    await (await town.resident()).submits(address="Gang Kenanga 3")
    found = await (await town.staff("operator")).get("/v1/reports", params={"q": q})
    assert found.status_code == 200
    assert len(found.json()["reports"]) == (q == "pasar:*|")


async def test_the_longest_waiting_comes_first_and_what_is_over_is_left_out(town: Town):
    resident, operator = await town.resident(), await town.staff("operator")
    first, second, third = [await resident.submits(text=f"Lubang {n}") for n in range(3)]
    await resident.says(first["id"], "withdraw", first["version"])
    path = "/v1/reports?state=dispatched,submitted&order=oldest"
    found = (await operator.get(path)).json()["reports"]
    assert [report["id"] for report in found][-2:] == [second["id"], third["id"]]
    words = (await operator.get(f"{path}&q=lubang")).json()["reports"]
    assert words == found


async def test_an_unknown_state_is_refused(town: Town):
    answer = await (await town.staff("operator")).get("/v1/reports?state=submitted,lost")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "state")


async def test_the_searches_read_by_their_indexes():
    assert "report_words" in await indexes_of(search.NEWEST_FOUND, *FILTERS, "lubang", "")
    assert "report_words" in await indexes_of(search.OLDEST_FOUND, *FILTERS, "lubang", "")
    await DB.fetch("ANALYZE report")
    assert "report_open" in await indexes_of(search.OLDEST, *FILTERS)


def test_what_waits_means_the_closed_states_of_the_table():
    for state in status.CLOSED:
        assert f"'{state}'" in search.OLDEST
