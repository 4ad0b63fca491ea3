import json
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from push import subscription
from push.public_hosts import is_public
from push.subscription import SERVICES, SubscriptionRefused
from tests.peers.webpush import GOOGLE, Browser


def refused(address: str) -> str:
    with pytest.raises(SubscriptionRefused) as error:
        subscription.read(address, SERVICES)
    return error.value.reason


def with_endpoint(endpoint: str) -> str:
    return json.dumps(json.loads(Browser().subscription()) | {"endpoint": endpoint})


def with_keys(**keys: str) -> str:
    found = json.loads(Browser().subscription())
    return json.dumps(found | {"keys": found["keys"] | keys})


def test_one_subscription_in_two_spellings_is_one_address():
    written = json.loads(Browser().subscription())
    padded = {name: value + "=" * (-len(value) % 4) for name, value in written["keys"].items()}
    spellings = [json.dumps(written), json.dumps({"keys": padded, "endpoint": written["endpoint"]}, indent=2)]
    assert len({subscription.write(subscription.read(each, SERVICES)) for each in spellings}) == 1


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/dQw4:APA91b_x-y",
        "https://fcm.googleapis.com:443/fcm/send/x",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA=",
        "https://web.push.apple.com/QGu",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYAAA%3d%3d",
    ],
)
def test_the_services_of_the_known_browsers_are_taken(endpoint: str):
    assert subscription.read(with_endpoint(endpoint), SERVICES).endpoint == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://localhost/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest/meta-data",
        "https://push.kota.example/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilfcm.googleapis.com/x",
        "https://push.apple.com/x",
        "https://evilpush.apple.com/x",
        "https://fcm.googleapis.com@evil.example/x",
        "https://evil.example\\@fcm.googleapis.com/x",
        "https://evil.example#@fcm.googleapis.com/x",
        "https://user:word@fcm.googleapis.com/x",
        "https://fcm.googleapis.com:22/x",
        "https://FCM.googleapis.com/x",
        "https://fcm.googleapis.com",
        "https://fcm.googleapis.com/x y",
        "https://fcm.googleapis.com/x\r\nx: y",
        "https://fcm.googleapis.com/x#y",
        "",
    ],
)
def test_any_other_endpoint_is_refused(endpoint: str):
    assert refused(with_endpoint(endpoint)) == "service"


def test_a_city_may_name_a_service_of_its_own():
    named = [*SERVICES, "push.kota.example"]
    address = Browser().subscription(host="push.kota.example")
    assert subscription.read(address, named).host == "push.kota.example"


@pytest.mark.parametrize("address", ["", "a-token", "[]", "null", "{}", '{"endpoint": 7}', '{"endpoint": "https://x"}'])
def test_what_is_no_subscription_is_refused(address: str):
    assert refused(address) == "subscription"


def a_point(first: int, coordinate: int) -> str:
    return urlsafe_b64encode(bytes([first]) + coordinate.to_bytes(32, "big") * 2).decode()


@pytest.mark.parametrize(
    "keys",
    [
        {"p256dh": a_point(4, 7)},  # beside the curve
        {"p256dh": a_point(4, 0)},
        {"p256dh": "BA"},
        {"p256dh": "AA=="},  # the point at infinity
        {"p256dh": "é" * 87},
        {"auth": "BTBZMqHH6r4Tts7J_aSI"},
        {"auth": ""},
        {"auth": "!!!"},
    ],
)
def test_keys_that_nothing_can_be_sealed_with_are_refused(keys: dict[str, str]):
    assert refused(with_keys(**keys)) == "keys"


@given(st.text(max_size=40))
def test_no_text_can_lead_to_another_host(text: str):
    try:
        found = subscription.read(with_endpoint(f"https://{text}{GOOGLE}/"), SERVICES)
    except SubscriptionRefused:
        return
    assert found.host == GOOGLE


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("8.8.8.8", True),
        ("2a00:1450:4001:81b::200a", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
    ],
)
def test_addresses_of_the_house_are_not_public(address: str, answer: bool):
    assert is_public(address) is answer
