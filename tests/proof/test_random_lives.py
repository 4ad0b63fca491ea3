"""Many random lives of reports, and what must be true at any moment of them: a state machine of Hypothesis.

Each life begins in the same town and is driven over HTTP; a fault is shrunk to the fewest steps that show it, and the
note under it tells them in words. The same lives every time, unless the environment asks for more of them
(`PROOF_LIVES`) or for longer ones (`PROOF_STEPS`): those are drawn anew, and Hypothesis names the way back to a fault.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from api.piccolo_conf import DB
from api.reports import steps
from api.reports.status import CLOSED
from tests.proof.beginning import Beginning
from tests.proof.invariants import check_all, check_answer, check_step
from tests.proof.lives import Lives, Now, Tried
from tests.proof.scene import Scene
from tests.reports.test_worklist import OfficerPhone

LIVES, STEPS = int(os.environ.get("PROOF_LIVES", "40")), int(os.environ.get("PROOF_STEPS", "60"))
IS_ALWAYS_THE_SAME = not {"PROOF_LIVES", "PROOF_STEPS"} & set(os.environ)
LOOK_EVERY = 10
PHONES = ("officer", "coordinator", "lurah", "operator", "officer who helps")

T = TypeVar("T")
Data = st.DataObject


class Drawn:
    """The picks are Hypothesis's; the first of several is the simplest."""

    def __init__(self, data: Data) -> None:
        self.data = data

    def one_of(self, of: Sequence[T]) -> T:
        return of[self.data.draw(st.integers(0, len(of) - 1))]

    def often(self, percent: int) -> bool:
        return self.data.draw(st.integers(0, 99)) < percent


class World:
    """What all lives have in common: the town, the loop that runs it, and how much they achieve."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.loop = scene, asyncio.get_running_loop()
        self.beginning, self.start = Beginning(), scene.town.clock()
        self.tried = self.taken = 0

    def run(self, something: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(something)

    async def begin(self) -> None:
        self.scene.town.clock.now = self.start
        await self.beginning.restore()


class RandomLives(RuleBasedStateMachine):
    world: ClassVar[World]

    @initialize()
    def begin(self) -> None:
        self.lives, self.is_whole = Lives(self.world.scene), True
        self.story: list[str] = []
        self.phones = {name: OfficerPhone(self.world.scene.people[name]) for name in PHONES}
        self.world.run(self.world.begin())

    @rule(data=st.data())
    def a_resident_reports(self, data: Data) -> None:
        self.happens(data, self.lives.submits)

    @rule(data=st.data())
    def a_resident_calls(self, data: Data) -> None:
        self.happens(data, self.lives.calls)

    @rule(data=st.data())
    def time_passes(self, data: Data) -> None:
        self.happens(data, self.lives.time_passes)

    @rule(data=st.data())
    def a_report_moves(self, data: Data) -> None:
        self.happens(data, self.at_some(self.lives.moves))

    @rule(data=st.data())
    def a_report_moves_on(self, data: Data) -> None:
        """Twice as often as anything else."""
        self.happens(data, self.at_some(self.lives.moves))

    @rule(data=st.data())
    def somebody_speaks(self, data: Data) -> None:
        self.happens(data, self.at_some(self.lives.says))

    @rule(data=st.data())
    def somebody_looks(self, data: Data) -> None:
        self.happens(data, self.at_some(self.lives.looks))

    @rule(data=st.data())
    def a_report_is_split(self, data: Data) -> None:
        self.happens(data, self.at_some(self.lives.splits))

    @rule(data=st.data())
    def a_phone_syncs(self, data: Data) -> None:
        with self.told():
            self.world.run(self.check_phone(Drawn(data).one_of(PHONES)))

    def teardown(self) -> None:
        if self.is_whole:
            with self.told():
                self.world.run(check_all(self.lives))

    def at_some(self, step: Callable[[Now], Awaitable[Tried]]) -> Callable[[], Awaitable[Tried]]:
        async def at_one() -> Tried:
            return await step(await self.lives.some_report())

        return at_one

    def happens(self, data: Data, step: Callable[[], Awaitable[Tried]]) -> None:
        self.lives.picks = Drawn(data)
        with self.told():
            self.world.run(self.tries(step))

    async def tries(self, step: Callable[[], Awaitable[Tried]]) -> None:
        tried = await step()
        self.story.append(f"{len(self.story) + 1}. {tried}")
        self.world.tried += 1
        self.world.taken += tried.answer is not None and tried.answer.status_code == 201
        await check_step(tried)
        await check_answer(self.lives, tried)
        if len(self.story) % LOOK_EVERY == 0:
            await check_all(self.lives)

    async def check_phone(self, name: str) -> None:
        """What a phone has gathered in pieces is what one would hold that starts anew."""
        phone, fresh = self.phones[name], OfficerPhone(self.phones[name].owner)
        gathered, whole = await phone.syncs(limit=7), await fresh.syncs()
        assert {report: state for report, state in gathered.items() if state not in CLOSED} == whole, name

    @contextmanager
    def told(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            self.is_whole = False
            error.add_note("\n".join(["what happened:", *self.story]))
            raise


@pytest.fixture
async def world(scene: Scene) -> AsyncIterator[World]:
    # Nobody has to sign in again: this is about reports.
    await DB.fetch("UPDATE session SET access_until = access_until + interval '10 years'")
    made = World(scene)
    await made.beginning.remember()
    yield made
    await made.beginning.forget()


def live(world: World, lives: int, steps: int, *, is_always_the_same: bool = True) -> None:
    many = settings(
        max_examples=lives,
        stateful_step_count=steps,
        derandomize=is_always_the_same,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    machine = type("RandomLives", (RandomLives,), {"world": world})
    run_state_machine_as_test(machine, settings=many)  # type: ignore[no-untyped-call]


@pytest.mark.timeout(900)  # a fault is shrunk for up to five minutes
def test_whatever_people_do_the_promises_of_the_system_hold(world: World):
    live(world, LIVES, STEPS, is_always_the_same=IS_ALWAYS_THE_SAME)
    assert world.tried > LIVES * STEPS / 2
    assert world.taken > world.tried / 10, "people achieve too little to prove anything"


def test_a_planted_fault_is_found_and_told_in_few_steps(world: World, monkeypatch: pytest.MonkeyPatch):
    async def tell_nobody(happened: object) -> None:
        pass

    monkeypatch.setattr(steps, "tell", tell_nobody)
    with pytest.raises(AssertionError) as found:
        live(world, 20, 6)
    (note,) = [note for note in found.value.__notes__ if note.startswith("what happened:")]
    assert len(note.splitlines()) <= 3, note
