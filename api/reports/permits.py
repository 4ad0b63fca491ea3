"""Who stands where to a report: from the speaker's grants to the roles of the transition table. Pure."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from api.accounts.speaker import Grant, Speaker
from api.cities.book import City
from api.reports.status import Actor, State

Standing = Literal[
    "reporter",
    "resident",
    "officer",
    "coordinator",
    "area_head",
    "operator",
    "helper",
    "auditor",
    "admin",
    "system",
    "rule",
]


# What leaves the state as it is, by who may say it; everybody signed in speaks, but the auditor.
SPEAK: frozenset[Standing] = frozenset(
    {"reporter", "resident", "officer", "coordinator", "area_head", "operator", "helper", "admin"}
)
WORK: frozenset[Standing] = frozenset({"officer", "coordinator", "area_head", "operator", "helper"})
PROPOSE: frozenset[Standing] = frozenset({"officer", "coordinator", "area_head"})

BOUNCES_TO_OPERATOR = 2  # "not our authority", said twice


class Subject(msgspec.Struct, frozen=True):
    """What of a report decides who may do what."""

    account: int
    city: int
    village_code: str
    agency: int | None
    officer: int | None
    visibility: str
    coordinating: tuple[int, ...] = ()


class Permit(msgspec.Struct, frozen=True):
    """A role towards one report; the grant that gives it, None for the reporter and for any other resident."""

    standing: Standing
    grant: int | None


def permits(speaker: Speaker, subject: Subject, city: City) -> tuple[Permit, ...]:
    """All roles of the speaker towards this report; who has one may read it."""
    own = (Permit("reporter", None),) if speaker.account == subject.account else ()
    granted = tuple(Permit(g.role, g.id) for g in speaker.grants if _covers(g, speaker.account, subject, city))
    helping = tuple(Permit("helper", g.id) for g in speaker.grants if _helps(g, subject, city))
    return own + granted + helping


def permit_for(held: tuple[Permit, ...], actors: frozenset[Actor]) -> Permit | None:
    """The first permit that the step allows."""
    return next((permit for permit in held if permit.standing in actors), None)


def still_allowed(
    actors: frozenset[Actor], step: tuple[State, State], *, bounces: int, is_escalated: bool
) -> frozenset[Actor]:
    """Of those in the table, who may when things have gone wrong twice."""
    if step == ("verified", "dispatched") and bounces >= BOUNCES_TO_OPERATOR:
        return actors - {"area_head", "rule"}
    if step[1] == "resolved" and is_escalated:
        return actors - {"coordinator"}
    return actors


def _covers(grant: Grant, account: int, subject: Subject, city: City) -> bool:
    if grant.city is not None and grant.city != subject.city:
        return False
    if grant.role in ("operator", "auditor", "admin"):
        return True
    if grant.role == "area_head":
        return subject.visibility != "secret" and _is_within(subject.village_code, grant.area_code)
    if grant.role == "officer" and not _is_open_to(account, subject):
        return False
    return grant.agency is not None and grant.agency in agency_and_above(city, subject.agency)


def _helps(grant: Grant, subject: Subject, city: City) -> bool:
    """Of an agency that was asked to help: reads, comments, notes; its officers what the public may read."""
    if grant.agency is None or grant.city not in (None, subject.city) or grant.role not in ("officer", "coordinator"):
        return False
    if grant.role == "officer" and subject.visibility not in ("public", "hidden"):
        return False
    return any(grant.agency in agency_and_above(city, agency) for agency in subject.coordinating)


def _is_within(village_code: str, area_code: str | None) -> bool:
    return area_code is not None and f"{village_code}.".startswith(f"{area_code}.")


def _is_open_to(officer: int, subject: Subject) -> bool:
    """Assigned to this officer; or to nobody yet, and then public enough for the whole agency."""
    return subject.officer == officer or (subject.officer is None and subject.visibility in ("public", "hidden"))


def agency_and_above(city: City, agency: int | None) -> Iterator[int]:
    """The agency, then its parents: a grant on any of them covers it."""
    while agency is not None and agency in city.agencies:
        yield agency
        agency = city.agencies[agency].parent_id


def led_agencies(speaker: Speaker, city: City) -> set[int]:
    """Where the speaker's word as a coordinator counts."""
    led = (g.agency for g in speaker.grants if g.role == "coordinator" and g.agency is not None)
    return set().union(*(agency_and_below(city, agency) for agency in led if agency in city.agencies))


def agency_and_below(city: City, agency: int) -> set[int]:
    """The agency and all its units."""
    return {other for other in city.agencies if agency in agency_and_above(city, other)}
