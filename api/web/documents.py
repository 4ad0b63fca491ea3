"""Documents from the templates: every value escaped, every text from the catalogue."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request

from api.catalogue import Language, entries, language_of, text
from api.web.files import ROOM, ServedFile, import_map, modules_of, serve_as, versioned

DOCUMENT = "text/html"
ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
# What the modules say themselves: the texts whose keys begin so go with the map page.
SPOKEN_BY_SCRIPTS = (
    *("basemap_", "close_", "copy_", "link_", "legend_", "list_", "loading_", "map_zoom_"),
    *("open_", "photo_", "report_", "server_", "share_", "try_", "view_"),
)

# Modules of the map page that come when the reader asks for a report, the list, or a nearer look.
ASKED_LATER = ("/static/list.js", "/static/names.js", "/static/sheet.js")

ENVIRONMENT = Environment(
    loader=FileSystemLoader(ROOM / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def document(request: Request[Any, Any, Any], template: str, **values: object) -> ServedFile:
    language = language_of(request)
    asked = request.query_params.get("lang", "")
    body = ENVIRONMENT.get_template(template).render(
        language=language,
        asked_language=language if asked else "",
        here=lambda address: f"{address}?lang={language}" if asked else address,
        t=lambda key, **filled: text(key, language, **filled),
        written=lambda at, zone: written(at, zone, language),
        versioned=versioned,
        **values,
    )
    return serve_as(body.encode(), DOCUMENT)


def for_scripts(language: Language) -> dict[str, object]:
    """What the map page hands to its modules."""
    return {
        "import_map": import_map(),
        "modules": [address for address in modules_of(("",)) if address not in ASKED_LATER],
        "words": words_by_prefix(SPOKEN_BY_SCRIPTS, language),
    }


def words_by_prefix(prefixes: tuple[str, ...], language: Language) -> dict[str, str]:
    return {key: words[language] for key, words in entries().items() if key.startswith(prefixes)}


def written(at: datetime, zone: str, language: Language) -> str:
    """In the city's own time: 22 November 2026 pukul 09.05 WIB."""
    local = at.astimezone(ZoneInfo(zone))
    return text(
        "date_and_time",
        language,
        day=local.day,
        month=text("months", language).split()[local.month - 1],
        year=local.year,
        hour=local.hour,
        minute=local.minute,
        zone=ZONE_NAMES.get(zone, f"{local:%Z}"),
    )
