"""A report comes in: located, routed, promised and stored, all or nothing."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec

from api.accounts.speaker import Speaker
from api.cities.book import CityBook
from api.database import Statement
from api.errors import AccountBlocked, CityNotServed, FieldRefused, ReportDiffers
from api.piccolo_conf import DB
from api.reports.birth import Author, birth_events
from api.reports.chain import Link, seals_written
from api.reports.escalation import next_look
from api.reports.holding import REPEATED, held, repeat_values, waiting
from api.reports.limits import check_limit, check_may_speak, limit_values
from api.reports.pictures import upload_url
from api.reports.plan import Plan, decide
from api.reports.publicity import is_on_map, mark_values
from api.reports.receipts import agency_shown, find_receipt, promise_shown
from api.reports.schemas import Channel, CityShown, NewReport, PhotoShown, Receipt
from api.reports.tracking import new_tracking_id, read_tracking_id, shown
from api.reports.words import clean, clean_text
from geo.locate import OutsideCoverage
from geo.point import PositionRefused
from media.errors import AnnouncementRefused, PhotoIdTaken
from media.photos import check_quota

NOTICE_VALID = timedelta(days=7)


async def submit(
    report_id: UUID, new: NewReport, speaker: Speaker, cities: CityBook, now: datetime, *, channel: Channel = "app"
) -> tuple[Receipt, bool]:
    """The receipt, and whether the report is new: the same body again gives the same receipt.

    Raises FieldRefused, PositionRefused, OutsideCoverage, CityNotServed, ReportDiffers, AnnouncementRefused,
    AccountBlocked, TooMuchSaid.
    """
    body_sha256 = hashlib.sha256(_BODY.encode(new)).digest()
    try:
        plan = held(await decide(new, cities, now), new, speaker)
        check_may_speak(speaker, plan.city.id, now)  # after `decide`: who is in danger is sent to 112, whoever they are
        submission = Submission(report_id, new_tracking_id(), new, speaker, plan, body_sha256, channel)
        receipt = await store(submission)
    except REFUSALS:
        # What was accepted once stays accepted, though the city may have changed its mind since.
        if (known := await find_receipt(report_id, speaker.account, body_sha256, cities)) is None:
            raise
        return known, False
    if receipt is not None:
        return receipt, True
    if (known := await find_receipt(report_id, speaker.account, body_sha256, cities)) is None:
        raise ReportDiffers(report_id)
    return known, False


REFUSALS = (
    FieldRefused,
    PositionRefused,
    OutsideCoverage,
    CityNotServed,
    AnnouncementRefused,
    PhotoIdTaken,
    AccountBlocked,
)
_BODY = msgspec.json.Encoder(order="deterministic")


SUBMIT = Statement("""
-- the report, unless this phone has sent it before
WITH born AS (
    INSERT INTO report (client_id, tracking_id, body_sha256, account, channel, report_type, city, category, text,
        address, answers, visibility, is_anonymous, location, accuracy_m, village_code, boundary_version, place,
        occurred_at, created_at, state, version, step_version, agency, routing_reason, last_hash,
        text_digest, recurrence_of, public_location)
    VALUES (:id, :tracking_id, :body_sha256, :account, :channel, :report_type, :city, :category, :text,
        :address, :answers, :visibility, :is_anonymous, :point, :accuracy_m, :village_code, :boundary_version, :place,
        :occurred_at, :now, :state, :version, :version, :agency, :routing_reason,
        :last_hash, :text_digest, (SELECT earlier.id FROM report AS earlier
                     WHERE earlier.tracking_id = :recurrence_of AND earlier.city = :city),
        area_mark(:point, :village_code, :finest_m, :part))
    ON CONFLICT (client_id) DO NOTHING
    RETURNING id, public_location
),
-- that it came, and where the rule sent it
told AS (
    INSERT INTO report_event (report, version, client_id, kind, actor, role, from_state, to_state, agency, reason,
        note, internal_note, evidence, details, at, seals, hash)
    SELECT born.id, e.version, e.client_id, e.kind, e.actor, e.role, e.from_state, e.to_state, e.agency, e.reason,
        '', '', '{}', e.details, :now, e.seals, e.hash
    FROM born, unnest(:versions ::int[], :event_ids ::uuid[], :kinds ::text[], :actors ::bigint[], :roles ::text[],
        :from_states ::text[], :to_states ::text[], :agencies ::int[], :reasons ::text[], :details ::jsonb[],
        :seals ::jsonb[], :hashes ::bytea[])
        AS e (version, client_id, kind, actor, role, from_state, to_state, agency, reason, details, seals,
            hash)
),
-- what is promised
promised AS (
    INSERT INTO report_clock (report, clock, started_at, due_at, stopped_at, look_at)
    SELECT born.id, c.clock, :now, c.due_at, c.stopped_at, c.look_at
    FROM born, unnest(:clocks ::text[], :due ::timestamptz[], :stopped ::timestamptz[], :look ::timestamptz[])
        AS c (clock, due_at, stopped_at, look_at)
),
-- which photos will follow
pictured AS (
    INSERT INTO report_photo (photo, report, account, purpose, position)
    SELECT p.photo, born.id, :account, 'report', p.position
    FROM born, unnest(:photo_ids ::uuid[]) WITH ORDINALITY AS p (photo, position)
)
-- unless it is more than the account may, or what others have just said
-- the other rooms take their part: media expects, push tells, the map shows what is public
SELECT report_allow(born.id, :account, :session, :now, :per_hour, :per_day),
    report_repeated(born.id, :account, :village_code, :repeats, :now),
    photo_expect(:photos ::jsonb, :account, :now,
        CASE WHEN :photos <> '[]' THEN (SELECT s.family FROM session AS s WHERE s.id = :session) END),
    push_notify(:account, :id, :version, 'report.received', :params ::jsonb, :now, :valid),
    CASE WHEN :is_on_map THEN
        map_point_put(born.id, :city, :category, true, :now, ST_X(born.public_location), ST_Y(born.public_location),
            :tracking_id) END
FROM born
""")


class Submission(msgspec.Struct, frozen=True):
    """A report that has been decided on and has its number, ready to be written."""

    id: UUID
    tracking_id: str
    new: NewReport
    speaker: Speaker
    plan: Plan
    body_sha256: bytes
    channel: Channel = "app"
    by: Author | None = None

    def values(self) -> dict[str, object]:
        """By the names in SUBMIT."""
        events = birth_events(self.id, self.by or Author(self.speaker.account), self.plan, self.body_sha256)
        identity: dict[str, object] = {
            "id": self.id,
            "tracking_id": self.tracking_id,
            "account": self.speaker.account,
            "session": self.speaker.session,
            "body_sha256": self.body_sha256,
            "now": self.plan.now,
            "channel": self.channel,
        }
        return (
            identity
            | _report_values(self.new, self.plan)
            | _event_values(events)
            | _clock_values(self.plan)
            | _notice(self.plan, self.tracking_id, self.speaker)
            | limit_values(self.speaker, self.channel)
            | repeat_values(self.plan, self.new, self.speaker, is_by_staff=self.by is not None)
        )


async def store(submission: Submission) -> Receipt | None:
    """None when the id was there before."""
    try:
        rows = await SUBMIT.fetch(DB, **submission.values())
    except asyncpg.UniqueViolationError as taken:
        if taken.constraint_name == "report_tracking_id_key":  # once in 34 milliard: another id, again
            return await store(msgspec.structs.replace(submission, tracking_id=new_tracking_id()))
        if taken.constraint_name in ("photo_pkey", "report_photo_pkey"):
            raise PhotoIdTaken(tuple(photo.id for photo in submission.new.photos)) from taken
        if taken.constraint_name == "report_event_client_id_key":
            raise ReportDiffers(submission.id) from taken
        raise
    except asyncpg.RaiseError as raised:
        if str(raised) == "report_repeated":
            plan = waiting(submission.plan, submission.new, REPEATED)
            return await store(msgspec.structs.replace(submission, plan=plan))
        check_quota(raised, submission.plan.now)
        check_limit(raised)
        raise
    return receipt_of(submission) if rows else None


def _report_values(new: NewReport, plan: Plan) -> dict[str, object]:
    return {
        "report_type": new.report_type,
        "city": plan.city.id,
        "category": plan.category.id,
        "text": clean_text("text", new.text),
        "address": clean("address", new.address),
        "answers": msgspec.json.encode(
            {clean("answers", k): clean("answers", v) for k, v in new.answers.items()}
        ).decode(),
        "visibility": plan.visibility,
        "is_anonymous": new.anonymous,
        "point": plan.point,
        "accuracy_m": plan.point.accuracy_m,
        "village_code": plan.place.village.code,
        "boundary_version": plan.place.boundary_version,
        "place": msgspec.json.encode(plan.place).decode(),
        "occurred_at": new.occurred_at or plan.now,
        "state": plan.state,
        "agency": plan.route.agency_id,
        "routing_reason": plan.route.reason,
        "is_on_map": is_on_map(plan.visibility, plan.state),
        "recurrence_of": read_tracking_id(new.recurrence_of) if new.recurrence_of else None,
        "photo_ids": [photo.id for photo in new.photos],
        "photos": msgspec.json.encode([photo.for_media() for photo in new.photos]).decode(),
        **mark_values(plan.category, plan.place.village.code),
    }


def _event_values(events: list[tuple[Link, bytes]]) -> dict[str, object]:
    links = [link for link, _ in events]
    return {
        "version": len(events),
        "last_hash": events[-1][1],
        "versions": [link.version for link in links],
        "event_ids": [link.client_id for link in links],
        "kinds": [link.kind for link in links],
        "actors": [link.actor for link in links],
        "roles": [link.role for link in links],
        "from_states": [link.from_state for link in links],
        "to_states": [link.to_state for link in links],
        "agencies": [link.agency for link in links],
        "reasons": [link.reason for link in links],
        "details": [link.details for link in links],
        "seals": [seals_written(link) for link in links],
        "hashes": [digest for _, digest in events],
    }


def _clock_values(plan: Plan) -> dict[str, object]:
    clocks = plan.clocks
    return {
        "clocks": [clock.clock for clock in clocks],
        "due": [clock.due_at for clock in clocks],
        "stopped": [clock.stopped_at for clock in clocks],
        "look": [next_look(clock, plan.city, plan.now) or plan.now for clock in clocks],
    }


def _notice(plan: Plan, tracking_id: str, speaker: Speaker) -> dict[str, object]:
    """What the inbox keeps: facts, no personal word; the text is made when it is read."""
    agency = plan.city.agencies.get(plan.route.agency_id or 0)
    params = {
        "tracking_id": tracking_id,
        "state": plan.state,
        "agency": agency.name if agency else None,
        "language": speaker.language,
    }
    return {"params": msgspec.json.encode(params).decode(), "valid": NOTICE_VALID}


def receipt_of(submission: Submission) -> Receipt:
    plan, photos = submission.plan, submission.new.photos
    return Receipt(
        id=submission.id,
        tracking_id=shown(submission.tracking_id),
        state=plan.state,
        place=plan.place,
        city=CityShown(plan.city.code, plan.city.name),
        agency=agency_shown(plan.city, plan.route.agency_id),
        routing_reason=plan.route.reason,
        promise=promise_shown(plan.clocks),
        version=2 if plan.route.agency_id is not None else 1,
        photos=tuple(PhotoShown(photo.id, "expected", "report", upload_url(photo.id)) for photo in photos),
    )
