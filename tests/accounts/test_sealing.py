"""What is sealed can be read with the key file only, and only in its own row."""

import stat
from pathlib import Path

import pytest

from api.accounts.sealing import SealBroken, open_seals
from api.settings import SettingsIncomplete


def test_the_key_is_made_once_and_for_the_owner_only(tmp_path: Path):
    path = tmp_path / "state" / "secrets.key"
    sealed = open_seals(path).seal("rahasia", "totp 1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert open_seals(path).unseal(sealed, "totp 1") == "rahasia"
    assert [file.name for file in path.parent.iterdir()] == ["secrets.key"]


def test_the_same_words_are_sealed_differently_each_time(tmp_path: Path):
    seals = open_seals(tmp_path / "key")
    assert seals.seal("rahasia", "totp 1") != seals.seal("rahasia", "totp 1")
    assert seals.keyed_hash("+628123") == seals.keyed_hash("+628123")


def test_a_seal_cannot_be_moved_to_another_row_or_read_with_another_key(tmp_path: Path):
    seals, others = open_seals(tmp_path / "key"), open_seals(tmp_path / "other")
    sealed = seals.seal("rahasia", "totp 1")
    for opener, row in ((seals, "totp 2"), (others, "totp 1")):
        with pytest.raises(SealBroken):
            opener.unseal(sealed, row)
    assert others.keyed_hash("+628123") != seals.keyed_hash("+628123")


@pytest.mark.parametrize("content", ["", "bukan base64!", "c2luZ2thdA=="])
def test_a_key_file_that_is_none_is_named(tmp_path: Path, content: str):
    path = tmp_path / "key"
    path.write_text(content)
    with pytest.raises(SettingsIncomplete, match="SECRETS_KEY_FILE"):
        open_seals(path)
