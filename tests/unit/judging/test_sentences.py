import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.judging.assessment import Assessment
from app.judging.explanation import sentences
from app.judging.explanation.sentences import (
    CompositionNote,
    DetailNote,
    Note,
    PaletteNote,
    TextureNote,
    place_of,
    said,
    sentence,
)
from app.judging.metrics import second_opinion

TITLES = (("Your drawing", "Magenta"), ("Your drawing", "Classic"), ("Magenta", "Classic"))
PLACES = ("all over", *(words for words, _ in sentences._places(np.zeros((1, 1)), np.zeros((1, 1)))))

numbers = st.one_of(st.floats(), st.floats(-3, 3), st.sampled_from([0.0, -0.0, 1e-9, math.nan, math.inf, -math.inf]))
places = st.sampled_from(PLACES)
ways = st.none() | st.tuples(numbers | st.floats(-360, 360), numbers | st.floats(-360, 360))
notes: st.SearchStrategy[Note] = st.one_of(
    st.builds(PaletteNote, numbers, numbers, numbers, places),
    st.builds(CompositionNote, places, numbers, numbers),
    st.builds(TextureNote, numbers, numbers, numbers | st.floats(0, 90), places, ways),
    st.builds(DetailNote, numbers, numbers, places),
)


def assert_is_one_plain_sentence(text: str) -> None:
    assert text[0].isupper()
    assert text.endswith(".") and not text.endswith("..")
    # A full stop elsewhere is a number's point.
    assert not re.search(r"[.!?](?!\d)(?!$)", text)
    assert len(text) < 110
    assert "  " not in text and " ," not in text and "\n" not in text
    assert not re.search(r"\b(nan|inf|none)\b", text, re.IGNORECASE)
    assert not re.search(r"\.\d\d", text)


@settings(deadline=None)
@given(note=notes, grade=st.floats(0, 10) | st.just(math.nan), titles=st.sampled_from(TITLES))
def test_any_numbers_make_one_plain_sentence(note: Note, grade: float, titles: tuple[str, str]) -> None:
    text = sentence(note, grade, first=titles[0], second=titles[1])
    assert_is_one_plain_sentence(text)
    assert titles[1] in text
    if titles[0] == "Your drawing":
        # Only the player is spoken to.
        assert "Your drawing" not in text
    else:
        assert not re.search(r"\byou(r)?\b", text, re.IGNORECASE)


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        (PaletteNote(0.0, -0.05, 0.0, "at the top"), "Your colours are cooler than Magenta's, most of all at the top."),
        (PaletteNote(0.1, 0.05, 0.0), "Your colours are lighter and warmer than Magenta's."),
        (PaletteNote(-0.3, 0.0, -0.02), "Your colours are much darker than Magenta's."),
        (
            CompositionNote("in the middle", emptier=0.5),
            "Your big shapes stand out less than Magenta's, most of all in the middle.",
        ),
        (CompositionNote("all over", emptier=-0.5), "Your big shapes stand out more than Magenta's."),
        (CompositionNote("on the left"), "Light and dark lie elsewhere than Magenta's, most of all on the left."),
        (
            TextureNote(0.1, 0.1, 86.0, "in the left half", (2.0, 88.0)),
            "Your strokes run across where Magenta's run up and down, in the left half.",
        ),
        (TextureNote(1.5, 0.1, 5.0), "Your strokes are much broader than Magenta's."),
        (TextureNote(-0.1, 0.8, 5.0), "Your strokes are bolder than Magenta's."),
        (DetailNote(-0.6, 0.1), "You have less fine detail than Magenta."),
        (DetailNote(0.1, 0.9), "You have fine detail that Magenta does without."),
    ],
)
def test_a_poor_facet_names_its_main_reason(note: Note, expected: str) -> None:
    assert sentence(note, 3.0) == expected


@pytest.mark.parametrize("note", [PaletteNote(0, 0, 0), CompositionNote(), TextureNote(0, 0, 0), DetailNote(0, 0)])
def test_a_good_facet_is_praised_and_a_poor_one_is_not(note: Note) -> None:
    poor, good, best = (sentence(note, grade) for grade in (3.0, 8.0, 9.8))
    assert len({poor, good, best}) == 3
    for text in (good, best):
        assert any(word in text for word in ("close to", "much as", "much like", "lie where", "nearly", "just where"))


@pytest.mark.parametrize("kind", [PaletteNote, CompositionNote, TextureNote, DetailNote])
def test_a_very_good_facet_still_says_where_it_departs(kind: type[Note]) -> None:
    numbers = () if kind is CompositionNote else (0.0,) * (2 if kind is DetailNote else 3)
    assert sentence(kind(*numbers, where="at the top left"), 9.4).endswith(", only at the top left a little off.")
    assert "off" not in sentence(kind(*numbers), 9.4)


def test_a_rival_is_spoken_of_as_a_third() -> None:
    text = sentence(DetailNote(-2.0, 0.0), 2.0, first="Magenta", second="Classic")
    assert text == "Magenta has much less fine detail than Classic."


@pytest.mark.parametrize(
    ("rows", "columns", "expected"),
    [
        (slice(0, 8), slice(None), "in the upper half"),
        (slice(8, 16), slice(None), "in the lower half"),
        (slice(None), slice(0, 8), "in the left half"),
        (slice(None), slice(8, 16), "in the right half"),
        (slice(0, 4), slice(None), "at the top"),
        (slice(12, 16), slice(None), "at the bottom"),
        (slice(0, 6), slice(0, 6), "at the top left"),
        (slice(10, 16), slice(10, 16), "at the bottom right"),
        (slice(5, 11), slice(5, 11), "in the middle"),
        (slice(None), slice(None), "all over"),
        (slice(0, 0), slice(None), "all over"),
    ],
)
def test_a_place_is_where_the_heat_is(rows: slice, columns: slice, expected: str) -> None:
    heat = np.full((16, 16), 0.05, np.float32) if rows != slice(0, 0) else np.zeros((16, 16), np.float32)
    heat[rows, columns] = 0.8
    assert place_of(heat) == expected
    assert place_of(np.kron(heat, np.ones((3, 4)))) == expected
    assert place_of(heat * 1e-3) == expected


def test_unordered_heat_is_all_over() -> None:
    assert place_of(np.random.default_rng(1).random((24, 32))) == "all over"


@settings(deadline=None)
@given(heat=st.lists(st.lists(st.floats(width=32), min_size=3, max_size=3), min_size=1, max_size=5))
def test_any_heat_has_a_place(heat: list[list[float]]) -> None:
    assert place_of(np.array(heat)) in PLACES


def test_an_assessment_without_anything_special_needs_no_remark() -> None:
    assessment = Assessment(
        6.0, 0.2, second_grade=6.0 + 0.9 * second_opinion.MARGIN, copied={"photograph": 0.04, "painting": 0.0}
    )
    assert said(assessment, "Magenta") == []


def test_copies_are_named_with_their_share() -> None:
    (remark,) = said(Assessment(1.0, 0.1, copied={"photograph": 0.79, "painting": 0.02}), "Magenta")
    assert remark == "You pasted the photograph; it covers about 80 % of your drawing and does not count as painted."
    both = sentences.pasted({"photograph": 0.5, "painting": 0.3}, "Harbour")
    assert both == (
        "You pasted the photograph and the painting; they cover about 50 % and about 30 % of your drawing and do "
        "not count as painted."
    )
    assert sentences.pasted({"photograph": 0.05}) == ""


@pytest.mark.parametrize("turned", ["placed", "coloured"])
@pytest.mark.parametrize("titles", TITLES)
def test_what_is_turned_is_told(turned: str, titles: tuple[str, str]) -> None:
    (remark,) = sentences.remarks(Assessment(4.0, 0.1, turned=turned), titles[1], first=titles[0])
    assert_is_one_plain_sentence(remark)
    assert titles[1] in remark and titles[0].lower() in remark.lower()
    assert ("colours" in remark) == (turned == "coloured")


def test_a_second_grade_that_differs_is_told() -> None:
    (lower,) = said(Assessment(7.0, 0.1, second_grade=7.0 - second_opinion.MARGIN - 0.5), "Classic")
    (higher,) = said(Assessment(3.0, 0.1, second_grade=3.0 + second_opinion.MARGIN + 0.5), "Classic")
    assert "lower" in lower and "higher" in higher
    assert "Classic" in lower
    # The rivals' own is nobody's to dispute, and of what is copied the second opinion knows nothing.
    disputed = Assessment(7.0, 0.1, second_grade=7.0 - second_opinion.MARGIN - 0.5)
    assert sentences.remarks(disputed, "Classic", first="Magenta") == []
    assert sentences.remarks(replace(disputed, copied={"photograph": 0.4}), "Classic") == []


def test_a_wide_band_is_told() -> None:
    (remark,) = said(Assessment(5.0, 0.73), "Magenta")
    assert "0.7" in remark


@settings(deadline=None)
@given(
    grade=st.floats(0, 10),
    band=numbers,
    second=st.none() | numbers,
    shares=st.tuples(numbers, numbers),
)
def test_remarks_are_sentences(grade: float, band: float, second: float | None, shares: tuple[float, float]) -> None:
    assessment = Assessment(
        grade, band, second_grade=second, copied=dict(zip(("photograph", "painting"), shares, strict=True))
    )
    for remark in said(assessment, "Magenta"):
        assert remark[0].isupper() and remark.endswith(".")
        assert not re.search(r"\b(nan|inf)\b", remark)


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.0, "a little of"), (0.02, "a little of"), (0.52, "about 50 % of"), (0.99, "all of"), (1.0, "all of")],
)
def test_a_share_is_told_to_the_nearest_twentieth(share: float, expected: str) -> None:
    assert sentences.part_of(share) == expected
