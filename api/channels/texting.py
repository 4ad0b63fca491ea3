"""Text messages to linked phones: push knows the account only, the number is unsealed when the message leaves."""

import msgspec

from api.accounts.phones import number_of
from api.accounts.sealing import Seals
from push.sender import AddressDead, Letter, Outcome, Sender

PREFIX = "account:"


def address_of(account: int) -> str:
    return f"{PREFIX}{account}"


class LinkedPhones:
    """A sender for addresses of `address_of`."""

    def __init__(self, gateway: Sender, seals: Seals) -> None:
        self._gateway, self._seals = gateway, seals

    async def send(self, letter: Letter) -> Outcome:
        number = await number_of(int(letter.address.removeprefix(PREFIX)), self._seals)
        if number is None:
            return AddressDead("PHONE_UNLINKED")
        return await self._gateway.send(msgspec.structs.replace(letter, address=number))
