"""Who may, in the words of the matrix: functions of a person and of what they ask about."""

from collections.abc import Callable

from api.accounts.matrix import Action, may
from tests.proof.scene import ABOVE, AGENCY, READ_BY_ALL, STAFF, listens, standings

Allowed = Callable[[str, str], bool]


def let(action: Action, standing: str) -> bool:
    return any(cell.only not in ("propose", "view", "accounts") for cell in may(action, [standing]))


def anybody(_person: str, _subject: str) -> bool:
    return True


def nobody(_person: str, _subject: str) -> bool:
    return False


def signed_in(person: str, _subject: str) -> bool:
    return person != "stranger"


def is_reporter(person: str, _subject: str) -> bool:
    return person == "reporter"


def has_no_grant(person: str, _subject: str) -> bool:
    return person in ("reporter", "neighbour")


def public_photo(_person: str, subject: str) -> bool:
    return subject in READ_BY_ALL


# Reports


def on_report(*actions: Action, but: tuple[str, ...] = (), also: tuple[str, ...] = ()) -> Allowed:
    def allowed(person: str, subject: str) -> bool:
        stands = set(standings(person, subject))
        return bool(stands & set(also)) or any(let(a, standing) for a in actions for standing in stands - set(but))

    return allowed


def these(*roles: str) -> Allowed:
    return lambda person, subject: bool(set(roles) & set(standings(person, subject)))


def supports(person: str, subject: str) -> bool:
    """Nobody the own report."""
    stands = set(listens(person, subject)) - {"auditor"}
    return bool(stands) and "reporter" not in stands


# A city's administration; the subject is its code


def _works_for(person: str, city: str) -> bool:
    return person in STAFF and STAFF[person][1] in (None, city)


def sees_city(person: str, city: str) -> bool:
    """`view` or more; a coordinator has accounts alone."""
    return _works_for(person, city) and any(c.only in ("", "view") for c in may("administer", [STAFF[person][0]]))


def changes_city(person: str, city: str) -> bool:
    return _works_for(person, city) and let("administer", STAFF[person][0])


def has_role(*roles: str) -> Allowed:
    return lambda person, city: person in STAFF and STAFF[person][0] in roles and (not city or _works_for(person, city))


# Accounts; the subject is one of the staff


def gives(person: str, theirs: str) -> bool:
    """The admin of the city, or who answers for the agency, or for the one above it."""
    if person not in STAFF:
        return False
    (role, city, agency, _), (their_role, their_city, their_agency, _) = STAFF[person], STAFF[theirs]
    if role == "admin":
        return city in (None, their_city)
    is_led = their_agency is not None and (agency == their_agency or (agency == ABOVE and their_agency == AGENCY))
    return role == "coordinator" and their_role in ("officer", "coordinator") and city == their_city and is_led


def administers(person: str, theirs: str) -> bool:
    return person != theirs and gives(person, theirs)


def sees_account(person: str, theirs: str) -> bool:
    """A grant for all cities is seen by who has one, and by the overseers … of all cities."""
    return gives(person, theirs) or (person in STAFF and sees_city(person, STAFF[theirs][1] or "none"))
