from hypothesis import given
from hypothesis import strategies as st

from api.reports.tracking import ALPHABET, new_tracking_id, read_tracking_id, shown

IDS = st.builds(new_tracking_id)


@given(IDS)
def test_an_id_is_read_back_however_it_is_written(tracking_id):
    assert read_tracking_id(shown(tracking_id)) == tracking_id
    assert read_tracking_id(f" {tracking_id.lower()[:3]} {tracking_id[3:]}") == tracking_id
    assert read_tracking_id(tracking_id.replace("0", "O").replace("1", "L")) == tracking_id


@given(IDS, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_noticed(tracking_id, position, sign):
    altered = tracking_id[:position] + sign + tracking_id[position + 1 :]
    assert (read_tracking_id(altered) is None) == (altered != tracking_id)


def test_ids_do_not_follow_each_other():
    assert len({new_tracking_id()[:4] for _ in range(100)}) > 90


def test_what_is_no_id_is_none():
    for written in ("", "1234", "1234-5678-9", "ÄÖÜ?-1234", "0" * 9):
        assert read_tracking_id(written) is None
