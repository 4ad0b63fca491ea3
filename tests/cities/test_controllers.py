"""What a phone asks before it reports."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar, Request, Response
from litestar.datastructures import State

from api.cities.book import CityBook, UnknownCity
from api.cities.controllers import ClientTerms, cities_controllers
from api.cities.onboarding import add_city
from api.piccolo_conf import DB
from tests.cities.test_onboarding import NOWHERE

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def refused(_request: Request[None, None, State], error: UnknownCity) -> Response[dict[str, str]]:
    return Response({"code": error.code}, status_code=422)


@pytest.fixture
async def phone() -> AsyncIterator[AsyncClient]:
    await add_city("32.76", NOW, areas=NOWHERE)
    state = State({"cities": CityBook(DB), "client_terms": ClientTerms("1.2.0", {"text_characters": 4000})})
    state.clock = lambda: NOW
    app = Litestar(cities_controllers, state=state, exception_handlers={UnknownCity: refused})
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        yield client


async def test_the_categories_of_a_city_come_in_groups_with_questions_and_a_promise(phone: AsyncClient):
    answer = (await phone.get("/v1/categories", params={"city": "32.76"})).json()

    shown = {category["key"]: category for category in answer["categories"]}
    assert answer["city"]["name"] == "Kota Depok"
    assert answer["groups"][0] == {"key": "jalan", "name": "Jalan, jembatan, dan trotoar"}
    assert shown["jalan-rusak"] == {
        "key": "jalan-rusak",
        "name": "Jalan rusak atau berlubang",
        "group": "jalan",
        "emergency": False,
        "needs_evidence": True,
        "private_place": False,
        "default_visibility": "public",
        "questions": shown["jalan-rusak"]["questions"],
        "promise": "Diverifikasi dalam 3 hari kerja, selesai dalam 14 hari kerja setelah terverifikasi.",
    }
    assert shown["jalan-rusak"]["questions"][1] == {
        "key": "lalu-lintas",
        "text": "Apakah membahayakan pengendara?",
        "kind": "yes_no",
        "choices": [],
    }


async def test_an_english_phone_reads_english(phone: AsyncClient):
    response = await phone.get("/v1/categories", params={"city": "32.76"}, headers={"Accept-Language": "en-GB,en"})

    shown = {category["key"]: category for category in response.json()["categories"]}
    assert response.headers["content-language"] == "en"
    assert shown["korupsi"]["name"] == "Suspected corruption"
    assert shown["korupsi"]["promise"].endswith("done within 60 working days after that.")
    assert shown["jalan-rusak"]["questions"][0]["choices"][0]["name"] == "Less than 30 cm"


async def test_an_emergency_points_to_the_call_centre(phone: AsyncClient):
    answer = (await phone.get("/v1/categories", params={"city": "32.76"})).json()

    fire = next(category for category in answer["categories"] if category["key"] == "kebakaran")
    assert fire["emergency"]
    assert fire["promise"].startswith("Keadaan darurat: hubungi 112 sekarang.")


async def test_a_village_code_names_its_city_too(phone: AsyncClient):
    answer = await phone.get("/v1/categories", params={"city": "32.76.01.1001"})

    assert answer.json()["city"]["code"] == "32.76"


async def test_an_unknown_city_is_refused_by_name(phone: AsyncClient):
    answer = await phone.get("/v1/categories", params={"city": "99.99"})

    assert (answer.status_code, answer.json()) == (422, {"code": "99.99"})


async def test_the_config_lists_the_cities_and_the_limits(phone: AsyncClient):
    answer = (await phone.get("/v1/config")).json()

    assert answer["minimum_app_version"] == "1.2.0"
    assert answer["limits"] == {"text_characters": 4000}
    assert answer["cities"] == [
        {
            "code": "32.76",
            "name": "Kota Depok",
            "timezone": "Asia/Jakarta",
            "call_centre": "112",
            "regencies": ["32.76"],
        }
    ]


async def test_the_config_carries_the_words_of_the_states(phone: AsyncClient):
    answer = (await phone.get("/v1/config", headers={"Accept-Language": "id"})).json()

    assert answer["texts"]["state.in_progress"].lower() == "diproses"


@pytest.mark.parametrize("path", ["/v1/categories?city=32.76", "/v1/config"])
async def test_what_has_not_changed_is_not_sent_again(phone: AsyncClient, path: str):
    first = await phone.get(path)

    again = await phone.get(path, headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


async def test_another_language_is_another_answer(phone: AsyncClient):
    indonesian = await phone.get("/v1/config")

    english = await phone.get(
        "/v1/config", headers={"If-None-Match": indonesian.headers["etag"], "Accept-Language": "en"}
    )

    assert english.status_code == 200
    assert english.headers["vary"] == "Accept-Language"


async def test_the_answers_are_described_in_the_openapi_document(phone: AsyncClient):
    paths = (await phone.get("/schema/openapi.json")).json()["paths"]

    for path, name in (("/v1/config", "Config"), ("/v1/categories", "Categories")):
        schema = paths[path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert schema == {"$ref": f"#/components/schemas/{name}"}
