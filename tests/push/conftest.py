import shutil
from collections.abc import AsyncIterator, Iterator

import pytest

from push import vapid
from push.fcm import FcmSender
from push.webpush import WebPushSender
from tests.peers.fcm import FcmDouble, start_fcm_double
from tests.peers.webpush import WebPushDouble, start_webpush_double
from tests.push.factories import NOW

collect_ignore = [] if shutil.which("firefox-esr") else ["test_firefox.py"]


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


@pytest.fixture(scope="session")
def webpush_double() -> Iterator[WebPushDouble]:
    with start_webpush_double() as double:
        yield double


@pytest.fixture
def webpush(webpush_double: WebPushDouble) -> WebPushDouble:
    """The push services of browsers, with nothing seen yet, at the tests' time."""
    webpush_double.reset()
    webpush_double.set_clock(NOW)
    return webpush_double


@pytest.fixture
async def web_sender(webpush: WebPushDouble) -> AsyncIterator[WebPushSender]:
    identity = await vapid.identity(NOW)
    async with WebPushSender(identity, "mailto:kominfo@kota.example", ca=webpush.ca_path, peers=webpush.peers) as one:
        yield one
