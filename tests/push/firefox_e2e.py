"""Web Push from the outbox to a service worker in a real Firefox: `python -m tests.push.firefox_e2e`.

Not collected with the tests as long as the installer does not bring firefox-esr.
"""

import asyncio
import sys
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec

from push.sender import Delivered, Text
from push.subscription import SERVICES, base64, read, write
from push.vapid import Identity, point_of
from push.webpush import WebPushSender
from tests.peers.firefox import PATIENCE_S, a_firefox, a_push_service
from tests.peers.webpush import WebPushDouble, start_webpush_double
from tests.push.factories import a_letter

CONTACT = "mailto:kominfo@kota.example"


async def told_in_firefox(double: WebPushDouble, identity: Identity) -> None:
    async with a_push_service() as service, a_firefox(service) as firefox, asyncio.timeout(PATIENCE_S):
        subscription = await firefox.subscribe(f"http://{service.url}", identity.public)
        letter = a_letter(write(read(subscription, SERVICES)), text=Text(title="Laporan", body="Sudah é"), mid=uuid4())
        async with WebPushSender(identity, CONTACT, ca=double.ca_path, peers=double.peers) as sender:
            assert isinstance(await sender.send(letter), Delivered)
        [accepted] = await asyncio.to_thread(double.accepted)
        await service.pass_on(accepted)
        got = await service.got.get()
    assert (got["mid"], got["title"], got["body"]) == (str(letter.mid), "Laporan", "Sudah é")
    sys.stdout.write(f"Firefox opened {got}\n")


def main() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    with start_webpush_double() as double:
        asyncio.run(told_in_firefox(double, Identity(key, base64(point_of(key)))))


if __name__ == "__main__":
    main()
