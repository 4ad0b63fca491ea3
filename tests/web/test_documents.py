from datetime import UTC, datetime

import pytest

from api.catalogue import Language
from api.web.documents import written

AT = datetime(2026, 11, 22, 17, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "language", "words"),
    [
        ("Asia/Jakarta", "id", "23 November 2026 pukul 00.05 WIB"),
        ("Asia/Pontianak", "id", "23 November 2026 pukul 00.05 WIB"),
        ("Asia/Makassar", "id", "23 November 2026 pukul 01.05 WITA"),
        ("Asia/Jayapura", "en", "23 November 2026, 02:05 WIT"),
    ],
)
def test_a_time_is_written_in_the_city_s_own_zone(zone: str, language: Language, words: str) -> None:
    assert written(AT, zone, language) == words
