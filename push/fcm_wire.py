"""FCM HTTP v1 on the wire: a letter's JSON, and the outcome that an answer means. No input or output.

The JSON is what firebase-admin's encoder makes of the same message (a test compares them).
Errors: https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from push.reach import retry_after_s
from push.sender import AddressDead, Delivered, Letter, Outcome, Rejected, TryLater

MAX_MESSAGE_BYTES = 4096
MAX_TTL_S = 28 * 86400
COLLAPSE_KEYS = 4  # FCM keeps this many different ones for a phone that is offline
OPERATOR_S = 300.0  # a fault that only the operator can mend
# A passive one lights no screen; a time-sensitive one breaks through the focus that its owner chose.
INTERRUPTION = {"low": "passive", "normal": "active", "high": "time-sensitive"}
UNAUTHENTICATED, PROJECT_QUOTA = "UNAUTHENTICATED", "PROJECT_QUOTA"
FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"


def message(letter: Letter) -> dict[str, Any]:
    """The subject is the tag: on the phone a newer revision takes the place of the older one."""
    tag, text, ttl_s = str(letter.subject), letter.text, min(letter.valid_for_s, MAX_TTL_S)
    webpush: dict[str, Any] = {
        "headers": {
            "TTL": str(ttl_s),
            "Urgency": text.urgency,
            "Topic": letter.subject.hex,  # at most 32 characters, RFC 8030
        },
        "notification": {"tag": tag},
    }
    if text.link:
        webpush["fcm_options"] = {"link": text.link}
    return {
        "fid" if letter.address_kind == "fid" else "token": letter.address,
        "data": {"mid": str(letter.mid), "rev": str(letter.rev), "kind": letter.kind, "subject": tag},
        "notification": {"title": text.title, "body": text.body},
        "android": {
            "collapse_key": f"subject-{letter.subject.int % COLLAPSE_KEYS}",
            "priority": "high" if text.is_urgent else "normal",
            "ttl": f"{ttl_s}s",
            "notification": {"tag": tag} | ({"channel_id": text.channel} if text.channel else {}),
        },
        "apns": {
            "headers": {
                "apns-collapse-id": tag,
                "apns-expiration": str(int(letter.valid_until.timestamp())),
                "apns-priority": "10" if text.is_urgent else "5",
            },
            "payload": {"aps": {"thread-id": tag, "interruption-level": INTERRUPTION[text.urgency]}},
        },
        "webpush": webpush,
    }


def request_body(letter: Letter) -> bytes | Rejected:
    """Measured as a whole, which is more than FCM counts: what passes here is never too big there."""
    inner = msgspec.json.encode(message(letter))
    if len(inner) > MAX_MESSAGE_BYTES:
        return Rejected("TOO_LARGE", f"message has {len(inner)} bytes, the limit is {MAX_MESSAGE_BYTES}")
    return b'{"message":%b}' % inner


class _Detail(msgspec.Struct):
    type: str = msgspec.field(name="@type", default="")
    error_code: str = msgspec.field(name="errorCode", default="")


class _Error(msgspec.Struct):
    status: str = ""
    message: str = ""
    details: list[_Detail] = []


class _Answer(msgspec.Struct):
    name: str = ""
    error: _Error | None = None


def outcome(status: int, headers: Mapping[str, str], body: bytes) -> Outcome:
    """`headers` by lower-case name."""
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except msgspec.DecodeError:
        answer = _Answer()  # a page of some proxy
    if status == 200 and answer.name:
        return Delivered(answer.name)
    error = answer.error or _Error(status=f"HTTP_{status}")
    fcm = next((detail.error_code for detail in error.details if detail.type == FCM_ERROR), "")
    if fcm in ("UNREGISTERED", "SENDER_ID_MISMATCH"):
        return AddressDead(fcm)
    after_s = retry_after_s(headers)
    if status == 429:
        return _throttled(error, after_s)
    if status == 503:
        return TryLater(code=fcm or error.status, after_s=after_s)
    if status >= 500 or status < 400:
        return TryLater(code=fcm or error.status, after_s=after_s, is_ambiguous=True)
    return _refused(status, fcm, error)


def _throttled(error: _Error, after_s: float | None) -> TryLater:
    """One device's own rate has a QuotaFailure; else it is the whole project's. Without the header: a minute."""
    is_own = any(detail.type.endswith("QuotaFailure") for detail in error.details)
    return TryLater(code="DEVICE_QUOTA" if is_own else PROJECT_QUOTA, after_s=60.0 if after_s is None else after_s)


def _refused(status: int, fcm: str, error: _Error) -> Outcome:
    if status == 401 and not fcm:
        return TryLater(code=UNAUTHENTICATED, after_s=60.0)
    if status in (401, 403, 404):  # the key of APNs, the role of the account, the project's name
        return TryLater(code=fcm or error.status, after_s=OPERATOR_S)
    return Rejected(fcm or error.status, error.message[:200])
