"""What Piccolo looks for (PICCOLO_CONF): the engine and the list of its apps."""

from piccolo.conf.apps import AppRegistry

from api.database import Database
from api.settings import read_settings

DB = Database(config={"dsn": read_settings().database_url})

APP_REGISTRY = AppRegistry(
    apps=[
        "geo.piccolo_app",
        "media.piccolo_app",
        "push.piccolo_app",
        "api.accounts.piccolo_app",
        "api.cities.piccolo_app",
        "api.reports.piccolo_app",
        "api.public.piccolo_app",
        "api.announcements.piccolo_app",
        "api.rights.piccolo_app",
    ]
)
