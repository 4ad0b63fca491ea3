import math

import pytest

from geo.point import Point, PositionRefused, check

SEVEN_CITIES = {
    "Jakarta": (-6.1754, 106.8272),
    "Kepulauan Seribu": (-5.7444, 106.6161),
    "Depok": (-6.40, 106.79),
    "Tasikmalaya": (-7.3274, 108.2207),
    "Cimahi": (-6.8722, 107.5425),
    "Payakumbuh": (-0.2249, 100.6330),
    "Padang Pariaman": (-0.5547, 100.2152),
    "Sambas": (1.3625, 109.3150),
}
CORNERS = {
    "Sabang": (5.895, 95.316),
    "Rondo": (6.0755, 95.1160),
    "Miangas": (5.555, 126.585),
    "Merauke": (-8.52, 140.99),
    "Ndana": (-11.0075, 122.8750),
    "on the equator at Pontianak": (0.0, 109.33),
}


@pytest.mark.parametrize("name", [*SEVEN_CITIES, *CORNERS])
def test_a_position_in_indonesia_passes(name):
    lat, lon = (SEVEN_CITIES | CORNERS)[name]
    assert check(lat=lat, lon=lon, accuracy_m=12.0) == Point(lat=lat, lon=lon, accuracy_m=12.0)


@pytest.mark.parametrize(
    ("lat", "lon", "reason"),
    [
        (0.0, 0.0, "position_missing"),
        (1e-7, -1e-7, "position_missing"),
        (106.79, -6.40, "position_swapped"),
        (100.63, -0.22, "position_swapped"),
        (math.nan, 106.79, "position_invalid"),
        (-6.4, math.nan, "position_invalid"),
        (math.inf, 106.79, "position_invalid"),
        (-6.4, 1e300, "position_invalid"),
        (-91.0, 106.79, "position_invalid"),
        (-6.4, 286.79, "position_invalid"),
        (52.37, 4.89, "position_outside"),
        (-6.4, -106.79, "position_outside"),
        (-33.86, 151.2, "position_outside"),
        (21.42, 39.82, "position_outside"),
    ],
)
def test_a_position_that_no_phone_here_measured_is_refused_with_the_reason(lat, lon, reason):
    with pytest.raises(PositionRefused) as refusal:
        check(lat=lat, lon=lon)
    assert refusal.value.reason == reason


@pytest.mark.parametrize("accuracy_m", [-1.0, math.nan, math.inf, 5_000_000.0])
def test_an_absurd_accuracy_is_refused(accuracy_m):
    with pytest.raises(PositionRefused, match="accuracy_invalid"):
        check(lat=-6.4, lon=106.79, accuracy_m=accuracy_m)


@pytest.mark.parametrize("accuracy_m", [None, 0.0, 12.5, 30_000.0])
def test_an_unknown_or_coarse_accuracy_is_kept(accuracy_m):
    assert check(lat=-6.4, lon=106.79, accuracy_m=accuracy_m).accuracy_m == accuracy_m


def test_the_refusal_does_not_repeat_the_position():
    with pytest.raises(PositionRefused) as refusal:
        check(lat=52.370216, lon=4.895168)
    assert "52" not in str(refusal.value)
