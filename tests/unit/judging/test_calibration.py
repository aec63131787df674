"""The calibration: monotone, exact at both ends, and refused when damaged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import NetworkError
from app.judging.metrics.calibration import Calibration, fit_calibration
from app.judging.metrics.scoring import Scoring
from app.networks import checkpoints


def test_the_curve_runs_through_its_knots_and_stays_in_range() -> None:
    curve = Calibration((0.0, 0.5, 1.0), (0.0, 4.0, 10.0))
    assert curve.grade(0.5) == 4.0
    assert curve.grade(0.75) == pytest.approx(7.0)
    assert curve.grade(-1.0) == 0.0
    assert curve.grade(1.0) == 10.0


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(0, 10)), min_size=1, max_size=60))
def test_a_fit_always_rises_from_zero_to_ten(pairs: list[tuple[float, float]]) -> None:
    likeness, wanted = (np.array(column) for column in zip(*pairs, strict=True))
    curve = fit_calibration(likeness, wanted)
    grades = [curve.grade(x) for x in np.linspace(-1, 1, 41)]
    assert grades == sorted(grades)
    assert grades[-1] == 10.0
    assert curve.grade(-1.2) == 0.0


def test_a_fit_follows_what_it_is_shown() -> None:
    rng = np.random.default_rng(0)
    likeness = rng.uniform(0, 0.98, 4000)
    curve = fit_calibration(likeness, 10 * likeness**2 + rng.normal(0, 0.5, 4000), knots=20)
    for x in (0.2, 0.5, 0.8):
        assert curve.grade(x) == pytest.approx(10 * x**2, abs=0.4)


def test_it_survives_its_own_record() -> None:
    curve = Calibration((-0.1, 0.4, 1.0), (0.0, 3.0, 10.0))
    assert Calibration.from_record(curve.to_record()) == curve


@pytest.mark.parametrize(
    "record",
    [
        None,
        {},
        {"likeness": [0, 1]},
        {"likeness": [0, 1], "grades": [0, 9]},
        {"likeness": [0, 0.5, 1], "grades": [0, 11, 10]},
        {"likeness": [0.5, 0.5, 1], "grades": [0, 5, 10]},
        {"likeness": [0, 0.9], "grades": [0, 10]},
        {"likeness": [0, float("nan"), 1], "grades": [0, 5, 10]},
        {"likeness": "abc", "grades": [0, 5, 10]},
        {"likeness": [1], "grades": [10]},
    ],
)
def test_a_damaged_record_is_refused(record: object) -> None:
    with pytest.raises(NetworkError, match="calibration"):
        Calibration.from_record(record)


def test_the_shipped_calibration_is_sound() -> None:
    metadata = checkpoints.read_metadata(checkpoints.path_of("builtin-autoencoder"))
    scale = Scoring.from_text(metadata["calibration"])
    for curve in (scale.curve, *scale.curves.values()):
        assert len(curve.likeness) >= 5
        assert curve.grade(0.0) < 2.0
    assert Scoring.from_text(scale.to_text()) == scale


@pytest.mark.parametrize("text", [None, "", "{}", "[]", '{"usual": {}}', "null"])
def test_a_missing_calibration_is_said_with_the_way_to_mend_it(text: str | None) -> None:
    with pytest.raises(NetworkError, match="git restore"):
        Scoring.from_text(text)


@given(st.floats(-0.5, 1), st.floats(0, 1))
def test_evening_deals_out_keeps_the_same_picture_at_one_and_the_order(share: float, breadth: float) -> None:
    metadata = checkpoints.read_metadata(checkpoints.path_of("builtin-autoencoder"))
    scale = Scoring.from_text(metadata["calibration"])
    assert scale.evened(1.0, breadth) == pytest.approx(1.0)
    assert scale.evened(share, breadth) <= scale.evened(min(1.0, share + 0.1), breadth)
    assert scale.evened(share, None) == share
