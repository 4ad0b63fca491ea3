import pytest

from geo.boundaries.attributes import are_alike, attributes, code_of


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("32.76.01.1001", "32.76.01.1001"),
        ("3276011001", "32.76.01.1001"),
        ("32.76.01", "32.76.01"),
        ("327601", "32.76.01"),
        ("32.76", "32.76"),
        ("3276", "32.76"),
        ("3101020001", None),  # BPS: Kemendagri's serials do not begin with 0
        ("32.76.01.0001", None),
        ("32", None),
        ("32.76.01.10011", None),
        ("32.76.011001", None),
        ("32-76-01-1001", None),
        ("３２７６０１１００１", None),
        ("", None),
        ("null", None),
    ],
)
def test_a_code_is_kemendagris_or_none(written, code):
    assert code_of(written) == code


@pytest.mark.parametrize(
    "properties",
    [
        {"code": "32.76.01.1001", "name": "Depok"},
        {"KODE": "3276011001", "NAMA": " Depok "},
        {"kode": 3276011001, "nama": "Depok"},
        {"KDEPUM": 3276011001.0, "NAMOBJ": "Depok", "KDPKAB": "32.76"},
        {"code": None, "kemendagri": "32.76.01.1001", "name": "", "kelurahan": "Depok"},
    ],
)
def test_the_usual_columns_are_known(properties):
    told = attributes(properties)
    assert (told.code, told.name, told.term) == ("32.76.01.1001", "Depok", "kelurahan")


def test_a_file_may_say_what_an_area_is_called_but_not_nonsense():
    assert attributes({"code": "13.05.01.2001", "name": "X", "type": "Desa"}).term == "desa"
    assert attributes({"code": "13.05.01.2001", "name": "X", "type": "polygon"}).term == "nagari"


def test_what_stood_there_instead_of_a_code_is_kept():
    told = attributes({"code": "abc", "name": float("nan")})
    assert (told.code, told.written, told.name) == (None, "abc", "")
    assert attributes({}).written == ""


def test_villages_name_their_district_and_regency():
    told = attributes({"KDEPUM": "32.76.01.1001", "WADMKC": "Pancoran Mas", "WADMKK": "Kota Depok"})
    assert (told.district, told.regency) == ("Pancoran Mas", "Kota Depok")


def test_names_are_alike_but_for_case_spaces_and_signs():
    assert are_alike("PULAU TIDUNG", "Pulau Tidung")
    assert are_alike("Meunasah Pu'uk", "Meunasah Puuk")
    assert not are_alike("Sungai Buluh", "Sungai Buluah")
