"""Every step of the table and every kind of event, asked by everybody: what the matrix says is what happens."""

from collections.abc import Callable
from typing import Any, get_args

import pytest
from uuid_utils.compat import uuid7

from api.accounts.matrix import ROLES, Action, may
from api.piccolo_conf import DB
from api.reports.status import CONSEQUENCES, MOVES, TRANSITIONS, Kind, State
from tests.people import a_report
from tests.proof.scene import AGENCY, ELSEWHERE, EVERYBODY, SIGNED_IN, Scene, listens, standings, undone

REFUSED = {401, 403, 404}
# Which line of the matrix a step falls under; what is not "change" is the reporter's own word.
ENTERING: dict[State, Action] = {
    "verified": "verify_reject_ask",
    "dispatched": "dispatch",
    "needs_info": "verify_reject_ask",
    "rejected": "verify_reject_ask",
    "duplicate": "merge",
    "in_progress": "start_schedule_forward",
    "scheduled": "start_schedule_forward",
    "forwarded": "start_schedule_forward",
    "work_done": "file_evidence",
    "resolved": "approve",
}
OTHERWISE: dict[tuple[State, State], Action] = {
    ("dispatched", "dispatched"): "dispose",
    ("in_progress", "dispatched"): "dispose",
    ("dispatched", "verified"): "dispose",  # the agency gives it back
    ("work_done", "in_progress"): "approve",
    ("closed", "in_progress"): "approve",
    ("duplicate", "submitted"): "merge",
    ("duplicate", "verified"): "merge",
}
# Where the field's list of transitions names somebody of whom the line of the matrix does not speak …
WIDER: dict[tuple[State, State], set[str]] = {
    ("submitted", "duplicate"): {"area_head"},
    ("in_progress", "rejected"): {"coordinator"},
    ("forwarded", "rejected"): {"coordinator"},
}
# … and where it names fewer than the line would let.
NARROWER: dict[tuple[State, State], set[str]] = {
    ("submitted", "needs_info"): {"coordinator"},
    ("needs_info", "rejected"): {"area_head"},
    ("verified", "rejected"): {"area_head"},
    ("in_progress", "rejected"): {"area_head", "operator"},
    ("forwarded", "rejected"): {"area_head"},
    ("closed", "in_progress"): {"coordinator", "area_head"},
}


def action_of(step: tuple[State, State]) -> Action:
    if TRANSITIONS[step].kind != "change":
        return "speak_as_reporter"
    return OTHERWISE.get(step) or ENTERING[step[1]]


def let(action: Action, standing: str, to: State | None) -> bool:
    """Without what may only be proposed, and the part of a cell that speaks of another step."""
    narrowed = {"ask": "needs_info", "start": "in_progress"}
    return any(cell.only != "propose" and narrowed.get(cell.only, to) == to for cell in may(action, [standing]))


@pytest.mark.parametrize("step", TRANSITIONS, ids="-".join)
def test_a_step_of_the_table_is_for_whom_the_matrix_lets(step: tuple[State, State]):
    roles = ["reporter", *(role for role in ROLES if role not in ("public", "resident"))]
    lets = {role for role in roles if let(action_of(step), role, step[1])}
    if action_of(step) == "speak_as_reporter":
        lets -= {"operator"}  # on behalf of who called, not of who has an app: the table cannot tell, see below
    expected = lets | WIDER.get(step, set())
    assert TRANSITIONS[step].actors - {"rule", "system"} == expected - NARROWER.get(step, set())


def a_change(scene: Scene, step: tuple[State, State]) -> dict[str, Any]:
    found, said = TRANSITIONS[step], {"note": "Mohon foto", "reason": "Sesuai aturan", "reference": "PU-1/2026"}
    if found.kind != "change":
        return {"kind": found.kind, **said}
    date = "2026-12-01T03:00:00Z" if step[1] == "scheduled" else None
    master = scene.reports["free"]["tracking_id"] if step[1] == "duplicate" else ""
    return {"kind": "change", "to": step[1], "agency": AGENCY, "date": date, "duplicate_of": master, **said}


AT = """
-- the state, and a story that has led there
WITH moved AS (UPDATE report SET state = $2 WHERE client_id = $1 RETURNING id, version)
UPDATE report_event AS e SET to_state = $2, from_state = CASE WHEN $2 = 'duplicate' THEN $3 ELSE e.from_state END
FROM moved WHERE e.report = moved.id AND (e.version = moved.version OR e.to_state = $2 OR e.from_state IS NOT NULL)
RETURNING moved.version
"""


async def ask(scene: Scene, person: str, subject: str, event: dict[str, Any], step: tuple[str, str] | None) -> str:
    """What the answer is: allowed or refused, or what is wrong about it."""
    report = scene.reports[subject]["id"]
    async with undone(scene.town):
        if step:
            version = (await DB.fetch(AT, report, *step))[0]["version"]
        else:
            version = (await DB.fetch("SELECT version FROM report WHERE client_id = $1", report))[0]["version"]
        body = {"id": str(uuid7()), "expected_version": version, **event}
        answer = await scene.people[person].post(f"/v1/reports/{report}/events", body)
    if wrong := scene.read_wrongly(person, answer, str(body)):
        return f"was told {wrong}"
    if answer.status_code in REFUSED:
        return "refused"
    return "allowed" if answer.status_code in (200, 201, 409, 422) else f"{answer.status_code} {answer.text}"


async def test_everybody_at_every_step(scene: Scene):
    wrong = []
    for step, found in TRANSITIONS.items():
        event = a_change(scene, step)
        for person in EVERYBODY:
            for subject in ("public", "secret"):
                expected = "allowed" if found.actors & set(standings(person, subject)) else "refused"
                happened = await ask(scene, person, subject, event, step)
                if happened != expected:
                    wrong.append(f"{person}, {subject}, {' -> '.join(step)}: {expected}, but {happened}")
    assert wrong == []


SAID_FOR_OTHERS = [step for step, found in TRANSITIONS.items() if "reporter" in found.actors]


async def test_for_who_called_only_the_operators_of_the_city_speak(scene: Scene):
    call = {"id": str(uuid7()), "channel": "call_112", **a_report()}
    answer = await (await scene.town.staff("operator")).post("/v1/desk/reports", call)
    assert answer.status_code == 201, answer.text
    scene.reports["called"] = answer.json()
    wrong = []
    for step in SAID_FOR_OTHERS:
        event = {**a_change(scene, step), "internal_note": "Menelepon pukul sepuluh"}
        for person in EVERYBODY:
            happened = await ask(scene, person, "called", event, step)
            if happened != ("allowed" if person == "operator" else "refused"):
                wrong.append(f"{person}, {' -> '.join(step)}: {happened}")
    assert wrong == []


Allowed = Callable[[str, str], bool]


def by(action: Action, *, but: tuple[str, ...] = (), also: tuple[str, ...] = ()) -> Allowed:
    def allowed(person: str, subject: str) -> bool:
        stands = set(standings(person, subject))
        return bool(stands & set(also)) or any(let(action, standing, None) for standing in stands - set(but))

    return allowed


def these(*roles: str) -> Allowed:
    return lambda person, subject: bool(set(roles) & set(standings(person, subject)))


def voice(*, own: bool) -> Allowed:
    def allowed(person: str, subject: str) -> bool:
        stands = set(listens(person, subject))
        if "reporter" in stands:
            return own
        return "helper" in stands or any(may("support_follow_comment", [standing]) for standing in stands)

    return allowed


WORKERS = ("officer", "coordinator", "area_head", "operator", "helper")
LEADS = by("dispose")
HIDES = by("redact_hide", but=("reporter",))
CORRECTS = by("correct_place_category", but=("reporter",))  # all of these reports have been verified
POSITION = {"lat": -6.4002, "lon": 106.7903}
KINDS: dict[Kind, tuple[Allowed, dict[str, Any]]] = {
    "comment": (voice(own=True), {"note": "Di sini juga"}),
    "support": (voice(own=False), {}),
    "unsupport": (voice(own=True), {}),
    "follow": (voice(own=False), {}),
    "unfollow": (voice(own=True), {}),
    "hide": (HIDES, {"reason": "Data pribadi"}),
    "unhide": (HIDES, {}),
    "visibility": (HIDES, {"visibility": "restricted", "reason": "Data pribadi"}),
    "redact": (by("redact_hide"), {"redact": {"address": True}}),
    "edit": (these("reporter"), {"text": "Jalan berlubang, dekat pasar"}),
    "relocate": (CORRECTS, {"position": POSITION}),
    "recategorize": (CORRECTS, {"category": "sampah"}),
    "recurrence": (by("correct_place_category"), {"recurrence_of": "00000000"}),
    "coordination": (LEADS, {"agency": ELSEWHERE}),
    "coordination_end": (LEADS, {"agency": ELSEWHERE}),
    "note": (these(*WORKERS), {"internal_note": "Cek dulu"}),
    "propose": (these("officer", "coordinator", "area_head"), {"internal_note": "Ini milik DLH"}),
    "extend": (LEADS, {"reason": "Menunggu dokumen"}),
    "contact": (by("see_contact"), {"reason": "Perlu menelepon pelapor"}),
}


def test_somebody_has_said_who_may_do_each_kind_of_event():
    assert set(KINDS) == set(get_args(Kind)) - MOVES - CONSEQUENCES


@pytest.mark.parametrize("subject", ["public", "restricted", "secret", "hidden", "free"])
async def test_everybody_with_every_kind_of_event(scene: Scene, subject: str):
    wrong = []
    for kind, (allowed, said) in KINDS.items():
        for person in EVERYBODY:
            expected = "allowed" if allowed(person, subject) else "refused"
            happened = await ask(scene, person, subject, {"kind": kind, **said}, None)
            if happened != expected:
                wrong.append(f"{person}, {subject}, {kind}: {expected}, but {happened}")
    assert wrong == []


@pytest.mark.parametrize("kind", sorted(CONSEQUENCES))
async def test_what_only_follows_from_something_else_is_said_by_nobody(scene: Scene, kind: str):
    for person in SIGNED_IN:
        report = scene.reports["public"]["id"]
        answer = await scene.people[person].says(report, kind, 5)
        assert answer.status_code == 422, (person, answer.text)
