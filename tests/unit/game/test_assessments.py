"""Opinions into records and back, and heat maps made visible."""

import json

import numpy as np
import pytest
from game_assessments import suggestion
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from app.game.archive import heatmap, serialization
from app.judging.assessment import ANCHORS, FACETS, Assessment, Facet

grades = st.floats(0, 10)
shares = st.floats(0, 1)
heats = arrays.arrays(np.float32, st.tuples(st.integers(1, 20), st.integers(1, 20)), elements=st.floats(0, 1, width=32))
some_facets = st.lists(st.sampled_from(FACETS), unique=True)


@st.composite
def some_assessment(draw: st.DrawFn) -> Assessment:
    facets = {name: Facet(draw(grades), draw(st.text(max_size=40)), draw(heats)) for name in draw(some_facets)}
    anchors = draw(st.dictionaries(st.sampled_from(ANCHORS), grades))
    copied = draw(st.dictionaries(st.sampled_from(("photograph", "painting")), shares))
    turned = draw(st.sampled_from(("", "placed", "coloured")))
    return Assessment(draw(grades), draw(shares), facets, anchors, draw(st.none() | grades), copied, turned)


@given(some_assessment())
def test_an_assessment_comes_back_from_its_record_as_it_was_but_for_rounding(assessment: Assessment) -> None:
    record = json.loads(json.dumps(serialization.to_record(assessment)))
    found = serialization.from_record(record, serialization.to_pixels(assessment))
    close = {"rel": 0, "abs": 0.5e-4 + 1e-9}
    assert found.grade == pytest.approx(assessment.grade, **close)
    assert found.band == pytest.approx(assessment.band, **close)
    assert found.anchors == pytest.approx(assessment.anchors, **close)
    assert found.turned == assessment.turned
    assert found.copied == pytest.approx(assessment.copied, **close)
    assert found.second_grade == (
        None if assessment.second_grade is None else pytest.approx(assessment.second_grade, **close)
    )
    assert list(found.facets) == list(assessment.facets)
    for name, facet in assessment.facets.items():
        assert found.facets[name].grade == pytest.approx(facet.grade, **close)
        assert found.facets[name].sentence == facet.sentence
        assert found.facets[name].heat.dtype == np.float32
        np.testing.assert_allclose(found.facets[name].heat, facet.heat, rtol=0, atol=0.5 / 255 + 1e-6)
    # One of a record that does not say so is not turned.
    del record["turned"]
    assert serialization.from_record(record).turned == ""
    record["turned"] = assessment.turned
    # What was rounded once is not rounded again.
    assert serialization.to_record(found) == record


def test_a_suggestion_comes_back_from_its_record() -> None:
    whole = suggestion()
    record = json.loads(json.dumps(serialization.suggestion_record(whole)))
    found = serialization.suggestion_of(record, whole.preview)
    assert (found.sentence, found.gain, found.grades, found.box) == (
        whole.sentence, whole.gain, whole.grades, whole.box,
    )  # fmt: skip
    for damaged in (None, {}, record | {"box": [1, 2]}, record | {"grades": {"magenta": 12}}, record | {"gain": "x"}):
        with pytest.raises(ValueError):
            serialization.suggestion_of(damaged, whole.preview)


def test_heat_is_seen_where_it_is_and_the_rest_is_grey(photograph: np.ndarray) -> None:
    warm = np.zeros((12, 16), np.float32)
    warm[:, 12:] = 1
    shown = heatmap.over(photograph, warm)
    assert shown.shape == photograph.shape and shown.dtype == np.float32
    assert shown.min() >= 0 and shown.max() <= 1
    cold, hot = shown[:, :64], shown[:, 112:]
    np.testing.assert_allclose(cold.max(axis=2), cold.min(axis=2), atol=1e-5)
    assert (hot[:, 8:, 0] > hot[:, 8:, 2] + 0.15).all() and hot[:, 8:].min() > cold.max()
    # What was painted there can still be told.
    assert np.ptp(cold) > 0.2 and np.ptp(hot[:, 12:, 1]) > 0.02
