"""What is true of all reports at any moment, whatever people have done."""

import msgspec

import geo.pyramid
from api.cities.book import City, CityBook
from api.piccolo_conf import DB
from api.reports.audit import verify
from api.reports.clockwork import RunningClock, Terms, clocks_after, clocks_at_birth, extended, reclassified, terms_of
from api.reports.parts import derived
from api.reports.queries import ReportRow, report_rows
from api.reports.status import CONSEQUENCES, MOVES, TRANSITIONS
from tests.proof.lives import OUTSIDERS, Lives, Tried, stand


async def check_step(tried: Tried) -> None:
    """Of one step: refused and nothing changed, or lawful by the table, and told."""
    answer, before = tried.answer, tried.before
    if answer is None or before is None:
        return
    assert answer.status_code < 500, (str(tried), answer.text)
    (after,) = await stand(before.uid)
    if answer.status_code != 201:
        assert after == before, f"refused, and yet changed: {tried}"
        return
    assert after.version > before.version, str(tried)
    kind = tried.said.get("kind")
    if kind not in MOVES:
        assert (after.state == before.state) or kind in ("relocate", "recategorize") or not kind, str(tried)
        return
    step = TRANSITIONS.get((before.state, after.state))
    assert step is not None, f"not in the table: {tried}, now {after.state}"
    assert step.kind == kind, str(tried)
    if after.visibility == "public" and after.state not in ("rejected", "withdrawn"):
        told = {row["recipient"] for row in await DB.fetch(TOLD, before.uid, after.version)}
        missed = set(before.people) & set(after.people) - told - {await account_of(tried)}
        assert missed == set(), f"followers not told: {tried}"


TOLD = "SELECT recipient FROM notification WHERE subject = $1::uuid AND rev = $2"
ACTOR = "SELECT actor FROM report_event WHERE client_id = $1::uuid"


async def account_of(tried: Tried) -> int | None:
    rows = await DB.fetch(ACTOR, tried.said["id"])
    actor: int | None = rows[0]["actor"] if rows else None
    return actor


WORDS = "SELECT client_id::text AS uid, text, visibility FROM report"


async def check_answer(lives: Lives, tried: Tried) -> None:
    """Outsiders and the public read words of nothing but what is public; nobody the reporter's number."""
    if tried.answer is None:
        return
    told = tried.answer.text
    assert "81298765432" not in told or "/contact" in tried.what, f"the phone: {tried}"
    is_outside = tried.person in OUTSIDERS or tried.person == "stranger"
    if not is_outside and not tried.what.startswith(("GET /public", "GET /open311", "GET /ogc", "GET /v1/track")):
        return
    kept = [row for row in await DB.fetch(WORDS) if row["visibility"] != "public"]
    assert [row["text"] for row in kept if row["text"] in told and "kata-" in row["text"]] == [], str(tried)


async def check_all(lives: Lives) -> None:
    assert (await verify()).broken == []
    for name, question in FAULTS.items():
        assert [tuple(row) for row in await DB.fetch(question)] == [], name
    await check_clocks()
    await check_parts()
    now = lives.scene.town.clock()
    await geo.pyramid.fold(now)
    assert (await geo.pyramid.check())[1] == 0, "wrong cells of the map"


# Each finds what must not be.
FAULTS = {
    "a step of which the reporter was not told": """
        SELECT r.tracking_id, e.version, e.kind, e.to_state FROM report_event AS e JOIN report AS r ON r.id = e.report
        WHERE e.from_state IS NOT NULL AND e.from_state <> e.to_state AND e.role <> 'rule' AND NOT EXISTS (
            SELECT FROM notification AS n
            WHERE n.recipient = r.account AND n.subject = r.client_id AND n.rev = e.version)
    """,
    "on the map and not public, or public and not on the map": """
        SELECT r.tracking_id, r.state, r.visibility FROM report AS r
        WHERE (r.visibility = 'public' AND r.parent IS NULL AND r.state NOT IN ('rejected', 'withdrawn', 'duplicate'))
            <> EXISTS (SELECT FROM map_point AS p WHERE p.id = r.id)
    """,
    "two clocks of one name that run": """
        SELECT report, clock FROM report_clock WHERE stopped_at IS NULL GROUP BY 1, 2 HAVING count(*) > 1
    """,
    "a clock that runs after the end": """
        SELECT r.tracking_id, r.state, c.clock FROM report_clock AS c JOIN report AS r ON r.id = c.report
        WHERE r.state IN ('closed', 'rejected', 'withdrawn') AND c.stopped_at IS NULL
    """,
    "spoken for the reporter without saying so, or said to be and is not": """
        SELECT r.tracking_id, e.version, e.kind FROM report_event AS e JOIN report AS r ON r.id = e.report
        WHERE (e.role = 'reporter' AND e.actor <> r.account)
            <> coalesce((e.details->>'on_behalf')::boolean, false)
    """,
    "supports that nobody gave": """
        SELECT r.tracking_id, r.supports FROM report AS r
        WHERE NOT EXISTS (SELECT FROM report AS double WHERE double.merged_into = r.id) AND r.supports <> (
            SELECT count(*) FROM report_follower AS f WHERE f.report = r.id AND f.reason = 'support')
    """,
    "merged without being a duplicate": """
        SELECT tracking_id FROM report WHERE (state = 'duplicate') <> (merged_into IS NOT NULL)
    """,
    "a version that the report has not": """
        SELECT r.tracking_id FROM report AS r
        WHERE r.version <> (SELECT max(e.version) FROM report_event AS e WHERE e.report = r.id)
    """,
}


async def check_parts() -> None:
    rows = await DB.fetch(
        "SELECT w.state, array_agg(p.state) AS parts FROM report AS w JOIN report AS p ON p.parent = w.id GROUP BY w.id"
    )
    assert [row for row in rows if row["state"] != derived(row["parts"])] == []


async def check_clocks() -> None:
    for row in report_rows(await DB.fetch("SELECT * FROM report_shown ORDER BY id")):
        assert written(row.running_clocks) == written(await replayed(row)), row.tracking_id


def written(clocks: tuple[RunningClock, ...]) -> list[str]:
    return sorted(map(str, clocks))


EVENTS = """
SELECT kind, from_state, to_state, at, details->>'from_category' AS was, details->>'to_category' AS becomes
FROM report_event WHERE report = $1 ORDER BY version
"""


async def replayed(row: ReportRow) -> tuple[RunningClock, ...]:
    """From the events alone."""
    city = await CityBook(DB).city_of(row.village_code)
    assert city is not None
    events = await DB.fetch(EVENTS, row.id)
    current = city.every_category[row.category].key
    category = next((event["was"] for event in events if event["kind"] == "recategorize"), current)
    clocks = clocks_at_birth(_terms(city, category, row), events[0]["at"])
    for event in events[1:]:
        kind, at = event["kind"], event["at"]
        category = event["becomes"] or category
        terms = _terms(city, category, row)
        if kind == "split":
            clocks = tuple(msgspec.structs.replace(c, stopped_at=c.stopped_at or at) for c in clocks)
        elif kind == "recategorize":
            clocks = reclassified(clocks, terms)
        elif kind == "extend":
            clocks = extended(clocks, terms)
        elif event["from_state"] and kind not in CONSEQUENCES:
            clocks = clocks_after(clocks, (event["from_state"], event["to_state"]), terms, at)
    return clocks


def _terms(city: City, category: str, row: ReportRow) -> Terms:
    found = next(one for one in city.every_category.values() if one.key == category)
    return terms_of(city, found, row.report_type)
