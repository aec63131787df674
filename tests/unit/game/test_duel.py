import numpy as np
import pytest
from game_assessments import assessment, assessments, suggestion

from app.errors import UsageError
from app.game.deck import Card, Deal
from app.game.duel import Duel, Painting, Provenance, Stage
from app.images import Picture
from app.judging.assessment import Assessment
from app.rivals.registry import comparisons
from app.rivals.rival import Report


def shade(value: float) -> Picture:
    return np.full((16, 16, 3), value, dtype=np.float32)


def painted(value: float) -> Painting:
    return Painting(shade(value), Report("builtin-stylizer", 0.1, 1, 0.1))


@pytest.fixture
def duel(tmp_path) -> Duel:
    return Duel(Deal(Card(tmp_path / "c.png", "C", "content"), Card(tmp_path / "s.png", "S", "style")))


def complete(duel: Duel) -> Duel:
    duel.start()
    duel.hand_in(shade(0.1))
    duel.take("magenta", painted(0.2))
    duel.take("classic", painted(0.3))
    return duel


def test_a_duel_goes_from_the_deal_to_the_gallery(duel: Duel, tmp_path) -> None:
    stages = [duel.stage]
    complete(duel)
    stages.append(duel.stage)
    duel.judge(assessments(7.5, 5.0, 6.0))
    stages.append(duel.stage)
    duel.keep(tmp_path)
    stages.append(duel.stage)
    assert stages == [Stage.DEALT, Stage.PAINTING, Stage.JUDGED, Stage.KEPT]
    assert duel.grades == {"drawing_magenta": 7.5, "drawing_classic": 5.0, "magenta_classic": 6.0}
    assert duel.folder == tmp_path


def test_the_judge_gets_the_pairs_in_the_order_of_the_grades(duel: Duel) -> None:
    shades = [tuple(round(float(picture.mean()), 1) for picture in pair) for pair in complete(duel).pairs()]
    assert shades == [(0.1, 0.2), (0.1, 0.3), (0.2, 0.3)]
    assert [f"{a}_{b}" for a, b in comparisons()] == ["drawing_magenta", "drawing_classic", "magenta_classic"]


def test_the_judge_waits_for_all_three(duel: Duel) -> None:
    duel.start()
    duel.take("classic", painted(0.3))
    with pytest.raises(UsageError, match="drawing and magenta"):
        duel.pairs()
    with pytest.raises(UsageError, match="still missing"):
        duel.judge(assessments(1, 2, 3))


def test_painting_on_after_the_verdict_makes_it_void(duel: Duel) -> None:
    complete(duel).judge(assessments(1, 2, 3))
    duel.advise([suggestion()])
    duel.hand_in(shade(0.9))
    assert duel.stage is Stage.PAINTING
    assert duel.grades == duel.assessments == {} and duel.suggestions == ()
    duel.judge(assessments(4, 5, 6))
    assert duel.stage is Stage.JUDGED


def test_a_picture_that_is_painted_again_counts_no_longer(duel: Duel) -> None:
    complete(duel).judge(assessments(1, 2, 3))
    as_it_was, painting = duel.snapshot(), duel.paintings["classic"]
    assert duel.give_back("classic") is painting
    assert duel.stage is Stage.PAINTING and duel.grades == {} and not duel.is_complete()
    assert duel.give_back("classic") is None
    assert as_it_was.stage is Stage.JUDGED and as_it_was.is_complete() and len(as_it_was.grades) == 3
    duel.take("classic", painted(0.4))
    assert duel.is_complete()


def test_steps_out_of_order_are_refused(duel: Duel, tmp_path) -> None:
    with pytest.raises(UsageError, match="dealt"):
        duel.hand_in(shade(0))
    with pytest.raises(UsageError, match="dealt"):
        duel.keep(tmp_path)
    duel.start()
    with pytest.raises(UsageError, match="painting"):
        duel.start()
    with pytest.raises(UsageError, match="no rival called picasso"):
        duel.take("picasso", painted(0))


@pytest.mark.parametrize("grades", [[1.0, 2.0], [1.0, 2.0, 10.5], [1.0, -0.1, 2.0], [1.0, float("nan"), 2.0]])
def test_a_verdict_is_three_grades_from_0_to_10(duel: Duel, grades: list[float]) -> None:
    with pytest.raises(UsageError, match="3 grades"):
        complete(duel).judge([Assessment(grade, 0.1) for grade in grades])
    assert duel.stage is Stage.PAINTING


def test_suggestions_come_after_the_verdict_and_go_with_it(duel: Duel, tmp_path) -> None:
    complete(duel)
    with pytest.raises(UsageError, match="painting"):
        duel.advise([suggestion()])
    duel.judge(assessments(1, 2, 3))
    duel.keep(tmp_path)
    duel.advise([suggestion("Darker", 0.9), suggestion("Warmer", 0.3)])
    assert [each.sentence for each in duel.suggestions] == ["Darker", "Warmer"]
    duel.give_back("classic")
    assert duel.suggestions == ()


def test_a_verdict_names_what_was_pasted(duel: Duel) -> None:
    complete(duel).judge(assessments(1, 2, 3))
    assert duel.pasted == ""
    # What a rival's picture copies is nobody's pasting.
    duel.judge([*assessments(1, 2), assessment(3, photograph=0.9)])
    assert duel.pasted == ""
    duel.judge([assessment(1, painting=0.8), assessment(2, painting=0.81), assessment(3)])
    assert duel.pasted == "You pasted the painting; it covers about 80 % of your drawing and does not count as painted."
    duel.hand_in(shade(0.1), Provenance(4, has_placed=True))
    duel.judge(assessments(1, 2, 3))
    assert duel.pasted == "You placed a picture of your own on the drawing."


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (Provenance(412, 30), "412 strokes, 30 with the tracing shown"),
        (Provenance(1), "1 stroke"),
        (Provenance(1, 1), "1 stroke with the tracing shown"),
        (Provenance(0, has_placed=True), "A placed picture, and no strokes"),
        (Provenance(9, 9), "9 strokes, all with the tracing shown"),
        (Provenance(412, is_strict=True), "Strict duel: 412 strokes"),
    ],
)
def test_it_is_said_how_a_drawing_came_about(facts: Provenance, sentence: str) -> None:
    assert facts.sentence() == sentence


def test_what_is_said_of_a_drawing_goes_with_it(duel: Duel) -> None:
    duel.start()
    duel.hand_in(shade(0.1), Provenance(3, 1))
    assert duel.painted == Provenance(3, 1)
    duel.hand_in(shade(0.2))
    assert duel.painted is None, "another picture, of which nothing is known"
