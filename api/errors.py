"""What the domain refuses, as facts; the words are in the catalogue, the HTTP status in `problems.py`."""

from datetime import datetime
from uuid import UUID


class FieldRefused(Exception):
    """One field of the body cannot be accepted. `key` names the words, `facts` fill them."""

    def __init__(self, field: str, key: str, **facts: object) -> None:
        super().__init__(f"{field}: {key}")
        self.field, self.key, self.facts = field, key, facts


class CityNotServed(Exception):
    """The position lies in a regency that has not adopted this installation."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(f"no city for {code}")
        self.code, self.name = code, name


class ReportNotFound(Exception):
    """Unknown, or not for this speaker: the answer is the same."""


class ReportDiffers(Exception):
    """The id stands for another body, or for somebody else's report."""

    def __init__(self, report: UUID) -> None:
        super().__init__("the id is taken by another report")
        self.report = report


class StaleVersion(Exception):
    """Somebody changed the report in between."""

    def __init__(self, expected: int, state: str, version: int) -> None:
        super().__init__(f"expected version {expected}, is {version}")
        self.expected, self.state, self.version = expected, state, version


class IllegalTransition(Exception):
    def __init__(self, state: str, to: str, version: int) -> None:
        super().__init__(f"{state} -> {to} is not in the table")
        self.state, self.to, self.version = state, to, version


class NotNow(Exception):
    """What is asked leaves the state as it is, and is not possible in this one."""

    def __init__(self, state: str, version: int) -> None:
        super().__init__(f"not possible in state {state}")
        self.state, self.version = state, version


class TooMuchSaid(Exception):
    """More reports or comments in this `window`, hour or day, than the account may."""

    def __init__(self, window: str, limit: int, retry_after_s: int) -> None:
        super().__init__(f"more than {limit} a {window}")
        self.limit, self.retry_after_s = limit, max(retry_after_s, 1)
        self.minutes = -(-self.retry_after_s // 60)


class AccountBlocked(Exception):
    """The city does not take reports and comments of this account until then; the person is told why."""

    def __init__(self, reason: str, until: datetime) -> None:
        super().__init__("the account is blocked")
        self.reason, self.until, self.date = reason, until, f"{until:%Y-%m-%d}"


class EventDiffers(Exception):
    """The event's id stands for another event."""


class OwnEvidence(Exception):
    """Nobody approves the evidence that they filed."""


class DependencyMissing(Exception):
    """A part that is needed to serve does not answer."""

    def __init__(self, part: str, since: datetime | None = None) -> None:
        super().__init__(f"{part} does not answer")
        self.part, self.since = part, since
