"""What FCM HTTP v1 and Google's token endpoint say on the wire: schema, checks, error bodies.

Faults are chosen by the address, so that a test reads like a story (N: that many times, then as usual):
    dead-*       404 UNREGISTERED             bad-*       400 INVALID_ARGUMENT with FcmError
    foreign-*    403 SENDER_ID_MISMATCH       apns-*      401 THIRD_PARTY_AUTH_ERROR
    denied-*     403 without FcmError         noproject-* 404 without FcmError
    quota-N-*    429 of this device, retry-after 1        pquota-N-* 429 of the project, no FcmError, retry-after 30
    busy-N-*     503 UNAVAILABLE, retry-after 1           boom-N-*   500 INTERNAL          html-N-* 502 with a page
    authz-N-*    401 UNAUTHENTICATED          slow-MS-*   answers after MS milliseconds
    drop-*       accepts and never answers    hole-N-*    N times neither accepts nor answers
"""

import json
import re
from typing import Any

import msgspec

FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
QUOTA_FAILURE = "type.googleapis.com/google.rpc.QuotaFailure"
ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
MAX_TTL_S = 2_419_200
FAULT = re.compile(
    r"(dead|bad|foreign|apns|denied|noproject|drop)-|(quota|pquota|busy|boom|html|slow|authz|hole)-(\d+)-"
)


class Answer(msgspec.Struct):
    status: int
    body: Any
    headers: dict[str, str] = {}


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Of proto3's JSON only the snake_case names, which are the ones the SDK sends."""


class Options(_Strict):
    analytics_label: str = ""
    link: str = ""
    image: str = ""


class Shown(_Strict):
    title: str = ""
    body: str = ""
    image: str = ""


class AndroidShown(_Strict):
    title: str = ""
    body: str = ""
    icon: str = ""
    color: str = ""
    sound: str = ""
    tag: str = ""
    click_action: str = ""
    channel_id: str = ""
    ticker: str = ""
    sticky: bool = False
    visibility: str = ""
    notification_priority: str = ""
    default_sound: bool = False
    notification_count: int = 0


class Android(_Strict):
    collapse_key: str = ""
    priority: str = ""
    ttl: str = ""
    restricted_package_name: str = ""
    data: dict[str, str] = {}
    notification: AndroidShown = AndroidShown()
    fcm_options: Options = Options()
    direct_boot_ok: bool = False


class Apns(_Strict):
    headers: dict[str, str] = {}
    payload: dict[str, Any] = {}
    fcm_options: Options = Options()


class Webpush(_Strict):
    headers: dict[str, str] = {}
    data: dict[str, str] = {}
    notification: dict[str, Any] = {}
    fcm_options: Options = Options()


class Message(_Strict):
    name: str = ""
    data: dict[str, str] = {}
    notification: Shown = Shown()
    android: Android = Android()
    webpush: Webpush = Webpush()
    apns: Apns = Apns()
    fcm_options: Options = Options()
    token: str = ""
    fid: str = ""
    topic: str = ""
    condition: str = ""

    @property
    def targets(self) -> list[str]:
        return [target for target in (self.token, self.fid, self.topic, self.condition) if target]


class Request(_Strict):
    message: Message
    validate_only: bool = False


def error(
    status: int, name: str, message: str, fcm: str = "", details: list[Any] | None = None, **headers: str
) -> Answer:
    body: dict[str, Any] = {"code": status, "message": message, "status": name}
    found = [*(details or []), *([{"@type": FCM_ERROR, "errorCode": fcm}] if fcm else [])]
    if found:
        body["details"] = found
    return Answer(status, {"error": body}, {key.replace("_", "-"): value for key, value in headers.items()})


def bad(field: str, description: str, fcm: str = "INVALID_ARGUMENT") -> Answer:
    violation = {"@type": BAD_REQUEST, "fieldViolations": [{"field": field, "description": description}]}
    return error(400, "INVALID_ARGUMENT", description, fcm, [violation])


def unauthenticated() -> Answer:
    return error(
        401,
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid"
        " authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
    )


def refusal(message: Message) -> Answer | None:
    """What FCM finds wrong with a message of the right shape."""
    if len(message.targets) != 1:
        return bad("message", "Recipient of the message is not set.")
    for key in message.data:
        if key in ("from", "message_type") or key.startswith(("google", "gcm")):
            return bad("message.data", f"Invalid data payload key: {key}")
    size = sum(len(key.encode()) + len(value.encode()) for key, value in message.data.items())
    size += len(msgspec.json.encode(message.notification))
    if size > (2048 if message.topic or message.condition else 4096):
        return bad("message", "Message is too big")
    return option_refusal(message)


def option_refusal(message: Message) -> Answer | None:
    seconds = re.fullmatch(r"(\d+)(\.\d{1,9})?s", message.android.ttl or "0s")
    if not seconds or int(seconds[1]) > MAX_TTL_S:
        return bad("message.android.ttl", "Invalid ttl.")
    if message.android.priority not in ("", "high", "normal", "HIGH", "NORMAL"):
        return bad("message.android.priority", "Invalid value")
    if message.webpush.fcm_options.link and not message.webpush.fcm_options.link.startswith("https://"):
        return bad("message.webpush.fcm_options.link", "Link must be an https URL.")
    return None


def read_request(body: bytes) -> Request | Answer:
    try:
        request = msgspec.json.decode(body, type=Request)
    except msgspec.ValidationError as fault:
        return bad("message", f"Invalid JSON payload received. {fault}", fcm="")
    except msgspec.DecodeError:
        return bad("", "Invalid JSON payload received. Unexpected token.", fcm="")
    return refusal(request.message) or request


def project_quota(project: str) -> Answer:
    """429 of the whole project: an ErrorInfo and no FcmError."""
    reason = {
        "@type": ERROR_INFO,
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
        "metadata": {
            "service": "fcm.googleapis.com",
            "quota_metric": "fcm.googleapis.com/send_requests",
            "quota_limit": "SendsPerMinutePerProject",
            "consumer": f"projects/{project}",
        },
    }
    return error(
        429,
        "RESOURCE_EXHAUSTED",
        "Quota exceeded for quota metric 'Send requests' and limit 'Send requests per minute' of service"
        f" 'fcm.googleapis.com' for consumer 'project_number:{project}'.",
        details=[reason],
        retry_after="30",
    )


def device_quota(address: str) -> Answer:
    violation = {
        "@type": QUOTA_FAILURE,
        "violations": [{"subject": f"device:{address}", "description": "Device message rate exceeded"}],
    }
    return error(429, "RESOURCE_EXHAUSTED", "Quota exceeded.", "QUOTA_EXCEEDED", [violation], retry_after="1")


PAGE = Answer(
    502,
    b"<!DOCTYPE html><html lang=en><title>Error 502 (Server Error)!!1</title>",
    {"content-type": "text/html; charset=UTF-8"},
)


def lasting_fault(kind: str) -> Answer:
    """The answer to an address whose prefix has no number."""
    return {
        "dead": error(404, "NOT_FOUND", "Requested entity was not found.", "UNREGISTERED"),
        "bad": bad("message.token", "The registration token is not a valid FCM registration token"),
        "foreign": error(403, "PERMISSION_DENIED", "SenderId mismatch", "SENDER_ID_MISMATCH"),
        "apns": error(401, "UNAUTHENTICATED", "Auth error from APNS or Web Push Service", "THIRD_PARTY_AUTH_ERROR"),
        "denied": error(403, "PERMISSION_DENIED", "Permission 'cloudmessaging.messages.create' denied"),
        "noproject": error(404, "NOT_FOUND", "Requested entity was not found."),
    }[kind]


def passing_fault(kind: str, address: str, project: str) -> Answer:
    """The answer to an address whose prefix has a number, while it lasts."""
    return {
        "quota": device_quota(address),
        "pquota": project_quota(project),
        "busy": error(503, "UNAVAILABLE", "The service is currently unavailable.", "UNAVAILABLE", retry_after="1"),
        "boom": error(500, "INTERNAL", "Internal error encountered.", "INTERNAL"),
        "html": PAGE,
        "authz": unauthenticated(),
    }[kind]


def encode(answer: Answer) -> bytes:
    return answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
