"""Putting a report right: its words, its place, its category.

The reporter may until somebody of the city has looked at it, the city's staff as long as it is open.
"""

from collections.abc import Mapping

import msgspec
from uuid_utils.compat import uuid7

from api.cities.book import Category, City
from api.cities.routing import choose
from api.errors import FieldRefused, NotNow
from api.piccolo_conf import DB
from api.reports.asked import Asked
from api.reports.clockwork import reclassified, terms_of
from api.reports.holding import is_held, text_digest
from api.reports.permits import Permit, Standing
from api.reports.plan import STRICTNESS, place_shown
from api.reports.publicity import mark_values
from api.reports.queries import ReportRow, read_row
from api.reports.schemas import NewEvent
from api.reports.staffing import Assignment
from api.reports.status import CLOSED
from api.reports.steps import Step
from api.reports.words import clean, clean_text
from geo.locate import locate
from geo.point import check

CORRECTS: frozenset[Standing] = frozenset({"coordinator", "area_head", "operator"})


def is_unverified(row: ReportRow) -> bool:
    """A report that only a rule has dispatched has been verified by nobody yet."""
    return row.state in ("submitted", "needs_info") or (row.state == "dispatched" and row.triaged_at is None)


def _corrector(asked: Asked) -> Permit:
    """Raises NotAllowed, NotNow."""
    permit = asked.permit(CORRECTS | {"reporter"} if is_unverified(asked.row) else CORRECTS)
    if asked.row.state in CLOSED:
        raise NotNow(asked.row.state, asked.row.version)
    return permit


EDIT = """
UPDATE report SET text = $2, address = $3, answers = $4::jsonb, body_sha256 = '', text_digest = $5 WHERE id = $1
"""


async def edit(asked: Asked) -> Step:
    """The reporter's own words, until verified. Raises NotAllowed, FieldRefused."""
    permit = asked.permit(frozenset({"reporter"}))
    if not is_unverified(asked.row):
        raise NotNow(asked.row.state, asked.row.version)
    written = _written(asked.event)
    row = msgspec.structs.replace(asked.row, **written)
    await DB.fetch(EDIT, row.id, row.text, row.address, row.answers, text_digest(row.text))
    step = asked.step(permit, row).with_details(fields=sorted(written))
    return msgspec.structs.replace(step, elsewhere=written)


def _written(event: NewEvent) -> Mapping[str, str]:
    """What the event brings, cleaned, as it is stored. Raises FieldRefused."""
    found: dict[str, str] = {}
    if event.text is not None:
        found["text"] = clean_text("text", event.text)
    if event.address is not None:
        found["address"] = clean("address", event.address)
    if event.answers is not None:
        answers = {clean("answers", key): clean("answers", value) for key, value in event.answers.items()}
        found["answers"] = msgspec.json.encode(answers, order="sorted").decode()
    if not found:
        raise FieldRefused("text", "needs-text")
    return found


RELOCATE = """
UPDATE report SET location = ST_SetSRID(ST_MakePoint($2, $3), 4326), accuracy_m = $4, village_code = $5,
    boundary_version = $6, place = $7::jsonb,
    public_location = area_mark(ST_SetSRID(ST_MakePoint($2, $3), 4326), $5, $8, $9)
WHERE id = $1 RETURNING ST_Y(public_location) AS public_lat, ST_X(public_location) AS public_lon
"""


async def relocate(asked: Asked) -> Step:
    """The pin is moved within the city. Raises NotAllowed, FieldRefused, PositionRefused, OutsideCoverage."""
    permit, wanted = _corrector(asked), asked.event.position
    if wanted is None:
        raise FieldRefused("position", "needs-position")
    point = check(lat=wanted.lat, lon=wanted.lon, accuracy_m=wanted.accuracy_m)
    place = place_shown(await locate(point))
    village = place.village.code
    if village[:5] not in (asked.city.code, *asked.city.regencies):
        raise FieldRefused("position", "relocate-city", city=asked.city.name)
    shown = msgspec.json.encode(place).decode()
    values = (point.lon, point.lat, point.accuracy_m, village, place.boundary_version, shown)
    mark = mark_values(asked.city.every_category.get(asked.row.category), village).values()
    (seen,) = await DB.fetch(RELOCATE, asked.row.id, *values, *mark)
    moved = {"lat": point.lat, "lon": point.lon, "village_code": village, "place": shown}
    row = msgspec.structs.replace(asked.row, **moved, **seen)
    # The villages say who has it now and who has lost it; the position itself stays out of the chain.
    step = asked.step(permit, row).with_details(from_village=asked.row.village_code, to_village=village)
    return rerouted(step, asked)


RECATEGORIZE = """
UPDATE report SET category = $2, visibility = $3, public_location = area_mark(location, village_code, $4, $5)
WHERE id = $1 RETURNING ST_Y(public_location) AS public_lat, ST_X(public_location) AS public_lon
"""


async def recategorize(asked: Asked) -> Step:
    """From now on the clocks run by the new category. Raises NotAllowed, FieldRefused."""
    permit, category = _corrector(asked), _category_named(asked.event.category, asked.city)
    visibility = asked.row.visibility
    if category.default_visibility != "public":
        visibility = max(visibility.replace("hidden", "public"), category.default_visibility, key=STRICTNESS.index)
    mark = mark_values(category, asked.row.village_code).values()
    (seen,) = await DB.fetch(RECATEGORIZE, asked.row.id, category.id, visibility, *mark)
    row = msgspec.structs.replace(asked.row, category=category.id, visibility=visibility, **seen)
    before = asked.city.every_category[asked.row.category]
    step = asked.step(permit, row).with_details(from_category=before.key, to_category=category.key)
    clocks = reclassified(row.running_clocks, terms_of(asked.city, category, row.report_type))
    return rerouted(msgspec.structs.replace(step, clocks=clocks), asked)


def _category_named(key: str | None, city: City) -> Category:
    category = city.categories.get(key or "")
    if category is None:
        raise FieldRefused("category", "category-unknown", category=key, city=city.name, code=city.code)
    if category.is_emergency:
        raise FieldRefused("category", "emergency")
    return category


def rerouted(step: Step, asked: Asked) -> Step:
    """What nobody has dispatched yet goes where the rules say now."""
    row, is_staff = asked.row, step.permit.grant is not None
    if row.state not in ("submitted", "verified") or (
        not is_staff and is_held(row.routing_reason, is_triaged=row.triaged_at is not None)
    ):
        return step

    async def dispatch() -> list[Step]:
        row = await read_row(asked.row.client_id)
        route = choose(asked.city.rules, asked.city.every_category[row.category], row.village_code)
        if route.agency_id is None:
            return []
        event = NewEvent(uuid7(), "change", row.version, to="dispatched", reason=route.reason)
        assignment = Assignment(route.agency_id, None)
        return [Step(event, row, asked.city, "dispatched", None, Permit("rule", None), assignment, asked.now)]

    return msgspec.structs.replace(step, then=dispatch)
