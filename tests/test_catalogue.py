"""Every text that people see: in both languages, asked for by a key that exists, and no text for nobody."""

import ast
import re
import string
from pathlib import Path
from typing import get_args

import pytest

from api.catalogue import entries, text
from api.cities.promises import Clock
from api.problems import BODY_FAULTS, HTTP_FAULTS, JSON_TYPES, PROBLEMS
from api.public.webhooks.delivering import DISABLED
from api.reports.escalation import KINDS, SEVERAL, WARNING
from api.reports.status import STATES, TRANSITIONS
from push import digest

# media/tables.py draws how they follow each other
PHOTO_STATES = ("expected", "uploading", "uploaded", "ready", "refused", "hidden", "swept")
ROOMS = [Path(room) for room in ("api", "geo", "media", "push")]
SOURCES = {
    path: path.read_text(encoding="utf-8")
    for room in ROOMS
    for path in room.rglob("*.py")
    if "node_modules" not in path.parts and "piccolo_migrations" not in path.parts
}
TEMPLATES = {path: path.read_text(encoding="utf-8") for path in Path("api/web/templates").rglob("*.html")}
MESSAGE = r"message\..+\.title$"
LITERALS = {
    node.value
    for source in SOURCES.values()
    for node in ast.walk(ast.parse(source))
    if isinstance(node, ast.Constant) and isinstance(node.value, str)
}


def placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


@pytest.mark.parametrize("key", sorted(entries()))
def test_an_entry_has_both_languages_with_the_same_gaps(key: str):
    words = entries()[key]
    assert set(words) == {"id", "en"}
    assert all(each.strip() == each != "" for each in words.values())
    assert placeholders(words["id"]) == placeholders(words["en"])


def test_an_unknown_key_is_a_fault_of_ours():
    with pytest.raises(KeyError):
        text("tidak-ada", "id")


def calls_of(name: str) -> list[ast.Call]:
    return [
        node
        for source in SOURCES.values()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == name
    ]


def literal(call: ast.Call, place: int) -> set[str]:
    """The argument at that place, when it stands there as a literal."""
    found = call.args[place] if len(call.args) > place else None
    return {found.value} if isinstance(found, ast.Constant) and isinstance(found.value, str) else set()


def asked_by_name() -> set[str]:
    """Keys that stand in a call of text(), of a refusal, or in a page."""
    in_code = [literal(call, 0) for call in calls_of("text") if len(call.args) > 1]
    refused = [literal(call, 1) for call in calls_of("FieldRefused")]
    in_pages = {key for page in TEMPLATES.values() for key in re.findall(r"""\bt\(["']([\w.-]+)["'][,)]""", page)}
    return in_pages.union(*in_code, *refused)


def prefixes_in_pages() -> set[str]:
    """`days_` of `t("days_" ~ n)`."""
    return {key for page in TEMPLATES.values() for key in re.findall(r"""\bt\(["']([\w.-]+)["'] ~""", page)}


def kinds_sent() -> set[str]:
    kinds = {digest.KIND, DISABLED, "announcement", WARNING, SEVERAL, *KINDS.values()}
    for source in SOURCES.values():
        kinds |= set(
            re.findall(r"""["'](report\.[a-z_]+|photo\.(?:refused|swept)|account\.(?:un)?blocked)["']""", source)
        )
    return kinds


def asked_by_rule() -> set[str]:
    """Keys that are put together from the vocabulary of a room."""
    from api.public.open_reports import FIELDS
    from api.public.statistics.controllers import COLUMNS
    from api.web.apps import APPS
    from media import errors as media
    from media import evidence, facts

    problems = {found.key for found in PROBLEMS.values()} | set(HTTP_FAULTS.values())
    problems |= {"http-other", "body", "internal", "unstorable"}
    announcements = [kind for kind in vars(media).values() if isinstance(kind, type)]
    return (
        {f"{key}.{part}" for key in problems for part in ("title", "detail")}
        | {key for _, key in BODY_FAULTS}
        | {f"state.{state}" for state in STATES}
        | {f"needs-{field}" for step in TRANSITIONS.values() for field in step.needs if field != "evidence"}
        | {f"photo.{reason}" for reason in (*facts.REASONS, *facts.SEND_AGAIN, facts.ERASED, media.HashMismatch.reason)}
        | {f"photo-state.{state}" for state in PHOTO_STATES}
        | {f"flag.{name}" for name in evidence.FLAGS}
        | {f"type.{name}" for name in JSON_TYPES}
        | {
            kind.reason
            for kind in announcements
            if issubclass(kind, media.AnnouncementRefused) and kind is not media.AnnouncementRefused
        }
        | {
            f"address-{reason}"
            for call in calls_of("AddressRefused") + calls_of("SubscriptionRefused")
            for reason in literal(call, 0)
        }
        | {f"preference-{reason}" for call in calls_of("PreferenceRefused") for reason in literal(call, 0)}
        | {key for key in LITERALS if key.startswith(("position_", "accuracy_")) and key in entries()}
        | {f"message.{kind}.{part}" for kind in kinds_sent() for part in ("title", "body")}
        | {f"message.{kind}.body_agency" for kind in ("report.received", "report.changed", "report.arrived_here")}
        | {f"field.{field}" for field in FIELDS}
        | {f"statistic.{column}" for column in COLUMNS}
        | {f"{app}_app_{part}" for app in APPS for part in ("name", "short", "description")}
        | {f"clock.{clock}" for clock in get_args(Clock)}
    )


def test_every_key_that_is_asked_for_is_there():
    assert asked_by_name() | asked_by_rule() <= set(entries()), (asked_by_name() | asked_by_rule()) - set(entries())


def test_no_text_waits_for_nobody():
    modules = "\n".join(path.read_text(encoding="utf-8") for path in Path("api/web/static").rglob("*.js"))
    waiting = set(entries()) - asked_by_name() - asked_by_rule() - LITERALS
    waiting -= {key for key in waiting if key.startswith(tuple(prefixes_in_pages()))}
    waiting -= {key for key in waiting if key.removesuffix("_title") in LITERALS}  # api/web/pages.py: f"{which}_title"
    waiting -= {key for key in waiting if re.search(rf"\b{re.escape(key)}\b", modules)}
    begun = tuple(re.findall(r"`([a-z]+_[a-z_]+_)\$\{", modules))  # words(`petugas_do_${key}`)
    waiting -= {key for key in waiting if key.startswith(begun)}
    assert sorted(waiting) == []


def test_the_reasons_of_positions_are_those_that_geo_gives():
    given = set(re.findall(r'"((?:position|accuracy)_\w+)"', SOURCES[Path("geo/point.py")]))
    assert len(given) == 5
    assert given <= set(entries())


def test_the_kinds_of_messages_are_those_that_are_sent():
    worded = {key.removeprefix("message.").removesuffix(".title") for key in entries() if re.match(MESSAGE, key)}
    assert worded == kinds_sent()


def test_words_for_people_speak_of_no_library():
    for key, words in entries().items():
        for language in ("id", "en"):
            assert not re.search(
                r"msgspec|litestar|asyncpg|postgres|exception|traceback", words[language], re.IGNORECASE
            ), key
