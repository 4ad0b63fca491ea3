import asyncio
from datetime import timedelta

import jwt

from push import vapid
from push.subscription import public_key, unbase64
from push.vapid import Identity, Signer
from tests.push.factories import NOW

CONTACT = "https://lapor.kota.example"
ORIGIN = "https://updates.push.services.mozilla.com"


def claims_of(header: str, identity: Identity) -> dict[str, object]:
    token = header.removeprefix("vapid t=").split(",")[0]
    key = public_key(unbase64(identity.public))
    claims: dict[str, object] = jwt.decode(
        token, key, algorithms=["ES256"], audience=ORIGIN, options={"verify_exp": False}
    )
    return claims


async def test_ten_first_starts_at_once_make_one_key():
    found = await asyncio.gather(*[vapid.identity(NOW) for _ in range(10)])
    assert len({identity.public for identity in found}) == 1


async def test_the_key_is_the_same_at_every_later_start():
    first = await vapid.identity(NOW)
    assert (await vapid.identity(NOW + timedelta(days=900))).public == first.public
    assert len(unbase64(first.public)) == 65


async def test_the_token_says_who_for_whom_and_until_when():
    identity = await vapid.identity(NOW)
    header = Signer(identity, CONTACT).authorization(ORIGIN, NOW)
    assert claims_of(header, identity) == {
        "aud": ORIGIN,
        "exp": int((NOW + timedelta(hours=12)).timestamp()),
        "sub": CONTACT,
    }
    assert header.endswith(f", k={identity.public}")


async def test_a_token_serves_for_six_hours():
    signer = Signer(await vapid.identity(NOW), CONTACT)
    first = signer.authorization(ORIGIN, NOW)
    assert signer.authorization(ORIGIN, NOW + timedelta(hours=5, minutes=59)) == first
    assert signer.authorization(ORIGIN, NOW + timedelta(hours=6)) != first


async def test_a_clock_that_was_set_back_gets_a_token_of_its_own_time():
    identity = await vapid.identity(NOW)
    signer = Signer(identity, CONTACT)
    signer.authorization(ORIGIN, NOW)
    earlier = signer.authorization(ORIGIN, NOW - timedelta(days=1))
    assert claims_of(earlier, identity)["exp"] == int((NOW - timedelta(hours=12)).timestamp())


async def test_each_service_gets_its_own_token():
    signer = Signer(await vapid.identity(NOW), CONTACT)
    assert signer.authorization(ORIGIN, NOW) != signer.authorization("https://web.push.apple.com", NOW)
