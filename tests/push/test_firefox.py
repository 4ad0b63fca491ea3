"""Web Push from our sender to a service worker in a real Firefox, which alone can open it.

Debian has firefox-esr; on a machine without it this file is not collected (conftest.py).
"""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from push.sender import Delivered, Text
from push.subscription import SERVICES, base64, read, write
from push.vapid import Identity, point_of
from push.webpush import WebPushSender
from tests.peers.firefox import PATIENCE_S, a_firefox, a_push_service
from tests.peers.webpush import WebPushDouble
from tests.push.factories import a_letter

CONTACT = "mailto:kominfo@kota.example"


@pytest.mark.timeout(2 * PATIENCE_S)
async def test_a_real_browser_opens_what_we_sealed(webpush: WebPushDouble):
    key = ec.generate_private_key(ec.SECP256R1())
    identity = Identity(key, base64(point_of(key)))
    said = Text(title="Laporan ABCD-EFGH", body="Sudah é", link="https://kota.example/lacak/ABCDEFGH")
    async with a_push_service() as service, a_firefox(service) as firefox, asyncio.timeout(PATIENCE_S):
        subscription = await firefox.subscribe(f"http://{service.url}", identity.public)
        letter = a_letter(write(read(subscription, SERVICES)), text=said, mid=uuid4())
        async with WebPushSender(identity, CONTACT, ca=webpush.ca_path, peers=webpush.peers) as sender:
            assert isinstance(await sender.send(letter), Delivered)
        [accepted] = await asyncio.to_thread(webpush.accepted)
        await service.pass_on(accepted)
        got: dict[str, Any] = await service.got.get()
    assert got == {
        "mid": str(letter.mid),
        "rev": letter.rev,
        "kind": letter.kind,
        "subject": str(letter.subject),
        "title": said.title,
        "body": said.body,
        "link": said.link,
    }
