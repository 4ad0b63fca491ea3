"""The pages of the open data: `/statistik` (tables first, one chart) and `/data` (the dictionary)."""

from datetime import date, datetime
from typing import Any

from litestar import Request, Response, route
from litestar.params import FromQuery

from api.catalogue import Language, language_of, text
from api.cities.book import City
from api.clock import clock_of
from api.public.dictionary import dictionary
from api.public.statistics.reading import Asked, By, read_statistics
from api.web.answers import ASK_AGAIN, answer, content_security_policy
from api.web.documents import document
from api.web.files import READ, ServedFile, import_map

MONTHS = (3, 12, 36, 120)
USUAL_MONTHS = 12
CITY_TABLES: tuple[By, ...] = ("month", "agency", "category", "village")
ALL_TABLES: tuple[By, ...] = ("month", "city")
CHART_IMPORTS = (("statistik",), ("uplot",))


@route("/statistik", http_method=READ, include_in_schema=False)
async def statistics_page(
    request: Request[Any, Any, Any], city: FromQuery[str] = "", bulan: FromQuery[str] = ""
) -> Response[bytes]:
    """Works without JavaScript; with it, the months are drawn."""
    cities: tuple[City, ...] = tuple(await request.app.state.cities.cities())
    chosen = next((one for one in cities if one.code == city), cities[0] if len(cities) == 1 else None)
    months = int(bulan) if bulan in map(str, MONTHS) else USUAL_MONTHS
    language = language_of(request)
    last = clock_of(request)().date().replace(day=1)
    first = months_before(last, months - 1)
    asked = [
        Asked(cities=(chosen,) if chosen else cities, city=chosen, by=by, first=first, last=last, language=language)
        for by in (CITY_TABLES if chosen else ALL_TABLES)
    ]
    page = document(
        request,
        "statistics.html",
        cities=cities,
        chosen=chosen,
        months=months,
        choices=MONTHS,
        tables=[await read_statistics(each) for each in asked],
        import_map=import_map(*CHART_IMPORTS),
        duration=lambda hours: duration(hours, language),
        percent=lambda share: percent(share, language),
        whole=lambda number: whole(number, language),
        epoch=epoch,
    )
    return as_open_page(request, page, import_map(*CHART_IMPORTS))


def months_before(month: date, count: int) -> date:
    number = month.year * 12 + month.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)


@route("/data", http_method=READ, include_in_schema=False)
async def data_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    cities = tuple(await request.app.state.cities.cities())
    described = dictionary(cities, language_of(request))
    return as_open_page(request, document(request, "data.html", dictionary=described))


def as_open_page(request: Request[Any, Any, Any], page: ServedFile, imports: str | None = None) -> Response[bytes]:
    headers = {
        "Cache-Control": ASK_AGAIN,
        "Content-Language": language_of(request),
        "Content-Security-Policy": content_security_policy("", imports),
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Vary": "Accept-Encoding, Accept-Language",
    }
    return answer(request, page, headers=headers)


def epoch(month: str) -> int:
    """The first second of 2026-11 in UTC, as charts count."""
    return int(datetime.strptime(f"{month}-01+0000", "%Y-%m-%d%z").timestamp())


def duration(hours: float | None, language: Language) -> str:
    """Hours up to two days, then days."""
    if hours is None:
        return "–"
    amount, key = (hours, "statistics_hours") if hours < 48 else (hours / 24, "statistics_days")
    return text(key, language, amount=decimal(f"{amount:.1f}", language))


def percent(share: float | None, language: Language) -> str:
    return "–" if share is None else decimal(f"{100 * share:.0f} %", language)


def whole(number: int | None, language: Language) -> str:
    return "–" if number is None else decimal(f"{number:,}", language)


def decimal(written: str, language: Language) -> str:
    """1,234.5 as people here write it: 1.234,5."""
    return written if language == "en" else written.translate(str.maketrans(",.", ".,"))


open_data_pages = [statistics_page, data_page]
