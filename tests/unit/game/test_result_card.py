from dataclasses import replace

import numpy as np
import pytest
from game_assessments import assessment, assessments

from app.game.archive import result_card
from app.game.deck import Deal
from app.game.duel import Duel, Painting, Provenance
from app.judging.assessment import Assessment
from app.rivals.request import RivalRequest
from app.rivals.rival import Report


@pytest.fixture
def judged(deal_files, photograph) -> Duel:
    duel = Duel(Deal.of_files(*deal_files))
    duel.start()
    duel.hand_in(photograph)
    duel.take("magenta", Painting(photograph[:, :, ::-1].copy(), Report("magenta-int8", 0.08, 1, 0.11)))
    duel.take("classic", Painting(1 - photograph, Report("builtin-vgg", 0.09, 150, 12.6)))
    duel.judge(assessments(7.34, 5.1, 6.0))
    return duel


def changed_box(a: np.ndarray, b: np.ndarray) -> tuple[slice, slice]:
    down, across = np.nonzero(np.abs(a - b).max(axis=2) > 0.02)
    return slice(down.min(), down.max() + 1), slice(across.min(), across.max() + 1)


def test_the_card_shows_every_picture_whole(judged: Duel) -> None:
    drawn = result_card.draw(judged)
    assert drawn.shape[1] == result_card.WIDTH_PX
    third = result_card.WIDTH_PX // 3
    for name, column in (("magenta", 0), ("drawing", 1), ("classic", 2)):
        other = replace(judged, paintings=dict(judged.paintings))
        if name == "drawing":
            other.drawing = np.zeros_like(judged.drawing)
        else:
            other.paintings[name] = replace(judged.paintings[name], picture=np.zeros_like(judged.drawing))
        down, across = changed_box(drawn, result_card.draw(other))
        assert column * third <= across.start < across.stop <= (column + 1) * third
        height, width = down.stop - down.start, across.stop - across.start
        assert width / height == pytest.approx(128 / 96, abs=0.02)


def test_each_grade_stands_between_its_pictures(judged: Duel) -> None:
    drawn = result_card.draw(judged)
    middles = {"drawing_magenta": 1 / 3, "drawing_classic": 2 / 3, "magenta_classic": 1 / 2}
    for name, middle in middles.items():
        changed = replace(judged.assessments[name], grade=1.2)
        other = replace(judged, assessments=judged.assessments | {name: changed})
        _, across = changed_box(drawn, result_card.draw(other))
        assert (across.start + across.stop) / 2 / result_card.WIDTH_PX == pytest.approx(middle, abs=0.04)


def test_facets_and_anchors_stand_under_the_grade_that_they_belong_to(judged: Duel) -> None:
    drawn = result_card.draw(judged)
    for name, middle in {"drawing_magenta": 1 / 3, "drawing_classic": 2 / 3}.items():
        whole = judged.assessments[name]
        facets = dict(whole.facets) | {"texture": replace(whole.facets["texture"], grade=0.3)}
        for change in ({"facets": facets}, {"anchors": dict(whole.anchors) | {"photograph": 8.8}}, {"band": 1.0}):
            other = replace(judged, assessments=judged.assessments | {name: replace(whole, **change)})
            down, across = changed_box(drawn, result_card.draw(other))
            assert down.start > drawn.shape[0] / 2, "below the pictures"
            assert abs((across.start + across.stop) / 2 / result_card.WIDTH_PX - middle) < 0.12


def test_a_duel_of_which_only_the_grades_are_known_has_a_smaller_card(judged: Duel) -> None:
    bare = replace(judged, assessments={name: Assessment(grade, 0.0) for name, grade in judged.grades.items()})
    assert result_card.draw(bare).shape[0] < result_card.draw(judged).shape[0]


def test_what_was_pasted_is_named_at_the_foot(judged: Duel) -> None:
    pasted = {name: assessment(each.grade, photograph=0.8) for name, each in judged.assessments.items()}
    told = replace(judged, assessments=pasted)
    plain, named = result_card.draw(judged), result_card.draw(told)
    assert named.shape[0] > plain.shape[0]
    down, _ = changed_box(plain, named[: plain.shape[0]])
    assert down.start > plain.shape[0] - 2 * result_card.MARGIN_PX


@pytest.mark.parametrize(
    ("grade", "band", "shown"),
    [(7.42, 0.2, "7.4 ± 0.2"), (7.42, 0.01, "7.4 ± 0.1"), (10, 0, "10"), (10, 0.05, "10"), (0.04, 0.36, "0.0 ± 0.4")],
)
def test_a_grade_is_shown_with_its_band(grade: float, band: float, shown: str) -> None:
    assert result_card.band_text(grade, band) == shown


def test_the_time_to_load_a_network_is_told_apart(judged: Duel) -> None:
    assert result_card.time_text(0.114, 0.0) == "0.11 s"
    assert result_card.time_text(12.64, 0.04) == "12.6 s"
    assert result_card.time_text(0.114, 3.21) == "0.11 s, and 3.2 s to load"
    first = Report("magenta-int8", 0.08, 1, 3.32, loading_seconds=3.21)
    assert first.painting_seconds == pytest.approx(0.11)
    paintings = judged.paintings | {"magenta": replace(judged.paintings["magenta"], report=first)}
    _, across = changed_box(result_card.draw(judged), result_card.draw(replace(judged, paintings=paintings)))
    assert across.stop <= result_card.WIDTH_PX // 3, "under Magenta's picture"


def test_the_card_says_under_the_drawing_how_it_came_about(judged: Duel) -> None:
    plain = result_card.draw(judged)
    told = replace(judged, painted=Provenance(412, 30, has_placed=True))
    # The foot, which names what was placed, is another matter.
    above = plain.shape[0] - 2 * result_card.MARGIN_PX
    down, across = changed_box(plain[:above], result_card.draw(told)[:above])
    assert result_card.WIDTH_PX // 3 <= across.start < across.stop <= 2 * result_card.WIDTH_PX // 3
    assert down.stop - down.start > 30, "two lines"
    strict = replace(judged, painted=Provenance(412, 30, has_placed=True, is_strict=True))
    assert np.abs(result_card.draw(told) - result_card.draw(strict)).max() > 0.1


def test_the_card_says_what_was_asked_for_where_it_was_unusual(judged: Duel) -> None:
    asked = RivalRequest(colours="photograph", further_styles=("other",))
    paintings = judged.paintings | {"classic": replace(judged.paintings["classic"], request=asked)}
    down, across = changed_box(result_card.draw(judged), result_card.draw(replace(judged, paintings=paintings)))
    assert 2 * result_card.WIDTH_PX // 3 <= across.start < across.stop <= result_card.WIDTH_PX
    assert 10 < down.stop - down.start < 30, "one line more"
    usual = judged.paintings | {"classic": replace(judged.paintings["classic"], request=RivalRequest(size=900))}
    np.testing.assert_array_equal(result_card.draw(judged), result_card.draw(replace(judged, paintings=usual)))


def test_pictures_of_any_aspect_and_titles_of_any_length_fit(judged: Duel, tmp_path) -> None:
    judged.hand_in(np.zeros((400, 30, 3), dtype=np.float32))
    judged.take("magenta", replace(judged.paintings["magenta"], picture=np.ones((20, 300, 3), dtype=np.float32)))
    judged.judge([Assessment(0, 0), *assessments(0, 10)])
    for title in ("", "A", "Wide " * 60, "\u6e2f\u306e\u5915\u66ae", "x" * 300):
        deal = Deal(replace(judged.deal.content, title=title), judged.deal.style)
        drawn = result_card.draw(replace(judged, deal=deal))
        assert drawn.shape[1] == result_card.WIDTH_PX
        assert drawn.shape[0] < 1550


@pytest.mark.parametrize(
    ("grade", "shown"), [(0, "0.0"), (0.04, "0.0"), (4.25, "4.3"), (9.94, "9.9"), (9.99, "9.9"), (10, "10")]
)
def test_only_a_full_ten_is_shown_as_ten(grade: float, shown: str) -> None:
    assert result_card.grade_text(grade) == shown
