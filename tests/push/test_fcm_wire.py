"""Our JSON against firebase-admin's encoder, and the reading of answers."""

import json
import warnings
from datetime import timedelta
from typing import Any

import pytest
from firebase_admin import messaging

from push import fcm_wire
from push.sender import Letter, Text, TryLater
from tests.push.factories import a_letter

LEVELS = {"low": "passive", "normal": "active", "high": "time-sensitive"}


def by_the_sdk(letter: Letter) -> dict[str, Any]:
    """The same message in firebase-admin's classes, through its encoder and its checks."""
    tag, text = str(letter.subject), letter.text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # token: most phones still have one
        message = messaging.Message(
            **{"fid" if letter.address_kind == "fid" else "token": letter.address},
            data={"mid": str(letter.mid), "rev": str(letter.rev), "kind": letter.kind, "subject": tag},
            notification=messaging.Notification(title=text.title, body=text.body),
            android=messaging.AndroidConfig(
                collapse_key=f"subject-{letter.subject.int % 4}",
                priority="high" if text.is_urgent else "normal",
                ttl=timedelta(seconds=min(letter.valid_for_s, 28 * 86400)),
                notification=messaging.AndroidNotification(tag=tag, channel_id=text.channel),
            ),
            apns=messaging.APNSConfig(
                headers={
                    "apns-collapse-id": tag,
                    "apns-expiration": str(int(letter.valid_until.timestamp())),
                    "apns-priority": "10" if text.is_urgent else "5",
                },
                payload=messaging.APNSPayload(
                    aps=messaging.Aps(thread_id=tag, custom_data={"interruption-level": LEVELS[text.urgency]})
                ),
            ),
            webpush=messaging.WebpushConfig(
                headers={
                    "TTL": str(min(letter.valid_for_s, 28 * 86400)),
                    "Urgency": text.urgency,
                    "Topic": letter.subject.hex,
                },
                notification=messaging.WebpushNotification(tag=tag),
                fcm_options=messaging.WebpushFCMOptions(link=text.link) if text.link else None,
            ),
        )
    encoded: dict[str, Any] = json.loads(str(message))
    return encoded


@pytest.mark.parametrize(
    "letter",
    [
        a_letter(),
        a_letter(address_kind="fid"),
        a_letter(text=Text(title="Laporan", body='Jalan "rusak" & <b>berlubang</b> ✓', is_urgent=True)),
        a_letter(text=Text(title="Laporan", body="Selesai", link="https://kota.example/lacak/K7")),
        a_letter(valid_for_s=90 * 86400),
        a_letter(text=Text(title="Laporan", body="Diproses", channel="followed", is_quiet=True)),
        a_letter(text=Text(title="Banjir", body="Naik", channel="alarm", is_urgent=True)),
    ],
    ids=["token", "fid", "urgent", "link", "longer than FCM keeps", "quiet", "alarm"],
)
def test_our_json_is_that_of_the_sdks_encoder(letter: Letter):
    body = fcm_wire.request_body(letter)
    assert isinstance(body, bytes)
    assert json.loads(body) == {"message": by_the_sdk(letter)}


@pytest.mark.parametrize(
    ("headers", "after_s"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "999999"}, 3600.0),
        ({"retry-after": "Mon, 02 Mar 2026 01:31:30 GMT", "date": "Mon, 02 Mar 2026 01:30:00 GMT"}, 90.0),
        ({"retry-after": "Mon, 02 Mar 2026 01:29:00 GMT", "date": "Mon, 02 Mar 2026 01:30:00 GMT"}, 0.0),
        ({"retry-after": "Mon, 02 Mar 2026 01:31:30 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_both_its_forms(headers: dict[str, str], after_s: float | None):
    assert fcm_wire.outcome(503, headers, b"{}") == TryLater(code="HTTP_503", after_s=after_s)


def test_a_429_without_the_header_waits_a_minute():
    assert fcm_wire.outcome(429, {}, b"{}") == TryLater(code="PROJECT_QUOTA", after_s=60)


def test_a_200_that_is_no_answer_of_fcm_is_ambiguous():
    assert fcm_wire.outcome(200, {}, b"<html>") == TryLater(code="HTTP_200", is_ambiguous=True)
