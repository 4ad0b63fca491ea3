"""A real Firefox, headless, and the half of a push service that browsers speak to (Mozilla's autopush over WebSocket).

What a sender hands to the double of the push services is passed on to the browser by `pass_on`; the browser opens it
with keys that nobody else has. Needs Debian's firefox-esr.
"""

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import tempfile
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from tests.peers.webpush import MOZILLA
from tests.peers.webpush_service import Accepted, base64

PATIENCE_S = 60.0
PAGE = "<!doctype html><title>warga</title><script>navigator.serviceWorker.register('/worker.js')</script>"
WORKER = """
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(clients.claim()));
self.addEventListener('push', event => event.waitUntil(
    fetch('/got', {method: 'POST', body: event.data ? event.data.text() : ''})
        .then(() => self.registration.showNotification('warga'))));
"""
SUBSCRIBE = """async key => {
    const registration = await navigator.serviceWorker.ready;
    const options = {userVisibleOnly: true, applicationServerKey: key};
    return JSON.stringify(await registration.pushManager.subscribe(options));
}"""
PREFERENCES: dict[str, Any] = {
    "dom.push.testing.allowInsecureServerURL": True,
    "dom.push.testing.ignorePermission": True,
    "dom.push.enabled": True,
    "dom.push.connection.enabled": True,
    "permissions.default.desktop-notification": 1,
    "remote.active-protocols": 1,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.region.network.url": "",
    "browser.region.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.showPane": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 0,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}


class PushService:
    """The page, its service worker, and the browser's own connection to its push service."""

    def __init__(self) -> None:
        self.url = ""
        self.got: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._channels: dict[str, str] = {}  # last part of the endpoint: the browser's name of the subscription
        self._browser: web.WebSocketResponse | None = None

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        self._browser = browser = web.WebSocketResponse(protocols=("push-notification",))
        await browser.prepare(request)
        async for message in browser:
            if message.type == aiohttp.WSMsgType.TEXT:
                await browser.send_json(self.reply(json.loads(message.data)))
        return browser

    def reply(self, said: dict[str, Any]) -> dict[str, Any]:
        if said.get("messageType") == "hello":
            uaid = said.get("uaid") or secrets.token_hex(16)
            return {"messageType": "hello", "uaid": uaid, "status": 200, "use_webpush": True, "broadcasts": {}}
        if said.get("messageType") == "register":
            name = f"firefox-{secrets.token_hex(8)}"
            self._channels[name] = said["channelID"]
            endpoint = f"https://{MOZILLA}/wpush/v2/{name}"
            return {**said, "status": 200, "pushEndpoint": endpoint}
        return {}  # a ping, or an acknowledgement

    async def pass_on(self, accepted: Accepted) -> None:
        assert self._browser is not None
        await self._browser.send_json(
            {
                "messageType": "notification",
                "channelID": self._channels[accepted.name],
                "version": secrets.token_hex(8),
                "ttl": int(accepted.headers["ttl"]),
                "data": base64(b64decode(accepted.body)),
                "headers": {"encoding": accepted.headers["content-encoding"]},
            }
        )

    async def receive(self, request: web.Request) -> web.Response:
        self.got.put_nowait(await request.json())
        return web.Response()


@asynccontextmanager
async def a_push_service() -> AsyncIterator[PushService]:
    service, app = PushService(), web.Application()
    script = "application/javascript"

    async def page(request: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def worker(request: web.Request) -> web.Response:
        return web.Response(text=WORKER, content_type=script)

    routes = [web.get("/", page), web.get("/worker.js", worker), web.post("/got", service.receive)]
    app.add_routes([*routes, web.get("/socket", service.socket)])
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        service.url = f"127.0.0.1:{runner.addresses[0][1]}"
        yield service
    finally:
        await runner.cleanup()


class Firefox:
    """Driven by WebDriver BiDi."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        self._connection, self._calls = connection, 0

    async def call(self, method: str, **values: Any) -> Any:
        self._calls += 1
        await self._connection.send_json({"id": self._calls, "method": method, "params": values})
        while True:
            answer = await self._connection.receive_json()
            if answer.get("id") == self._calls:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['message']}")
                return answer["result"]

    async def subscribe(self, origin: str, key: str) -> str:
        """The subscription's JSON, made by the page with our public key."""
        await self.call("session.new", capabilities={})
        context = (await self.call("browsingContext.getTree"))["contexts"][0]["context"]
        await self.call("browsingContext.navigate", context=context, url=f"{origin}/", wait="complete")
        answer = await self.call(
            "script.callFunction",
            functionDeclaration=SUBSCRIBE,
            target={"context": context},
            awaitPromise=True,
            arguments=[{"type": "string", "value": key}],
        )
        if answer["type"] != "success":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        subscription: str = answer["result"]["value"]
        return subscription


@asynccontextmanager
async def a_firefox(service: PushService) -> AsyncIterator[Firefox]:
    """With a profile of its own, whose push service is `service`."""
    program = shutil.which("firefox-esr")
    if program is None:
        raise RuntimeError("firefox-esr is not installed")
    with tempfile.TemporaryDirectory(prefix="firefox-", ignore_cleanup_errors=True) as folder:
        values = PREFERENCES | {"dom.push.serverURL": f"ws://{service.url}/socket"}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in values.items()]
        (Path(folder) / "user.js").write_text("".join(lines))
        process = await asyncio.create_subprocess_exec(
            *(program, "--headless", "--no-remote", "--profile", folder, "--remote-debugging-port", "0"),
            env={**os.environ, "HOME": folder, "MOZ_HEADLESS": "1"},
            stderr=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
        )
        reading: list[asyncio.Task[bytes]] = []
        try:
            assert process.stderr is not None
            url = await _address(process.stderr)
            reading.append(asyncio.create_task(process.stderr.read()))  # a full pipe would hold it up
            async with aiohttp.ClientSession() as session, session.ws_connect(f"{url}/session", max_msg_size=0) as one:
                yield Firefox(one)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            await asyncio.gather(*reading)


async def _address(output: asyncio.StreamReader) -> str:
    """Firefox says on which port it listens."""
    async with asyncio.timeout(PATIENCE_S):
        while line := (await output.readline()).decode():
            if "WebDriver BiDi listening on " in line:
                return line.rpartition(" ")[2].strip()
    raise RuntimeError("Firefox ended before it listened")
