"""A double of Kannel's `sendsms`, in the tests' own loop: its statuses and its words, as Kannel 1.4.5 gave them.

The number chooses the fault: `+62000503…` is answered 503; `+62001…` is queued, `+62002…` refused with a 200.
"""

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import msgspec
from aiohttp import web

USERNAME, PASSWORD = "kota", "rahasia & 100%"


class Message(msgspec.Struct, frozen=True):
    method: str
    to: str
    sender: str
    text: str
    coding: str
    query: str


class KannelDouble:
    def __init__(self) -> None:
        self.port, self.accepted, self.asked = 0, list[Message](), 0

    @property
    def setting(self) -> str:
        """As the operator writes it, password encoded."""
        return f"http://{USERNAME}:rahasia%20%26%20100%25@127.0.0.1:{self.port}/cgi-bin/sendsms?from=KENTONGAN"

    async def sendsms(self, request: web.Request) -> web.Response:
        self.asked += 1
        if request.method == "POST":
            if not request.content_type.startswith("text/plain"):
                return web.Response(status=400, text="Invalid content-type")
            prefix = "x-kannel-"
            said = {
                k.lower().removeprefix(prefix): v for k, v in request.headers.items() if k.lower().startswith(prefix)
            }
            text = (await request.read()).decode(request.charset or "latin-1")
        else:
            said = dict(request.query)
            text = said.get("text", "")
        if (said.get("username"), said.get("password")) != (USERNAME, PASSWORD):
            return web.Response(status=403, text="Authorization failed for sendsms")
        return self._take(request, said, text)

    def _take(self, request: web.Request, said: Mapping[str, str], text: str) -> web.Response:
        to = said.get("to", "")
        if not to:
            return web.Response(status=400, text="Missing receiver number, rejected")
        if not to.removeprefix("+").isdigit():
            return web.Response(status=400, text="Number(s) has/have been denied by white- and/or black-lists.")
        if not said.get("from"):
            return web.Response(status=400, text="Sender missing and no global set, rejected")
        if to.startswith("+62000"):
            return web.Response(status=int(to[6:9]), text="Temporal failure, try again later.")
        if to.startswith("+62002"):
            return web.Response(text="ERR: insufficient credit")
        self.accepted.append(
            Message(request.method, to, said["from"], text, said.get("coding", "0"), request.query_string)
        )
        word = (
            "3: Queued for later delivery" if to.startswith("+62001") else f"0: Accepted for delivery: {uuid.uuid4()}"
        )
        return web.Response(status=202, text=word, content_type="text/html")


@asynccontextmanager
async def a_kannel() -> AsyncIterator[KannelDouble]:
    double, app = KannelDouble(), web.Application()
    app.add_routes([web.route("*", "/cgi-bin/sendsms", double.sendsms)])
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        double.port = runner.addresses[0][1]
        yield double
    finally:
        await runner.cleanup()
