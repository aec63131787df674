"""The verdict in the window: why a grade is what it is, where the player stands, what would help."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from desktop_window import QUIET, WAIT_MS, paint_a_spot, start, trigger
from desktop_workplace import FakeWorker
from PyQt5.QtCore import QPoint, QPointF, QRect, Qt
from PyQt5.QtGui import QColor, QFontMetrics, QImage
from PyQt5.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.desktop.controllers.verdict_controller import NO_ADVICE
from app.desktop.main_window import MainWindow
from app.desktop.pages.result import SIDE_BY_SIDE, WHY, Result
from app.desktop.verdict.coaching_panel import gain_text, on_their_way
from app.desktop.verdict.explanation import Explanation, weakest
from app.desktop.verdict.facets_panel import FacetsPanel
from app.desktop.verdict.grade_dials import GradeDial, second_opinion_text
from app.desktop.widgets import theme
from app.judging.assessment import FACETS, Assessment, Facet
from app.rivals.registry import comparisons

pytest_plugins = ["desktop_window"]
pytestmark = QUIET
YOU_AND_MAGENTA, YOU_AND_CLASSIC, RIVALS_PAIR = comparisons()


def an_assessment(*grades: float, second_grade: float = 6.0) -> Assessment:
    heats = np.random.default_rng(5).random((4, 6, 8), np.float32)
    facets = {
        name: Facet(grade, f"The {name} is bolder at the top left and softer in the middle.", heat)
        for name, grade, heat in zip(FACETS, grades, heats, strict=True)
    }
    return Assessment(6.3, 0.2, facets, {"blank": 0.3, "photograph": 4.1, "painting": 3.4}, second_grade)


def judged(window: MainWindow, qtbot: QtBot) -> Result:
    """Paint a spot, compare, and wait for all that the judge has to say."""
    start(window, qtbot)
    # What the fake judge suggests, more light, is seen on a colour between black and white.
    window.studio.panel.set_color(QColor(120, 90, 60))
    window.studio.panel.size_slider.value_changed.emit(200.0)
    paint_a_spot(window, qtbot)
    with qtbot.waitSignal(window.duel_controller.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    duel_controller = window.duel_controller
    qtbot.waitUntil(
        lambda: not duel_controller.is_advising and bool(duel_controller.suggestions or duel_controller.advice_says),
        timeout=WAIT_MS,
    )
    return window.result


def of_view(widget: QWidget) -> QImage:
    # The labels of the line beneath make it as high as they need it only once it has its width.
    for _ in range(4):
        QApplication.processEvents()
    return widget.grab().toImage()


def test_it_opens_as_ever_and_a_grade_leads_to_its_reasons(window: MainWindow, qtbot: QtBot) -> None:
    result = judged(window, qtbot)
    why = result.why
    assert result.way.choice() == SIDE_BY_SIDE and not why.isVisible()
    assert "± 0.2" in result.verdict.dials[YOU_AND_MAGENTA].accessibleName()
    qtbot.keyClick(result.verdict.dials[YOU_AND_CLASSIC], Qt.Key_Return)
    assert result.way.choice() == WHY and why.isVisible() and not result.verdict.isVisible()
    assert why.pair() == YOU_AND_CLASSIC
    assessment = window.duel_controller.assessments[YOU_AND_CLASSIC]
    for name, row in why.facets.rows.items():
        assert assessment.facets[name].sentence in row.accessibleName()
    assert why.standing.marks()[0].label == "Blank canvas"
    # The rivals' own grade has reasons too, and the wipe looks at the same pair.
    qtbot.mouseClick(why.dials[RIVALS_PAIR], Qt.LeftButton)
    assert why.pair() == RIVALS_PAIR
    assert why.first.accessibleName().startswith("Magenta")
    assert why.second.accessibleName().startswith("Classic")
    result.way.chosen.emit(1)
    assert comparisons()[result.pairs.choice()] == RIVALS_PAIR


def test_a_preview_never_changes_the_drawing(window: MainWindow, qtbot: QtBot) -> None:
    result = judged(window, qtbot)
    drawing = window.studio.drawing()
    assert drawing is not None
    before, strokes = drawing.picture().copy(), len(drawing.strokes)
    handed_in = window.duel_controller.duel.drawing if window.duel_controller.duel is not None else None
    # From the rivals' pair it leads to the player's.
    result.explain(*RIVALS_PAIR)
    (row,) = result.why.coaching.rows
    plain = of_view(result.why.first)
    qtbot.mouseClick(row, Qt.LeftButton)
    assert row.isChecked() and "drawing" in result.why.pair()
    assert result.why.facets.choice() == ""
    assert gain_text(window.duel_controller.suggestions[0]) in row.accessibleName()
    changed = of_view(result.why.first)
    assert changed != plain
    qtbot.mousePress(result.why.hold, Qt.LeftButton)
    held = of_view(result.why.first)
    qtbot.mouseRelease(result.why.hold, Qt.LeftButton)
    assert held != changed
    assert of_view(result.why.first) == changed
    # Another click, or a facet, takes it back, and Escape.
    qtbot.mouseClick(row, Qt.LeftButton)
    assert not row.isChecked() and result.why.facets.choice() != ""
    plain_of_pair = of_view(result.why.first)
    qtbot.mouseClick(row, Qt.LeftButton)
    held_by = window.focusWidget()
    assert held_by is not None
    qtbot.keyClick(held_by, Qt.Key_Escape)
    assert not row.isChecked() and of_view(result.why.first) == plain_of_pair
    # What is looked at while leaving for the studio is what is to be tried there.
    qtbot.mouseClick(row, Qt.LeftButton)
    trigger(window, "keep_drawing")
    assert window.page() == "studio"
    assert window.messages.isVisible() and window.duel_controller.suggestions[0].sentence in window.messages.text()
    assert len(drawing.strokes) == strokes and np.array_equal(drawing.picture(), before)
    assert window.duel_controller.duel is not None and window.duel_controller.duel.drawing is handed_in


def test_it_says_that_suggestions_are_on_their_way_or_why_there_are_none(
    window: MainWindow, qtbot: QtBot, worker: FakeWorker
) -> None:
    worker.coach_fails = "The judge's network is damaged."
    panel = judged(window, qtbot).why.coaching
    window.result.explain(*YOU_AND_MAGENTA)
    assert panel.line.text() == "The judge's network is damaged." and panel.again.isVisible()
    worker.coach_fails, worker.has_suggestions, worker.is_held = "", False, True
    qtbot.mouseClick(panel.again, Qt.LeftButton)
    assert panel.line.text() == on_their_way(0, 0) and not panel.again.isVisible()
    qtbot.waitUntil(lambda: panel.line.text() == "Trying what would help: 12 of 54", timeout=WAIT_MS)
    worker.is_held = False
    qtbot.waitUntil(lambda: panel.line.text() == NO_ADVICE, timeout=WAIT_MS)
    assert not panel.again.isVisible() and not panel.rows


def test_reasons_are_left_when_their_grade_is_void(window: MainWindow, qtbot: QtBot, worker: FakeWorker) -> None:
    result = judged(window, qtbot)
    result.explain(*YOU_AND_CLASSIC)
    worker.is_held = True
    window.duel_controller.retry("classic")
    # The other rival's grade still has reasons.
    assert result.why.isVisible() and result.why.pair() == YOU_AND_MAGENTA
    window.duel_controller.retry("magenta")
    assert result.way.choice() == SIDE_BY_SIDE and not result.why.isVisible()
    worker.is_held = False
    qtbot.waitUntil(lambda: len(window.duel_controller.grades) == 3, timeout=WAIT_MS)


@pytest.fixture
def why(qtbot: QtBot) -> Explanation:
    """Reasons for three grades, with pictures."""
    why = Explanation()
    qtbot.addWidget(why)
    images = {}
    for name, grey in (("drawing", 60), ("magenta", 120), ("classic", 200)):
        images[name] = QImage(320, 240, QImage.Format_RGB32)
        images[name].fill(grey * 0x010101)
    why.resize(1280, 560)
    why.show_images(images)
    assessments = {
        YOU_AND_MAGENTA: an_assessment(6.0, 8.0, 3.0, 5.0),
        YOU_AND_CLASSIC: an_assessment(2.0, 8.0, 3.0, 5.0),
        RIVALS_PAIR: an_assessment(6.0, 8.0, 9.0, 5.0),
    }
    why.show_assessments(assessments, set())
    why.show()
    return why


def test_the_weakest_facet_is_shown_until_another_is_chosen(why: Explanation, qtbot: QtBot) -> None:
    assert why.facets.choice() == "texture"
    why.show_pair(YOU_AND_CLASSIC)
    assert why.facets.choice() == "palette"
    shown = of_view(why.first)
    qtbot.keyClick(why.facets.rows["detail"], Qt.Key_Space)
    assert why.facets.choice() == "detail" and of_view(why.first) != shown
    why.show_pair(YOU_AND_MAGENTA)
    assert why.facets.choice() == "detail"
    # Chosen again it is laid aside, and the picture is plain.
    qtbot.mouseClick(why.facets.rows["detail"], Qt.LeftButton)
    assert why.facets.choice() == ""
    assert not why.legend.isVisible() and not why.hold.isVisible()
    image = of_view(why.first)
    assert image.pixelColor(image.width() // 2, image.height() // 2).red() == 60
    assert weakest(Assessment(5.0, 0.0)) == ""


def test_what_is_pointed_at_is_framed_in_both(why: Explanation, qtbot: QtBot) -> None:
    before = of_view(why.second)
    qtbot.keyClick(why.first, Qt.Key_Left)
    assert why.second.place() == why.first.place() == QPointF(0.46, 0.5)
    assert of_view(why.second) != before
    qtbot.keyClick(why.second, Qt.Key_Escape)
    assert why.first.place() is None and of_view(why.second) == before


@pytest.mark.parametrize("size", [(1280, 560), (944, 494), (780, 274)])
def test_nothing_is_clipped(why: Explanation, qtbot: QtBot, size: tuple[int, int]) -> None:
    why.resize(*size)
    rows = list(why.facets.rows.values())
    panel = why.panel.widget()
    assert panel is not None

    def tops() -> list[int]:
        return [row.mapTo(panel, QPoint(0, 0)).y() for row in rows]

    # A row is as high as its width makes it, which the layout learns a moment later.
    qtbot.waitUntil(
        lambda: (
            all(top + row.height() <= below for row, (top, below) in zip(rows, pairwise(tops()), strict=False))
            and panel.width() <= why.panel.viewport().width()
        ),
        timeout=WAIT_MS,
    )
    metrics = QFontMetrics(theme.sans(12))
    for row in rows:
        words = metrics.boundingRect(QRect(0, 0, row.width() - 18, 500), int(Qt.TextWordWrap), row.words)
        assert row.height() >= words.height() + 30
        assert row.width() <= panel.width()
    for view in (why.first, why.second):
        assert why.rect().contains(QRect(view.mapTo(why, QPoint(0, 0)), view.size()))
        assert view.picture_rect().width() >= 150
    for part in (why.legend, why.opacity, why.hold):
        assert why.rect().contains(QRect(part.mapTo(why, QPoint(0, 0)), part.size()))
    # Where there is little height the standing is within reach of a scroll.
    assert panel.isAncestorOf(why.standing) == (size[1] < 300)


def test_the_second_grade_is_named_and_so_is_its_disagreement(qtbot: QtBot) -> None:
    agrees, disagrees = an_assessment(6, 6, 6, 6, second_grade=6.4), an_assessment(6, 6, 6, 6, second_grade=1.2)
    dial = GradeDial(YOU_AND_MAGENTA, 40)
    qtbot.addWidget(dial)
    dial.set_assessment(agrees)
    assert "6.3 ± 0.2 of 10, second opinion 6.4" in dial.accessibleName()
    dial.set_assessment(disagrees)
    assert second_opinion_text(disagrees, YOU_AND_MAGENTA).lower() in dial.accessibleName()
    assert "disagrees with the grade" in dial.accessibleName()
    assert dial.accessibleDescription() in dial.toolTip() and "classical measures" in dial.accessibleDescription()
    assert "disagrees" not in second_opinion_text(disagrees, ("magenta", "classic"))
    why = Explanation()
    qtbot.addWidget(why)
    # What is copied is said once, of the whole drawing, beside the verdict.
    why.show_assessments({YOU_AND_MAGENTA: replace(agrees, copied={"photograph": 0.8})}, set())
    assert not why.remarks.text()
    why.show_assessments({YOU_AND_MAGENTA: replace(disagrees, copied={"photograph": 0.8})}, set())
    assert not why.remarks.text()
    why.show_assessments({YOU_AND_MAGENTA: disagrees}, set())
    assert "1.2" in why.remarks.text() and "Magenta" in why.remarks.text()
    assert second_opinion_text(Assessment(5.0, 0.1), YOU_AND_MAGENTA) == ""


def test_grades_of_which_nothing_more_is_known_are_shown_alone(qtbot: QtBot) -> None:
    panel = FacetsPanel()
    qtbot.addWidget(panel)
    panel.show_facets({}, "magenta")
    assert panel.choice() == ""
    for row in panel.rows.values():
        assert not row.isEnabled() and "no grade yet" in row.accessibleName()
