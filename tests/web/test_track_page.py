import re

import httpx

from tests.people import Town

HOSTILE = "<script>alert('x')</script> & \"tanda petik\""


async def page_of(town: Town, receipt: dict[str, object], **headers: str) -> httpx.Response:
    return await town.stranger.get(f"/lacak/{receipt['tracking_id']}", headers=headers)


async def test_a_report_s_page_says_what_where_who_and_how_far(town: Town) -> None:
    receipt = await (await town.resident()).submits(text="Jalan berlubang di depan pasar.")

    page = await page_of(town, receipt)

    assert page.status_code == 200
    assert f"Laporan {receipt['tracking_id']}" in page.text
    assert "Jalan berlubang di depan pasar." in page.text
    assert "Kelurahan Depok, Kecamatan Pancoran Mas, Kota Depok" in re.sub(r"\s+", " ", page.text)
    assert receipt["agency"]["name"] in page.text
    assert '<p class="badge dispatched"><span>didisposisikan</span></p>' in page.text
    assert "23 November 2026 pukul 12.00 WIB" in page.text


async def test_what_a_resident_wrote_is_shown_as_text(town: Town) -> None:
    receipt = await (await town.resident()).submits(text=HOSTILE)

    page = await page_of(town, receipt)

    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &#34;tanda petik&#34;" in page.text


async def test_the_content_of_a_restricted_report_stays_inside(town: Town) -> None:
    receipt = await (await town.resident()).submits(text="Hanya untuk petugas.", visibility="restricted")

    page = await page_of(town, receipt)

    assert page.status_code == 200
    assert "Hanya untuk petugas." not in page.text
    assert "Isi laporan ini tidak dibuka untuk umum." in page.text
    assert "Kelurahan" not in page.text
    assert "#17/" not in page.text, "no way to its place on the map"


async def test_a_change_is_on_the_page_at_the_next_look(town: Town) -> None:
    receipt = await (await town.resident()).submits()
    before = await page_of(town, receipt)
    officer = await town.staff("officer", agency="dpupr")
    await officer.steps(str(receipt["id"]), "in_progress", receipt["version"], note="Tim berangkat.")

    after = await page_of(town, receipt, **{"If-None-Match": before.headers["etag"]})
    again = await page_of(town, receipt, **{"If-None-Match": after.headers["etag"]})

    assert after.status_code == 200
    assert "Tim berangkat." in after.text
    assert again.status_code == 304


async def test_a_report_s_page_speaks_english_too(town: Town) -> None:
    receipt = await (await town.resident()).submits()

    page = await page_of(town, receipt, **{"Accept-Language": "en"})

    assert f"Report {receipt['tracking_id']}" in page.text
    assert "23 November 2026, 12:00 WIB" in page.text
    assert "didisposisikan" not in page.text


async def test_a_number_without_a_report_gets_a_page_with_words(town: Town) -> None:
    page = await town.stranger.get("/lacak/0000-0000")

    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "Laporan tidak ditemukan" in page.text
    assert 'name="nomor"' in page.text


async def test_a_page_arrives_whole_through_the_application_s_compression(town: Town) -> None:
    page = await town.stranger.get("/", headers={"Accept-Encoding": "gzip"})
    script = await town.stranger.get("/vendor/leaflet.js", headers={"Accept-Encoding": "gzip"})

    assert page.headers["content-encoding"] == script.headers["content-encoding"] == "gzip"
    assert page.text.rstrip().endswith("</html>")
    assert "Leaflet 1.9.4" in script.text


async def test_a_shared_link_shows_title_state_and_a_picture(town: Town) -> None:
    receipt = await (await town.resident()).submits(text="Kata warga yang tidak boleh ikut tersebar")
    page = (await town.stranger.get(f"/lacak/{receipt['tracking_id']}")).text
    said = dict(re.findall(r'<meta property="og:(\S+)" content="(.*?)">', page))
    assert said["title"] == f"Laporan {receipt['tracking_id']}: didisposisikan"
    assert "di Depok" in said["description"]
    assert said["url"].endswith(f"/lacak/{receipt['tracking_id']}")
    assert "Kata warga" not in str(said)
    card = await town.stranger.get(said["image"])
    assert (card.status_code, card.headers["content-type"]) == (200, "image/png")


async def test_of_a_report_that_is_not_public_the_shared_link_tells_no_category(town: Town) -> None:
    receipt = await (await town.resident()).submits(visibility="restricted")
    page = (await town.stranger.get(f"/lacak/{receipt['tracking_id']}")).text
    said = dict(re.findall(r'<meta property="og:(\S+)" content="(.*?)">', page))
    assert "Jalan" not in str(said)
    assert said["image"].partition("?")[0].endswith("/static/card.png")
