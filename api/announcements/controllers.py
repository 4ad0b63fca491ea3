"""The HTTP face of announcements."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, post, put
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from api.accounts.speaker import Speaker, signed_in
from api.announcements import announce, listeners
from api.announcements.schemas import AnnouncementShown, MyAreas, NewAnnouncement, PublicAnnouncements
from api.catalogue import language_of
from api.clock import clock_of

Asked = Request[Speaker, None, State]


class AnnouncementController(Controller):
    tags = ("Announcements",)
    path = "/v1/announcements"
    guards = (signed_in,)

    @post(status_code=201)
    async def write(self, request: Asked, data: JSONBody[NewAnnouncement]) -> Response[AnnouncementShown]:
        """Public at once, or waiting for a second person: when it is urgent, or for more than the city's limit."""
        limit = request.app.state.settings.announcement_alone_up_to
        now = clock_of(request)()
        shown, is_new = await announce.write(data, request.user, request.app.state.cities, limit, now)
        return Response(shown, status_code=201 if is_new else 200)

    @get()
    async def read_list(self, request: Asked) -> list[AnnouncementShown]:
        return list(await announce.read_list(request.user))

    @post("/{announcement:uuid}/approve", status_code=200)
    async def approve(self, request: Asked, announcement: FromPath[UUID]) -> AnnouncementShown:
        """By another person than its author."""
        return await announce.release(announcement, request.user, clock_of(request)())

    @post("/{announcement:uuid}/withdraw", status_code=200)
    async def withdraw(self, request: Asked, announcement: FromPath[UUID]) -> AnnouncementShown:
        return await announce.withdraw(announcement, request.user, clock_of(request)())


class AreaController(Controller):
    """The areas whose announcements I want to hear; `reported` in place of a code: wherever I report from."""

    tags = ("Announcements",)
    path = "/v1/me/areas"
    guards = (signed_in,)

    @get()
    async def read_mine(self, request: Asked) -> MyAreas:
        return await listeners.read_mine(request.user.account)

    @put("/{code:str}")
    async def subscribe(self, request: Asked, code: FromPath[str]) -> MyAreas:
        return await listeners.subscribe(request.user.account, code, clock_of(request)())

    @delete("/{code:str}")
    async def unsubscribe(self, request: Asked, code: FromPath[str]) -> None:
        await listeners.unsubscribe(request.user.account, code)


@get("/public/announcements", tags=["Public"])
async def public_announcements(
    request: Request[Any, Any, Any], area: Annotated[str, QueryParameter(max_length=13)] = ""
) -> PublicAnnouncements:
    """What is in force in an area, in those inside it and in those around it."""
    return PublicAnnouncements(await listeners.read_public(area, clock_of(request)(), language_of(request)))


announcement_handlers: list[ControllerRouterHandler] = [AnnouncementController, AreaController, public_announcements]
