"""Tells Piccolo of this room's tables and migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="rights",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=table_finder(["api.rights.tables"], exclude_imported=True),
    migration_dependencies=["api.accounts.piccolo_app", "api.reports.piccolo_app", "api.announcements.piccolo_app"],
)
