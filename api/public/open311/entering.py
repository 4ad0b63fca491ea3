"""A report that another system brings, entered like any other."""

import math
import re

from litestar.datastructures import FormMultiDict
from uuid_utils.compat import uuid7

from api.catalogue import language_of, text
from api.cities.book import City
from api.clock import clock_of
from api.errors import FieldRefused
from api.public.asked import Asked
from api.public.open311.keys import KeyHolder, KeyRefused, use_key
from api.public.open311.schemas import Accepted
from api.reports.schemas import MAX_TEXT, NewReport, Position
from api.reports.submit import submit
from geo.locate import locate
from geo.point import check

ATTRIBUTE = re.compile(r"attribute\[([^\]]{1,100})\](\[\])?")
LONGEST_ANSWER = 300
MAX_ANSWERS = 30


async def enter(request: Asked, city: City) -> Accepted:
    """Raises what `submit` raises, KeyRefused, KeyUsedUp, FieldRefused."""
    form = await request.form()
    key = _word(form, "api_key") or request.query_params.get("api_key", "")
    holder = await use_key(key, clock_of(request)())
    if holder.city != city.id:
        raise KeyRefused
    new = _report(form)
    await _check_city(new, holder, request)
    receipt, _ = await submit(
        uuid7(), new, holder.speaker, request.app.state.cities, clock_of(request)(), channel="open311"
    )
    notice = text("open311-media", language_of(request)) if _word(form, "media_url") else None
    return Accepted(receipt.tracking_id, notice, None)


def _report(form: FormMultiDict) -> NewReport:
    description = _word(form, "description")
    if len(description) > MAX_TEXT:
        raise FieldRefused("description", "body-too-long", limit=MAX_TEXT)
    return NewReport(
        category=_word(form, "service_code") or _missing("service_code"),
        text=description,
        position=Position(_degrees(form, "lat"), _degrees(form, "long")),
        address=_word(form, "address_string")[:LONGEST_ANSWER],
        anonymous=True,
        answers=_answers(form),
    )


async def _check_city(new: NewReport, holder: KeyHolder, request: Asked) -> None:
    """A key reports within its own city only."""
    place = await locate(check(lat=new.position.lat, lon=new.position.lon))
    found = await request.app.state.cities.city_of(place.village.code)
    if found is None or found.id != holder.city:
        raise FieldRefused("lat", "open311-elsewhere")


def _answers(form: FormMultiDict) -> dict[str, str]:
    """Answers to the questions; and where a picture lies, for staff to look at: it is not fetched."""
    answers: dict[str, str] = {}
    for name, value in form.multi_items():
        if (found := ATTRIBUTE.fullmatch(name)) and isinstance(value, str) and value:
            before = f"{answers[found[1]]}, " if found[1] in answers else ""
            answers[found[1]] = f"{before}{value}"[:LONGEST_ANSWER]
    media = _word(form, "media_url")
    if re.match("https?://", media) and len(media) <= LONGEST_ANSWER:
        answers["media_url"] = media
    if len(answers) > MAX_ANSWERS:
        raise FieldRefused("attribute", "body-too-many", limit=MAX_ANSWERS)
    return answers


def _word(form: FormMultiDict, name: str) -> str:
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _degrees(form: FormMultiDict, name: str) -> float:
    written = _word(form, name)
    try:
        degrees = float(written)
    except ValueError:
        degrees = math.nan
    if not math.isfinite(degrees):
        raise FieldRefused(name, "open311-position")
    return degrees


def _missing(name: str) -> str:
    raise FieldRefused(name, "body-missing", name=name)
