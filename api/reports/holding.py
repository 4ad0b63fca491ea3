"""Reports that wait for a person before anybody else reads them: from accounts without trust, with the marks of spam,
or in the very words in which two other accounts have just reported from the same village.

Accepted and numbered as any other, but neither public nor routed, until the operator releases it (`unhide`) or rejects
it as spam. Emergencies never come here: they are sent to 112 before. Pure, but for the list of words beside this.
"""

import hashlib
import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

import msgspec

from api.accounts.speaker import Speaker
from api.catalogue import text
from api.cities.routing import Route
from api.reports.clockwork import clocks_at_birth, terms_of
from api.reports.plan import Plan
from api.reports.schemas import NewReport

LINK = re.compile(r"https?://|www\.|\b[a-z0-9-]{2,}\.(?:com|net|org|id|xyz|info|me|site|online|link|top)\b/?", re.I)
REPEATED = "held.repeated"
REASONS = frozenset(text(key, "id") for key in ("held.link", "held.insult", "held.advertising", REPEATED))
FEWEST_LETTERS = 45  # "Jalan berlubang di depan pasar" say neighbours in the same words
NOT_SAID = re.compile(r"[\W_]+")


@cache
def _lists() -> dict[str, re.Pattern[str]]:
    found = tomllib.loads(files("api.reports").joinpath("marks.toml").read_text(encoding="utf-8"))
    return {name: re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.I) for name, words in found.items()}


def mark_of(written: str) -> str | None:
    """The key of the reason, the weightiest first."""
    if _lists()["advertising"].search(written):
        return "held.advertising"
    if LINK.search(written):
        return "held.link"
    return "held.insult" if _lists()["insults"].search(written) else None


def held(plan: Plan, new: NewReport, speaker: Speaker) -> Plan:
    """The plan as it is, or that of a report that waits."""
    mark = None if _is_trusted(speaker) else mark_of(f"{new.text} {new.address}")
    return waiting(plan, new, mark) if mark else plan


def waiting(plan: Plan, new: NewReport, mark: str) -> Plan:
    return msgspec.structs.replace(
        plan,
        route=Route(None, None, text(mark, "id")),
        state="submitted",
        clocks=clocks_at_birth(terms_of(plan.city, plan.category, new.report_type), plan.now),
        visibility="hidden" if plan.visibility == "public" else plan.visibility,
    )


def repeat_values(plan: Plan, new: NewReport, speaker: Speaker, *, is_by_staff: bool) -> dict[str, object]:
    """By the names in SUBMIT; `repeats` is what must not have been said by others, None when nobody asks."""
    digest = text_digest(new.text)
    is_asked = not (is_by_staff or _is_trusted(speaker) or is_held(plan.route.reason, is_triaged=False))
    return {"text_digest": digest, "repeats": digest if is_asked else None}


def text_digest(written: str) -> int | None:
    """The same for the same words, whatever the case, the blanks and the signs; None when they are few."""
    said = NOT_SAID.sub("", unicodedata.normalize("NFKC", written).casefold())
    if len(said) < FEWEST_LETTERS:
        return None
    return int.from_bytes(hashlib.blake2b(said.encode(), digest_size=8).digest(), signed=True)


def _is_trusted(speaker: Speaker) -> bool:
    return bool(speaker.grants) or speaker.trust > 0


def is_held(routing_reason: str, *, is_triaged: bool) -> bool:
    """Nobody of the city has looked at it yet."""
    return not is_triaged and routing_reason in REASONS
