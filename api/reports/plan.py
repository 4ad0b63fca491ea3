"""What is decided about a new report before anything is written: where, who answers, until when."""

from datetime import datetime
from typing import NoReturn

import msgspec

from api.cities.book import Category, City, CityBook
from api.cities.routing import Route, choose
from api.errors import CityNotServed, FieldRefused
from api.reports.clockwork import RunningClock, clocks_after, clocks_at_birth, terms_of
from api.reports.schemas import Name, NewReport, PlaceShown
from api.reports.status import State
from api.reports.words import check_occurred, clean_text
from geo.locate import AreaName, Place, locate
from geo.point import Point, check
from media.photos import check_announced

STRICTNESS = ("public", "restricted", "secret")


class Plan(msgspec.Struct, frozen=True):
    """Everything that is decided before the one statement runs."""

    point: Point
    place: PlaceShown
    city: City
    category: Category
    route: Route
    state: State
    clocks: tuple[RunningClock, ...]
    visibility: str
    now: datetime


async def decide(new: NewReport, cities: CityBook, now: datetime) -> Plan:
    clean_text("text", new.text)
    if new.occurred_at:
        check_occurred(new.occurred_at, now)
    _check_photos(new)
    point = check(lat=new.position.lat, lon=new.position.lon, accuracy_m=new.position.accuracy_m)
    place = await locate(point)
    city = await cities.city_of(place.village.code)
    if city is None:
        raise CityNotServed(place.regency.code, place.regency.name)
    category = city.categories.get(new.category) or _no_category(new.category, city)
    if category.is_emergency or new.report_type == "emergency_redirect":
        raise FieldRefused("category" if category.is_emergency else "report_type", "emergency")
    route = choose(city.rules, category, place.village.code)
    terms = terms_of(city, category, new.report_type)
    clocks = clocks_at_birth(terms, now)
    state: State = "submitted"
    if route.agency_id is not None:
        state, clocks = "dispatched", clocks_after(clocks, ("submitted", "dispatched"), terms, now)
    visibility = max(new.visibility or "public", category.default_visibility, key=STRICTNESS.index)
    return Plan(point, place_shown(place), city, category, route, state, clocks, visibility, now)


def _check_photos(new: NewReport) -> None:
    if len({photo.id for photo in new.photos}) < len(new.photos):
        raise FieldRefused("photos", "photo-twice")
    for photo in new.photos:
        check_announced(photo.size, photo.type, photo.sha256.lower())


def _no_category(category: str, city: City) -> NoReturn:
    raise FieldRefused("category", "category-unknown", category=category, city=city.name, code=city.code)


def place_shown(place: Place) -> PlaceShown:
    return PlaceShown(
        village=_name(place.village),
        district=_name(place.district),
        regency=_name(place.regency),
        boundary_version=place.boundary_version,
        quality=place.quality,
        border_distance_m=None if place.border_distance_m is None else round(place.border_distance_m, 1),
        located=place.found,
    )


def _name(area: AreaName) -> Name:
    return Name(area.code, area.name, area.local_term)
