"""All that this room answers over HTTP."""

from api.accounts.controllers import AccountController
from api.accounts.me import MeController
from api.accounts.staff_controllers import StaffController

accounts_controllers = (AccountController, MeController, StaffController)
