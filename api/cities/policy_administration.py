"""The versions of a city's promises over HTTP. There is no change and no removal: only a new version."""

from litestar import Controller, get, post
from litestar.params import JSONBody

from api.accounts.speaker import signed_in
from api.cities.administration import Asked, CityCode, author_of, city_by
from api.cities.controllers import book_of
from api.cities.ledger import check_changes, check_sees
from api.cities.policies import Effect, NewPolicy, PolicyListed, effects, make_policy, planned, read_policies
from api.clock import clock_of


class PolicyController(Controller):
    tags = ("Administration",)
    path = "/v1/policies"
    guards = (signed_in,)

    @get()
    async def list_policies(self, request: Asked, city: CityCode) -> list[PolicyListed]:
        """Newest first; before the first one the national defaults count."""
        found = await city_by(request, city)
        check_sees(request.user, found.id)
        return await read_policies(found.id, clock_of(request)())

    @post()
    async def make_new_version(self, request: Asked, data: JSONBody[NewPolicy]) -> PolicyListed:
        """For clocks that start from `effective_from` on; a running clock keeps its own."""
        city = await city_by(request, data.city)
        check_changes(request.user, city.id)
        made = await make_policy(planned(data, city, clock_of(request)()), city, author_of(request))
        book_of(request).invalidate()
        return made

    @post("/preview", status_code=200)
    async def preview_policy(self, request: Asked, data: JSONBody[NewPolicy]) -> list[Effect]:
        """Which promises of which categories would change; nothing is written."""
        city = await city_by(request, data.city)
        check_sees(request.user, city.id)
        return effects(planned(data, city, clock_of(request)()), city)
