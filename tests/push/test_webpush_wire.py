"""Sealing against the RFC's example; what each answer means."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from push import webpush_wire
from push.sender import AddressDead, Delivered, Outcome, Rejected, Text, TryLater
from push.subscription import Keys, base64, unbase64
from tests.peers.webpush import Browser
from tests.push.factories import a_letter


def a_key(private: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(unbase64(private), "big"), ec.SECP256R1())


def test_the_example_of_rfc_8291_is_sealed_to_its_very_bytes():
    browser = a_key("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")
    keys = Keys(base64(webpush_wire.point_of(browser)), "BTBZMqHH6r4Tts7J_aSIgg")
    sender, salt = a_key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), unbase64("DGv6ra1nlYgDCS1FRnbzlw")
    plain = b"When I grow up, I want to be a watermelon"
    assert base64(webpush_wire.sealed(plain, keys, sender, salt)) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
        "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_the_same_message_is_sealed_differently_each_time():
    keys = Keys(**Browser().keys)
    assert webpush_wire.seal(b"{}", keys)[:86] != webpush_wire.seal(b"{}", keys)[:86]


def test_the_largest_message_that_is_taken_fills_the_largest_body():
    def content(length: int) -> bytes | Rejected:
        return webpush_wire.content(a_letter(text=Text(title="", body="x" * length)))

    shortest = content(0)
    assert isinstance(shortest, bytes)
    room = webpush_wire.MAX_BODY_BYTES - webpush_wire.OVERHEAD_BYTES - len(shortest)
    largest = content(room)
    assert isinstance(largest, bytes)
    assert len(webpush_wire.seal(largest, Keys(**Browser().keys))) == 4096
    assert isinstance(content(room + 1), Rejected)


@pytest.mark.parametrize(
    ("given", "urgency", "ttl"),
    [
        ({}, "normal", "3600"),
        ({"text": Text(title="", body="", is_urgent=True)}, "high", "3600"),
        ({"text": Text(title="", body="", is_quiet=True)}, "low", "3600"),
        ({"valid_for_s": -5}, "normal", "0"),
        ({"valid_for_s": 90 * 86400}, "normal", str(28 * 86400)),
    ],
)
def test_urgency_and_time_to_live_are_the_letters(given: dict[str, object], urgency: str, ttl: str):
    headers = webpush_wire.headers(a_letter(**given), "vapid")
    assert (headers["urgency"], headers["ttl"]) == (urgency, ttl)


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        (201, {"location": "https://push.example/m/abc"}, Delivered("abc")),
        (202, {}, Delivered("")),
        (404, {}, AddressDead("HTTP_404")),
        (410, {}, AddressDead("HTTP_410")),
        (429, {"retry-after": "7"}, TryLater(code="THROTTLED", after_s=7)),
        (429, {}, TryLater(code="THROTTLED", after_s=60)),
        (503, {"retry-after": "7"}, TryLater(code="HTTP_503", after_s=7)),
        (500, {}, TryLater(code="HTTP_500", is_ambiguous=True)),
        (401, {}, TryLater(code="HTTP_401", after_s=1800)),
        (403, {}, TryLater(code="HTTP_403", after_s=1800)),
        (307, {"location": "https://10.0.0.1/"}, TryLater(code="HTTP_307", after_s=1800)),
        (413, {}, Rejected("HTTP_413", "")),
        (400, {}, Rejected("HTTP_400", "")),
    ],
)
def test_each_answer_is_an_outcome(status: int, headers: dict[str, str], outcome: Outcome):
    assert webpush_wire.outcome(status, headers) == outcome
