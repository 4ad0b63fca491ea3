"""Who stands where to a report. The town: PU with its unit Bina Marga, and DLH beside it."""

from uuid import UUID

import pytest

from api.accounts.speaker import Grant, Role, Speaker
from api.cities.book import Agency, City
from api.cities.calendar import Calendar
from api.reports.permits import Subject, agency_and_below, led_agencies, permit_for, permits
from api.reports.status import STATES, TRANSITIONS, Actor, State, transition

DEPOK, BOGOR = 1, 2
PU, BINA_MARGA, DLH = 10, 11, 20
ME, OTHER, RESIDENT = 100, 101, 200
ROLES: tuple[Role, ...] = ("officer", "coordinator", "area_head", "operator", "auditor", "admin")


def an_agency(agency_id: int, key: str, parent: int | None = None) -> Agency:
    return Agency(id=agency_id, parent_id=parent, key=key, name=key, kind="unit" if parent else "agency")


CITY = City(
    id=DEPOK,
    code="32.76",
    name="Kota Depok",
    call_centre=None,
    open_data_licence="CC BY 4.0",
    regencies=("32.76",),
    groups=(),
    categories={},
    every_category={},
    agencies={
        PU: an_agency(PU, "dpupr"),
        BINA_MARGA: an_agency(BINA_MARGA, "bina-marga", PU),
        DLH: an_agency(DLH, "dlh"),
    },
    rules=(),
    calendar=Calendar(),
)


def i_am(
    role: Role | None = None, *, city: int | None = DEPOK, agency: int | None = None, area: str | None = None
) -> Speaker:
    grants = (Grant(7, role, city, agency, area),) if role else ()
    return Speaker(ME, UUID(int=ME), "id", 1, grants)


def a_report_of(
    account: int = RESIDENT,
    *,
    agency: int | None = PU,
    officer: int | None = None,
    visibility: str = "public",
    village: str = "32.76.01.1001",
) -> Subject:
    return Subject(account, DEPOK, village, agency, officer, visibility)


def standings(speaker: Speaker, subject: Subject) -> list[str]:
    return [permit.standing for permit in permits(speaker, subject, CITY)]


OFFICER, COORDINATOR = i_am("officer", agency=PU), i_am("coordinator", agency=PU)


@pytest.mark.parametrize(
    ("speaker", "subject", "expected"),
    [
        pytest.param(i_am(), a_report_of(), [], id="a stranger has no standing"),
        pytest.param(i_am(), a_report_of(ME, visibility="secret"), ["reporter"], id="the reporter, of any visibility"),
        pytest.param(i_am("operator"), a_report_of(ME), ["reporter", "operator"], id="two hats"),
        pytest.param(i_am("operator", city=BOGOR), a_report_of(), [], id="an operator of another city"),
        pytest.param(i_am("operator", city=None), a_report_of(), ["operator"], id="an operator of every city"),
        pytest.param(i_am("operator"), a_report_of(visibility="secret"), ["operator"], id="the operator reads secrets"),
        pytest.param(i_am("auditor"), a_report_of(visibility="secret"), ["auditor"], id="the auditor reads secrets"),
        pytest.param(i_am("admin"), a_report_of(visibility="secret"), ["admin"], id="the admin reads secrets"),
        pytest.param(i_am("auditor", city=BOGOR), a_report_of(), [], id="an auditor of another city"),
        pytest.param(COORDINATOR, a_report_of(), ["coordinator"], id="the coordinator of the agency"),
        pytest.param(COORDINATOR, a_report_of(agency=BINA_MARGA), ["coordinator"], id="of a unit below"),
        pytest.param(COORDINATOR, a_report_of(visibility="secret"), ["coordinator"], id="coordinator, secret"),
        pytest.param(COORDINATOR, a_report_of(agency=DLH), [], id="a coordinator of another agency"),
        pytest.param(COORDINATOR, a_report_of(agency=None), [], id="a coordinator, before anybody is asked"),
        pytest.param(i_am("coordinator", agency=BINA_MARGA), a_report_of(), [], id="a unit does not lead its parent"),
        pytest.param(i_am("coordinator", city=BOGOR, agency=PU), a_report_of(), [], id="an agency in another city"),
        pytest.param(i_am("coordinator"), a_report_of(), [], id="a coordinator of nothing"),
        pytest.param(OFFICER, a_report_of(), ["officer"], id="an officer, public and unassigned"),
        pytest.param(OFFICER, a_report_of(officer=ME), ["officer"], id="the assigned officer"),
        pytest.param(OFFICER, a_report_of(officer=OTHER), [], id="assigned to a colleague"),
        pytest.param(OFFICER, a_report_of(visibility="restricted"), [], id="restricted and unassigned"),
        pytest.param(OFFICER, a_report_of(visibility="secret"), [], id="secret and unassigned"),
        pytest.param(OFFICER, a_report_of(officer=ME, visibility="secret"), ["officer"], id="secret and assigned"),
        pytest.param(OFFICER, a_report_of(agency=DLH), [], id="an officer of another agency"),
        pytest.param(OFFICER, a_report_of(agency=DLH, officer=ME), [], id="assigned, but the agency lost it"),
        pytest.param(OFFICER, a_report_of(agency=BINA_MARGA), ["officer"], id="an officer of the agency above"),
        pytest.param(i_am("area_head", area="32.76.01.1001"), a_report_of(), ["area_head"], id="the lurah"),
        pytest.param(i_am("area_head", area="32.76.01"), a_report_of(), ["area_head"], id="the camat"),
        pytest.param(i_am("area_head", area="32.76.02"), a_report_of(), [], id="the camat next door"),
        pytest.param(i_am("area_head", area="32.76.01.1002"), a_report_of(), [], id="the lurah next door"),
        pytest.param(i_am("area_head", area="32.76.0"), a_report_of(), [], id="half a code is no area"),
        pytest.param(i_am("area_head"), a_report_of(), [], id="an area head of nowhere"),
        pytest.param(
            i_am("area_head", area="32.76.01"), a_report_of(visibility="restricted"), ["area_head"], id="restricted"
        ),
        pytest.param(i_am("area_head", area="32.76.01"), a_report_of(visibility="secret"), [], id="not what is secret"),
        pytest.param(
            i_am("area_head", area="32.76.01"), a_report_of(ME, visibility="secret"), ["reporter"], id="own secret"
        ),
    ],
)
def test_standing(speaker: Speaker, subject: Subject, expected: list[str]):
    assert standings(speaker, subject) == expected


def test_a_permit_names_the_grant_that_gives_it():
    held = permits(i_am("operator"), a_report_of(ME), CITY)
    assert [permit.grant for permit in held] == [None, 7]


def test_the_agency_and_all_its_units():
    assert agency_and_below(CITY, PU) == {PU, BINA_MARGA}
    assert agency_and_below(CITY, DLH) == {DLH}


def test_a_coordinator_leads_the_own_agency_and_its_units():
    assert led_agencies(COORDINATOR, CITY) == {PU, BINA_MARGA}
    assert led_agencies(OFFICER, CITY) == set()
    assert led_agencies(i_am("coordinator", agency=999), CITY) == set()


STANDING: dict[str, Speaker] = {
    "reporter": i_am(),
    "officer": i_am("officer", agency=PU),
    "coordinator": i_am("coordinator", agency=PU),
    "area_head": i_am("area_head", area="32.76"),
    "operator": i_am("operator"),
    "auditor": i_am("auditor"),
    "admin": i_am("admin"),
}

# domain.md §2, written down a second time: (from, to) → who.
TRIAGE, LEADS, REPORTER = {"operator", "area_head"}, {"coordinator", "operator"}, {"reporter"}
APPROVES = {"coordinator", "area_head", "operator"}
WHO_MAY: dict[tuple[State, State], set[str]] = {
    ("submitted", "verified"): TRIAGE,
    ("submitted", "dispatched"): TRIAGE,
    ("submitted", "needs_info"): TRIAGE,
    ("submitted", "rejected"): TRIAGE,
    ("submitted", "duplicate"): TRIAGE,
    ("submitted", "withdrawn"): REPORTER,
    ("needs_info", "withdrawn"): REPORTER,
    ("verified", "withdrawn"): REPORTER,
    ("needs_info", "submitted"): REPORTER,
    ("needs_info", "rejected"): {"operator"},
    ("verified", "dispatched"): TRIAGE,
    ("verified", "rejected"): {"operator"},
    ("verified", "duplicate"): {"operator"},
    ("dispatched", "in_progress"): {"officer", *LEADS},
    ("dispatched", "dispatched"): LEADS,
    ("dispatched", "verified"): LEADS,
    ("in_progress", "scheduled"): LEADS,
    ("in_progress", "forwarded"): LEADS,
    ("in_progress", "needs_info"): {"area_head", *LEADS},
    ("in_progress", "work_done"): {"officer", "area_head", *LEADS},
    ("in_progress", "dispatched"): LEADS,
    ("in_progress", "rejected"): {"coordinator"},
    ("scheduled", "in_progress"): {"officer", *LEADS},
    ("forwarded", "in_progress"): {"officer", *LEADS},
    ("forwarded", "work_done"): {"officer", "area_head", *LEADS},
    ("forwarded", "rejected"): LEADS,
    ("work_done", "resolved"): APPROVES,
    ("work_done", "in_progress"): APPROVES,
    ("resolved", "closed"): REPORTER,
    ("resolved", "in_progress"): REPORTER,
    ("closed", "in_progress"): {"operator"},
    ("rejected", "submitted"): REPORTER,
    ("duplicate", "submitted"): {"operator"},
    ("duplicate", "verified"): {"operator"},
}


def who_may(state: State, to: State) -> set[str]:
    """Those of STANDING whose permits the table accepts for this step."""
    found = TRANSITIONS.get((state, to))
    actors: frozenset[Actor] = found.actors if found else frozenset()
    owner = {"reporter": ME}
    return {
        name
        for name, speaker in STANDING.items()
        if permit_for(permits(speaker, a_report_of(owner.get(name, RESIDENT)), CITY), actors)
    }


@pytest.mark.parametrize("state", STATES)
def test_every_step_of_a_state_is_open_to_its_actors_and_to_nobody_else(state: State):
    assert {to: who_may(state, to) for to in STATES} == {to: WHO_MAY.get((state, to), set()) for to in STATES}


@pytest.mark.parametrize(("state", "to"), [pair for pair, step in TRANSITIONS.items() if step.kind != "change"])
def test_staff_cannot_speak_for_the_reporter_by_another_kind(state: State, to: State):
    assert transition(state, to, "change") is None
