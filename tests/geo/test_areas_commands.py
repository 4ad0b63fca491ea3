"""The commands as an operator types them: each in its own process."""

import asyncio
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from api.piccolo_conf import DB
from geo.locate import locate
from geo.point import Point
from tests.geo.boundaries.factories import a_city, a_feature, geojson, gzipped, lines
from tests.geo.factories import a_city_of_squares
from tests.geo.test_national import the_packages

WORDS = ("--version", "Depok 2026", "--effective", "2026-01-01", "--source", "Perda 1/2026", "--licence", "CC0-1.0")
HERE = Point(lat=-6.40, lon=106.79)


async def areas(*words):
    """The exit status, and all that was printed."""
    command = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "api",
        "areas",
        *map(str, words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await command.communicate()
    return command.returncode, " ".join(printed.decode().split())


async def test_without_apply_a_load_only_tells_what_it_would_do(tmp_path):
    await a_city_of_squares()
    status, printed = await areas("load", geojson(tmp_path / "a", a_city()), *WORDS)
    assert status == 0
    assert "6 features, 4 villages in 1 regencies" in printed
    assert "Depok → Depok Baru" in printed
    assert "Nothing was changed" in printed
    assert (await locate(HERE)).village.name == "Depok"


async def test_with_apply_the_boundaries_are_current(tmp_path):
    status, printed = await areas("load", gzipped(lines(tmp_path / "a", a_city())), *WORDS, "--apply")
    assert (status, "Depok 2026 is current: 4 villages" in printed) == (0, True)
    assert (await locate(HERE)).boundary_version == "Depok 2026"


async def test_every_finding_is_listed(tmp_path):
    await a_city_of_squares()
    features = [*a_city(), a_feature(None, "Tanpa Kode"), a_feature("32.76.03.1001"), a_feature("32.76.03.1001")]
    _, printed = await areas("load", geojson(tmp_path / "a", features), *WORDS)
    for words in (
        "Left out: 1 feature 7 'Tanpa Kode': no code",
        "Several features, united: 1 32.76.03.1001 Depok: 2",
        "Names that differ: 4",
        "1: 32.76.03.1001",
        "Without a name, their code is shown: 1 32.76.03",
        "Overlaps: 1 pairs",
    ):
        assert words in printed


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "the file is empty"), (b'{"type": "Feature"', "no GeoJSON"), (b"\x1f\x8bX", "cut off")]
)
async def test_a_broken_file_ends_with_words_and_without_a_traceback(tmp_path, content, words):
    (tmp_path / "broken").write_bytes(content)
    status, printed = await areas("load", tmp_path / "broken", *WORDS, "--apply")
    assert status == 1
    assert words in printed
    assert "Traceback" not in printed


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def served(tmp_path):
    """The address of `tmp_path`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


async def test_an_address_is_as_good_as_a_file(tmp_path, served):
    geojson(tmp_path / "a.geojson", a_city())
    assert (await areas("load", f"{served}/a.geojson", *WORDS, "--apply"))[0] == 0
    assert (await locate(HERE)).village.name == "Depok Baru"


async def test_an_address_without_a_file_is_refused_in_words(served):
    status, printed = await areas("load", f"{served}/nothing.geojson", *WORDS)
    assert status == 1
    assert "cannot be fetched: HTTP Error 404" in printed


async def test_the_national_edition_is_loaded_once(tmp_path):
    the_packages(tmp_path)
    assert "loaded: 6 villages, 5 of them with land" in (await areas("national", tmp_path))[1]
    assert "was loaded already" in (await areas("national", tmp_path))[1]


async def test_missing_packages_are_named(tmp_path):
    status, printed = await areas("national", tmp_path)
    assert status == 1
    assert "geografis/package.json" in printed.replace(" ", "")


async def test_what_the_map_draws_is_made_by_loading_and_can_be_made_again(tmp_path):
    geojson(tmp_path / "a.geojson", a_city())
    assert (await areas("load", tmp_path / "a.geojson", *WORDS, "--apply"))[0] == 0
    made = (await DB.fetch("SELECT count(*) FROM area_drawing"))[0]["count"]
    assert made > 0
    assert f"{made} drawings made" in (await areas("draw"))[1]
