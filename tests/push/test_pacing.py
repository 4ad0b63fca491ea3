import asyncio

from push.pacing import Pacer


async def test_the_pace_is_four_fifths_of_the_quota():
    assert Pacer(600).rate == 8


async def test_more_than_two_seconds_of_waiting_are_left_to_the_outbox():
    pacer = Pacer(30)  # 0.4 a second
    waits = await asyncio.gather(*[pacer.turn() for _ in range(3)])
    assert waits[0] == 0.0
    assert min(waits[1:]) > 2


async def test_answers_of_one_episode_halve_the_pace_once():
    pacer = Pacer(600)
    for _ in range(50):
        pacer.throttled(30)
    assert pacer.rate == 4
    assert 29 < pacer.held_s <= 30


async def test_a_minute_of_accepted_messages_brings_the_pace_back():
    pacer = Pacer(600)
    pacer.throttled(0)
    for _ in range(60 * 8):
        pacer.accepted()
    assert pacer.rate == 8


async def test_the_pause_grows_with_each_failed_attempt_and_ends_with_an_answer():
    pacer = Pacer(600)
    pacer.unreachable()
    pacer.unreachable()  # of the same episode
    assert 4 < pacer.held_s <= 5
    pacer.accepted()
    assert await Pacer(600).turn() == 0.0
