"""All addresses of the open data."""

from api.public.ogc.controllers import ogc_handlers
from api.public.reports import reports_handlers

open_data_handlers = [*reports_handlers, *ogc_handlers]
