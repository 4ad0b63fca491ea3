"""`account …` as the operator types it."""

import asyncio
import os
import re
import sys

from api.accounts.enrolment import redeem
from api.accounts.tables import Account
from api.clock import wall_clock
from tests.people import Town


async def account_command(*arguments: str) -> tuple[int, str]:
    """Exit code and everything it said; a process of its own, as it starts its own loop and pool."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "api", "account", *arguments),
        env=os.environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


def code_in(said: str) -> str:
    found = re.search(r"\b(\w{4}-){3}\w{4}\b", said)
    assert found, said
    return found[0]


async def test_an_account_is_made_with_a_code_and_given_a_new_one(town: Town):
    code, said = await account_command("add", "budi", "--role", "operator", "--city", "32.76", "--enrol")
    assert code == 0, said
    first = code_in(said)
    code, said = await account_command("enrol", "Budi")
    assert code == 0, said
    second = code_in(said)
    assert first != second
    assert (await redeem("budi", second, "palu godam di tiang", wall_clock())).access_token
    account = await Account.objects().get(Account.login == "budi")
    assert account is not None
    assert account.totp_required


async def test_an_unknown_login_and_a_taken_one_are_told_in_words(town: Town):
    code, said = await account_command("enrol", "tidak-ada")
    assert (code, said.strip()) == (1, "Error: There is no tidak-ada.")
    await account_command("add", "budi", "--role", "admin")
    code, said = await account_command("add", "budi", "--role", "admin")
    assert code == 1
    assert "taken" in said
    assert "Traceback" not in said
