"""All that this room answers over HTTP."""

from api.accounts.controllers import AccountController
from api.accounts.me import MeController

accounts_controllers = (AccountController, MeController)
