from api.piccolo_conf import DB


async def test_the_private_server_speaks_postgis():
    assert (await DB.fetch("SELECT postgis_lib_version()"))[0][0]
