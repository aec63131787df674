"""The line on which grades stand: labels that never overlap, near what they name, at any width."""

from itertools import pairwise

import pytest
from desktop_window import QUIET
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from PyQt5.QtCore import QRectF
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.desktop.verdict.explanation import marks_of
from app.desktop.verdict.grade_scale import GradeScale, Mark, spread
from app.judging.assessment import Assessment

pytestmark = QUIET
ANCHORS = {"blank": 0.3, "photograph": 4.1, "painting": 3.4}


@given(
    some.lists(some.tuples(some.floats(0, 1), some.floats(5, 200)), min_size=1, max_size=6),
    some.floats(50, 1500),
    some.floats(0, 20),
)
def test_labels_in_a_row_stay_in_order_and_in_the_room(
    labels: list[tuple[float, float]], room: float, gap: float
) -> None:
    wanted = sorted(share * room for share, _ in labels)
    widths = [width for _, width in labels]
    middles = spread(wanted, widths, room, gap)
    needed = sum(widths) + gap * (len(widths) - 1)
    assert (middles is None) == (needed > room)
    if middles is None:
        return
    ends = [(middle - width / 2, middle + width / 2) for middle, width in zip(middles, widths, strict=True)]
    assert ends[0][0] >= -1e-6 and ends[-1][1] <= room + 1e-6
    for (_, before), (after, _) in pairwise(ends):
        assert after - before >= gap - 1e-6


def test_labels_with_room_stand_where_they_want_to() -> None:
    assert spread([100.0, 300.0], [50.0, 50.0], 400.0, 10.0) == pytest.approx([100, 300])
    # Two that want the same place share the shift.
    assert spread([200.0, 200.0], [50.0, 50.0], 400.0, 10.0) == pytest.approx([170, 230])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(grades=some.lists(some.floats(0, 10), min_size=4, max_size=4), width=some.integers(220, 1300))
def test_words_never_overlap_nor_leave_the_widget(qtbot: QtBot, grades: list[float], width: int) -> None:
    standing = GradeScale()
    names = ("Blank canvas", "Bare photograph", "The painting itself", "Classic")
    marks = [Mark(name, grade) for name, grade in zip(names, grades, strict=True)]
    standing.set_marks("Magenta", [Mark("You", 7.4, "player", "7.4 ± 0.2", 0.2, is_chief=True), *marks])
    standing.resize(width, standing.height())
    assert not standing.grab().isNull()
    rects = standing.label_rects()
    assert len(rects) == 4
    room = QRectF(standing.rect()).adjusted(-1, 0, 1, 1)
    for index, rect in enumerate(rects):
        assert room.contains(rect)
        assert not any(rect.intersects(other) for other in rects[index + 1 :])
    standing.deleteLater()


def test_it_says_everything_in_words(qtbot: QtBot) -> None:
    assessments = {
        ("drawing", "magenta"): Assessment(7.4, 0.2, anchors=ANCHORS),
        ("drawing", "classic"): Assessment(5.0, 0.3, anchors=ANCHORS),
        ("magenta", "classic"): Assessment(6.2, 0.1, anchors=ANCHORS),
    }
    standing = GradeScale()
    qtbot.addWidget(standing)
    standing.set_marks("Magenta", marks_of(assessments, ("drawing", "magenta")))
    name = standing.accessibleName()
    for words in ("You 7.4 ± 0.2", "Classic 6.2", "Bare photograph 4.1", "The painting itself 3.4", "Blank canvas 0.3"):
        assert words in name
    rivals = {mark.label: mark.grade for mark in marks_of(assessments, ("magenta", "classic"))}
    assert rivals["Magenta"] == 6.2 and rivals["You"] == 5.0
    assert marks_of({}, ("drawing", "magenta")) == []


def test_the_band_is_as_wide_as_it_is(qtbot: QtBot) -> None:
    standing = GradeScale()
    qtbot.addWidget(standing)
    standing.resize(1000, 80)
    standing.show()

    def coloured(band: float) -> int:
        standing.set_marks("Magenta", [Mark("You", 5.0, "player", band=band, is_chief=True)])
        QApplication.processEvents()
        shown = standing.grab().toImage()
        inks = [shown.pixelColor(x, 34) for x in range(shown.width())]
        return sum(ink.red() - ink.blue() > 40 for ink in inks)

    assert coloured(1.0) > coloured(0.4) + 80 > coloured(0.0) + 80
