"""A delivering process that kills itself at a stated moment: run by the crash tests, with real parts only."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from api.piccolo_conf import DB
from push.fcm import FcmSender
from push.sender import Letter, Outcome
from tests.push.factories import NOW, a_deliverer


class Dying:
    """Lets `answers` letters be answered, then dies before anything of the rest is settled."""

    def __init__(self, sender: FcmSender, answers: int) -> None:
        self.sender, self.left = sender, answers

    async def send(self, letter: Letter) -> Outcome:
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        outcome = await self.sender.send(letter)
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return outcome


async def main(account: str, ca: str, port: str, answers: str) -> None:
    await DB.start_connection_pool(min_size=1, max_size=2)
    async with FcmSender(Path(account), Path(ca), ("127.0.0.1", int(port))) as sender:
        await a_deliverer(Dying(sender, int(answers))).deliver_due(NOW)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
