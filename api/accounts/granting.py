"""Who may give or take which grant, and administer whose account. Pure.

An admin does so in the own city (without a city: everywhere), a coordinator for officers and coordinators of the own
agency and its units. Nobody touches the own rights: that is checked where the account is known.
"""

from collections.abc import Iterable, Mapping

from api.accounts.speaker import Grant
from api.cities.book import City
from api.errors import FieldRefused

Cities = Mapping[int, City]
VIEWERS = frozenset({"admin", "operator", "auditor"})
OF_AN_AGENCY = frozenset({"officer", "coordinator"})


def may_give(held: Iterable[Grant], wanted: Grant, cities: Cities) -> bool:
    """Also: may take away."""
    return any(_gives(grant, wanted, cities) for grant in held)


def _gives(grant: Grant, wanted: Grant, cities: Cities) -> bool:
    if grant.role == "admin":
        return grant.city is None or grant.city == wanted.city
    if grant.role != "coordinator" or wanted.role not in OF_AN_AGENCY or wanted.city is None:
        return False
    return grant.agency is not None and grant.agency in agency_and_above(cities.get(wanted.city), wanted.agency)


def may_administer(held: tuple[Grant, ...], theirs: Iterable[Grant], cities: Cities) -> bool:
    """Close an account or give it a new code: only who could have given all that it may do. Whoever holds a code
    could use every grant of the account."""
    grants = tuple(theirs)
    if not grants:
        return any(grant.role == "admin" for grant in held)
    return all(may_give(held, grant, cities) for grant in grants)


def may_see(held: Iterable[Grant], theirs: Grant, cities: Cities) -> bool:
    """Which grants there are, is for admin, operator and auditor of the city to see, and for whoever may give it."""
    grants = tuple(held)
    viewed = any(grant.role in VIEWERS and grant.city in (None, theirs.city) for grant in grants)
    return viewed or may_give(grants, theirs, cities)


def agency_and_above(city: City | None, agency: int | None) -> list[int]:
    found: list[int] = []
    while city and agency is not None and agency in city.agencies:
        found.append(agency)
        agency = city.agencies[agency].parent_id
    return found


def check_whole(wanted: Grant, cities: Cities) -> None:
    """A grant that would cover nothing, or more than it says, is a slip of the pen. Raises FieldRefused."""
    if wanted.city is None:
        if wanted.role != "admin":
            raise FieldRefused("city", "grant-needs-city")
        return
    if (wanted.agency is not None) != (wanted.role in OF_AN_AGENCY):
        raise FieldRefused("agency", "grant-needs-agency" if wanted.role in OF_AN_AGENCY else "grant-no-agency")
    if (wanted.area_code is not None) != (wanted.role == "area_head"):
        raise FieldRefused("area", "grant-needs-area" if wanted.role == "area_head" else "grant-no-area")
    if wanted.area_code and not _is_within(wanted.area_code, cities[wanted.city]):
        raise FieldRefused("area", "grant-foreign-area", city=cities[wanted.city].name)


def _is_within(area_code: str, city: City) -> bool:
    return any(f"{area_code}.".startswith(f"{regency}.") for regency in city.regencies)
