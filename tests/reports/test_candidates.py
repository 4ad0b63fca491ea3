"""Reports that may be about the same thing."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from api.piccolo_conf import DB
from api.reports.likeness import likeness, trigrams
from media.facts import Facts
from tests.people import NOON, Town
from tests.reports.steps import dispatched, puts


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ("Jalan berlubang", "jalan BERLUBANG!", 1, 1),
        ("Jalan berlubang di depan pasar", "Lubang di jalan depan pasar", 0.4, 0.9),
        ("Jalan berlubang", "Sampah menumpuk", 0, 0.1),
        ("", "Sampah", 0, 0),
    ],
)
def test_texts_are_alike_by_their_pieces(one: str, other: str, low: float, high: float):
    assert low <= likeness(trigrams(one), trigrams(other)) <= high


async def pictured(report: str, dhash: str) -> None:
    """With a photo of this hash, as the renderer leaves it."""
    facts = msgspec.json.encode(Facts(type="image/jpeg", width=10, height=10, dhash=dhash)).decode()
    await DB.fetch(
        "INSERT INTO report_photo (photo, report, account, purpose, position)"
        " SELECT gen_random_uuid(), id, account, 'report', 1 FROM report WHERE client_id = $1",
        report,
    )
    await DB.fetch(
        "INSERT INTO photo (id, owner, size, type, sha256, expected_at, key, state, facts)"
        " SELECT p.photo, p.account, 10, 'image/jpeg', sha256(p.photo::text::bytea), $2, p.photo::text,"
        " 'ready', $3::jsonb"
        " FROM report_photo AS p JOIN report AS r ON r.id = p.report WHERE r.client_id = $1",
        report,
        NOON,
        facts,
    )


async def candidates(town: Town, report: str) -> list[dict[str, Any]]:
    answer = await (await town.staff("operator")).get(f"/v1/reports/{report}/similar")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def test_the_most_alike_come_first(town: Town):
    own = await dispatched(town, text="Jalan berlubang di depan pasar Depok")
    near = await dispatched(town, text="Aspal rusak", lat=-6.4001)
    alike = await dispatched(town, text="Lubang jalan depan pasar Depok", lat=-6.4015)
    await dispatched(town, text="Jalan berlubang di depan pasar Depok", lat=-6.41)
    assert [found["id"] for found in await candidates(town, own)] == [alike, near]


async def test_the_same_picture_goes_before_all_words(town: Town):
    own, alike = await dispatched(town, text="Jalan rusak"), await dispatched(town, text="Jalan rusak")
    same = await dispatched(town, text="Tolong")
    await pictured(own, "00000000000000ff")
    await pictured(same, "00000000000000fe")
    await pictured(alike, "ffffffffffff0000")
    found = await candidates(town, own)
    assert [(each["id"], each["is_same_picture"]) for each in found] == [(same, True), (alike, False)]
    assert found[0]["picture_bits"] == 1


async def test_a_late_report_is_compared_by_when_it_happened(town: Town):
    own = await dispatched(town)
    late = await dispatched(town, occurred_at=(NOON - timedelta(days=100)).isoformat())
    done = await dispatched(town)
    merged = await dispatched(town)
    await puts(done, "closed")
    await puts(merged, "duplicate")
    assert [found["id"] for found in await candidates(town, own)] == [done]
    assert await candidates(town, late) == []


async def test_candidates_are_for_staff_who_may_read_them(town: Town):
    resident = await town.resident()
    own = (await resident.submits())["id"]
    await dispatched(town, visibility="secret")
    assert (await resident.get(f"/v1/reports/{own}/similar")).status_code == 404
    lurah = await town.staff("area_head", area="32.76")
    assert (await lurah.get(f"/v1/reports/{own}/similar")).json() == []
    assert len(await candidates(town, own)) == 1


async def test_before_a_second_report_is_written_the_words_rank_the_offers(town: Town):
    resident = await town.resident()
    await dispatched(town, text="Aspal rusak parah")
    alike = await dispatched(town, text="Lubang di depan pasar", lat=-6.401)
    path = "/v1/reports/similar?lat=-6.40&lon=106.79"
    by_words = (await resident.get(path, params={"lat": -6.40, "lon": 106.79, "text": "lubang depan pasar"})).json()
    assert by_words[0]["id"] == alike
    assert (await resident.get(path)).json()[0]["id"] != alike
