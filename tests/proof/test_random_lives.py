"""Many random lives of reports, and what must be true at any moment of them.

`PROOF_STEPS` and `PROOF_SEED` in the environment make it longer, or another one; a failure names both.
"""

import os

from api.reports.status import CLOSED
from tests.proof.invariants import check_all, check_answer, check_step
from tests.proof.lives import Lives
from tests.proof.scene import Scene
from tests.reports.test_worklist import OfficerPhone

STEPS = int(os.environ.get("PROOF_STEPS", "1200"))
SEED = int(os.environ.get("PROOF_SEED", "20261122"))
LOOK_EVERY, SYNC_EVERY = 200, 40
PHONES = ("officer", "coordinator", "lurah", "operator", "officer who helps")


async def test_whatever_people_do_the_promises_of_the_system_hold(scene: Scene):
    lives, story = Lives(scene, SEED), []
    await lives.begin()
    phones = {name: OfficerPhone(scene.people[name]) for name in PHONES}
    try:
        for number in range(1, STEPS + 1):
            tried = await lives.one_step()
            story.append(f"{number}. {tried}")
            await check_step(tried)
            await check_answer(lives, tried)
            if number % SYNC_EVERY == 0:
                await check_phone(phones, PHONES[number // SYNC_EVERY % len(PHONES)])
            if number % LOOK_EVERY == 0:
                await check_all(lives)
    except BaseException as error:
        last = "\n".join(story[-40:])
        error.add_note(f"PROOF_SEED={SEED} PROOF_STEPS={len(story)}, the last steps:\n{last}")
        raise
    taken = [line for line in story if line.endswith("201")]
    assert len(taken) > STEPS / 10, "people achieve too little to prove anything"


async def check_phone(phones: dict[str, OfficerPhone], name: str) -> None:
    """What a phone has gathered in pieces is what one would hold that starts anew."""
    phone, fresh = phones[name], OfficerPhone(phones[name].owner)
    gathered, whole = await phone.syncs(limit=7), await fresh.syncs()
    assert {report: state for report, state in gathered.items() if state not in CLOSED} == whole, name
