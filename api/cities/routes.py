"""What this room serves over HTTP."""

from litestar import Controller
from litestar.handlers import HTTPRouteHandler

from api.cities.administration import AgencyController, CategoryController, GroupController, RuleController
from api.cities.city_administration import CityController
from api.cities.configuration_download import download_configuration
from api.cities.controllers import categories, config
from api.cities.policy_administration import PolicyController

cities_routes: list[type[Controller] | HTTPRouteHandler] = [
    config,
    CityController,
    download_configuration,
    AgencyController,
    GroupController,
    CategoryController,
    categories,  # after the controller of the same path: Litestar answers OPTIONS once a path, in this order only
    RuleController,
    PolicyController,
]
