import pytest
from piccolo.table import Table

from api.piccolo_conf import DB
from push.tables import Address, Delivery, Digest, Fanout, InboxOnly, Notification, QuietHours, VapidKey


@pytest.mark.parametrize("table", [Address, Notification, Delivery, Digest, Fanout, VapidKey, InboxOnly, QuietHours])
async def test_the_piccolo_table_has_the_columns_of_the_migration(table: type[Table]):
    rows = await DB.fetch(
        "SELECT column_name, is_nullable = 'YES' AS is_null FROM information_schema.columns WHERE table_name = $1",
        table._meta.tablename,
    )
    declared = {column._meta.db_column_name: column._meta.null for column in table._meta.columns}
    assert {row["column_name"]: row["is_null"] for row in rows} == declared
