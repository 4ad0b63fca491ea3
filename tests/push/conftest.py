from collections.abc import AsyncIterator, Iterator

import pytest

from push.fcm import FcmSender
from tests.peers.fcm import FcmDouble, start_fcm_double


@pytest.fixture(scope="session")
def double() -> Iterator[FcmDouble]:
    with start_fcm_double() as double:
        yield double


@pytest.fixture
def fcm(double: FcmDouble) -> FcmDouble:
    """Google's side, with nothing seen yet."""
    double.reset()
    return double


@pytest.fixture
async def sender(fcm: FcmDouble) -> AsyncIterator[FcmSender]:
    async with FcmSender(fcm.service_account_path, fcm.ca_path, fcm.resolve) as sender:
        yield sender
