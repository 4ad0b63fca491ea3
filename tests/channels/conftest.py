import re

import pytest

from push.sender import Delivered, Outcome, TryLater
from tests.accounts.conftest import everything
from tests.journeys.conftest import town
from tests.people import Person, Town

__all__ = ["everything", "town"]


class TextsSent:
    """A gateway that takes every message, or none."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.is_down = False

    async def text(self, phone: str, text: str) -> Outcome:
        if self.is_down:
            return TryLater(code="HTTP_503")
        self.sent.append((phone, text))
        return Delivered("")

    @property
    def code(self) -> str:
        """Of the last message."""
        found = re.search(r"\b\d{6}\b", self.sent[-1][1])
        assert found
        return found[0]


@pytest.fixture
def sms(town: Town) -> TextsSent:
    town.app.state.sms = TextsSent()
    sent: TextsSent = town.app.state.sms
    return sent


async def links(person: Person, sms: TextsSent, phone: str = "0812-3456-7890") -> str:
    """The account that the person speaks as from then on."""
    asked = await person.post("/v1/otp", {"phone": phone})
    assert asked.status_code == 202, asked.text
    answer = await person.post("/v1/otp/verify", {"phone": phone, "code": sms.code})
    assert answer.status_code == 201, answer.text
    account: str = answer.json()["account_id"]
    return account
