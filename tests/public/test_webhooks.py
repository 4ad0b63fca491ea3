"""Webhooks: who may have one, what is told, how it is signed, what happens when nobody answers."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.public.webhooks.delivering import LONGEST_PAUSE, Webhooks, forget_attempts, pause_after
from api.public.webhooks.posting import NoPublicAddress, Poster, public_address
from tests.journeys.processes import until
from tests.peers.webhook import Receiver, a_receiver
from tests.people import Person, Town
from tests.plans import indexes_of
from tests.reports.steps import dispatched


@pytest.fixture
async def receiver(tmp_path: Path) -> AsyncIterator[Receiver]:
    with a_receiver(tmp_path) as one:
        yield one


@pytest.fixture
def webhooks(town: Town, receiver: Receiver) -> Webhooks:
    state = town.app.state
    poster = Poster(receiver.ca, resolve=lambda host, port: "127.0.0.1")
    return Webhooks(poster, state.seals, state.cities, "https://lapor.example")


async def added(person: Person, url: str, **fields: Any) -> dict[str, Any]:
    answer = await person.post("/v1/webhooks", {"city": "32.76", "url": url, **fields})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def told(town: Town, webhooks: Webhooks, receiver: Receiver, count: int) -> None:
    """Until so many deliveries came: another test's transaction may be open for a moment, and holds changes back."""

    async def is_told() -> bool:
        await webhooks.deliver_due(town.clock())
        town.clock.passes(seconds=6)
        return len(receiver.received) >= count

    await until(is_told, f"{count} deliveries")


async def test_a_change_is_told_signed_and_in_full_when_it_is_public(
    town: Town, webhooks: Webhooks, receiver: Receiver
):
    made = await added(await town.staff("admin"), receiver.url)
    report = await dispatched(town)
    await told(town, webhooks, receiver, 1)
    (delivery,) = receiver.received
    assert delivery.is_signed_with(made["secret"])
    assert not delivery.is_signed_with("another")
    (change,) = delivery.said["changes"]
    assert (change["id"], change["version"], change["state"]) == (report, 2, "dispatched")
    assert change["report"]["category"] == "jalan-rusak"
    assert change["report"]["url"].startswith("https://lapor.example/lacak/")


async def test_of_what_is_not_public_only_the_state_is_told(town: Town, webhooks: Webhooks, receiver: Receiver):
    await added(await town.staff("admin"), receiver.url)
    await (await town.resident()).submits(visibility="secret", text="Nama dan alamat seseorang.")
    await told(town, webhooks, receiver, 1)
    (change,) = receiver.received[0].said["changes"]
    assert (change["visibility"], change["report"]) == ("secret", None)
    assert b"alamat" not in receiver.received[0].body
    assert b"jalan-rusak" not in receiver.received[0].body


async def test_an_agency_hears_of_its_own_and_nothing_is_told_twice(town: Town, webhooks: Webhooks, receiver: Receiver):
    await added(await town.staff("coordinator", agency="dpupr"), receiver.url, agency="dpupr")
    await (await town.resident()).submits(category="sampah-menumpuk")
    first = await dispatched(town)
    await told(town, webhooks, receiver, 1)
    second = await dispatched(town)
    await told(town, webhooks, receiver, 2)
    heard = [change["id"] for each in receiver.received for change in each.said["changes"]]
    assert heard == [first, second]


async def test_what_is_not_taken_is_told_again_later(town: Town, webhooks: Webhooks, receiver: Receiver):
    admin = await town.staff("admin")
    made = await added(admin, receiver.url)
    receiver.status = 302
    await dispatched(town)
    await told(town, webhooks, receiver, 1)
    receiver.status = 204
    town.clock.passes(minutes=1)
    await told(town, webhooks, receiver, 2)
    assert receiver.received[0].said["changes"] == receiver.received[1].said["changes"]
    ledger = (await admin.get(f"/v1/webhooks/{made['webhook']['id']}/attempts")).json()
    assert [(each["status"], each["changes"]) for each in ledger] == [(204, 1), (302, 1)]
    (shown,) = (await admin.get("/v1/webhooks")).json()
    assert (shown["failures"], shown["failing_since"], shown["disabled_at"]) == (0, None, None)


async def test_after_days_without_an_answer_it_is_switched_off_and_somebody_is_told(
    town: Town, webhooks: Webhooks, receiver: Receiver
):
    admin = await town.staff("admin")
    made = await added(admin, receiver.url)
    receiver.status = 500
    await dispatched(town)
    await told(town, webhooks, receiver, 1)
    await town.passes(admin, days=4)
    await webhooks.deliver_due(town.clock())
    (shown,) = (await admin.get("/v1/webhooks")).json()
    assert shown["disabled_at"] is not None
    (message,) = (await admin.get("/v1/inbox")).json()["messages"]
    assert message["title"] == "Webhook dihentikan"
    assert not await webhooks.deliver_due(town.clock() + timedelta(days=1))
    receiver.status = 200
    enabled = await admin.post(f"/v1/webhooks/{made['webhook']['id']}/enable", {})
    assert enabled.json()["disabled_at"] is None
    await told(town, webhooks, receiver, 3)


async def test_a_dead_server_is_a_line_in_the_ledger(town: Town, receiver: Receiver):
    admin = await town.staff("admin")
    made = await added(admin, "https://sistem.dpupr.example:9/kejadian")
    state = town.app.state
    dead = Webhooks(Poster(receiver.ca, resolve=lambda host, port: "127.0.0.1"), state.seals, state.cities, "")
    inside = Webhooks(Poster(receiver.ca), state.seals, state.cities, "")
    await dispatched(town)
    ledger = f"/v1/webhooks/{made['webhook']['id']}/attempts"

    async def is_noted() -> bool:
        await dead.deliver_due(town.clock())
        town.clock.passes(seconds=6)
        return bool((await admin.get(ledger)).json())

    await until(is_noted, "an attempt")
    town.clock.passes(minutes=10)
    await inside.deliver_due(town.clock())
    faults = [(each["status"], each["fault"]) for each in (await admin.get(ledger)).json()]
    assert faults == [(None, "name not resolved"), (None, "ConnectionRefusedError")]
    await forget_attempts(town.clock() + timedelta(days=31))
    assert (await admin.get(ledger)).json() == []


# The last three are ways of an IPv6 gateway to 127.0.0.1 and 10.0.0.1: mapped, 6to4, NAT64.
HOUSE = ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "::1", "[::1]", "0.0.0.0"]
HOUSE += ["::ffff:127.0.0.1", "2002:a00:1::", "64:ff9b::a00:1"]


@pytest.mark.parametrize("host", HOUSE)
def test_no_delivery_goes_into_the_house(host: str):
    with pytest.raises(NoPublicAddress):
        public_address(host, 443)


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.org/", "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://10.1.2.3/"),
        *(
            "https://user:pass@example.org/",
            "https://example.org/#x",
            "ftp://example.org",
            "https://",
            "https://x.local/",
        ),
        *("https://example.org:0/", "https://example.org:99999/", "https://exa mple.org/", "https://e.org/\r\nx: y"),
    ],
)
async def test_an_address_that_is_none_is_refused(town: Town, url: str):
    answer = await (await town.staff("admin")).post("/v1/webhooks", {"city": "32.76", "url": url})
    assert answer.status_code == 422, answer.text


async def test_who_may_have_a_webhook(town: Town, receiver: Receiver):
    admin, coordinator = await town.staff("admin"), await town.staff("coordinator", agency="dpupr")
    others = [await town.staff(role) for role in ("operator", "auditor")] + [await town.resident()]
    made = await added(admin, receiver.url)
    body = {"city": "32.76", "url": receiver.url}
    for person in (*others, coordinator):
        assert (await person.post("/v1/webhooks", body)).status_code == 403
        assert (await person.get("/v1/webhooks")).json() == []
        assert (await person.ask("DELETE", f"/v1/webhooks/{made['webhook']['id']}")).status_code == 404
    another = next(a.key for a in town.city.agencies.values() if a.parent_id is None and a.key != "dpupr")
    assert (await coordinator.post("/v1/webhooks", body | {"agency": another})).status_code == 403
    own = await added(coordinator, receiver.url, agency="uptd-jalan-1")
    assert [each["id"] for each in (await coordinator.get("/v1/webhooks")).json()] == [own["webhook"]["id"]]
    assert len((await admin.get("/v1/webhooks")).json()) == 2
    assert (await admin.ask("DELETE", f"/v1/webhooks/{own['webhook']['id']}")).status_code == 204
    assert (await town.stranger.get("/v1/webhooks")).status_code == 401


async def test_changes_are_found_by_their_index(town: Town):
    from api.public.webhooks.delivering import CHANGED

    assert "report_changed" in await indexes_of(CHANGED, 0, 0, 10)


def test_pauses_grow_and_end():
    assert pause_after(0) <= timedelta(seconds=38)
    assert LONGEST_PAUSE * 0.75 <= pause_after(50) <= LONGEST_PAUSE * 1.25
