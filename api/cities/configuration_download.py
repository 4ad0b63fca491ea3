"""A city's whole configuration over HTTP, for its admins and auditors: the file that `city import` reads."""

from litestar import Response, get
from litestar.params import FromPath

from api.accounts.speaker import signed_in
from api.cities.administration import Asked, city_by
from api.cities.configuration import read_configuration, write_toml
from api.cities.ledger import check_sees
from api.clock import clock_of


@get("/v1/cities/{code:str}/configuration", tags=["Administration"], guards=[signed_in], media_type="application/toml")
async def download_configuration(request: Asked, code: FromPath[str]) -> Response[str]:
    city = await city_by(request, code)
    check_sees(request.user, city.id)
    written = write_toml(await read_configuration(city.id, clock_of(request)()))
    headers = {"content-disposition": f'attachment; filename="{city.code}.toml"'}
    return Response(written, media_type="application/toml", headers=headers)
