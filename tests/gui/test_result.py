"""What the pages show and say from one duel to the next: the wipe, the messages, the tool in hand, long sentences."""

import pytest
from desktop_window import QUIET, WAIT_MS, middle, paint_a_spot, start, trigger
from desktop_workplace import FakeWorker
from PyQt5.QtCore import QPoint, QPointF, QRect, Qt
from PyQt5.QtGui import QColor, QImage
from PyQt5.QtWidgets import QApplication, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.desktop.app_state.picture_names import hung
from app.desktop.app_state.view_models import RivalState
from app.desktop.main_window import MainWindow
from app.desktop.pages.result import SIDE_BY_SIDE, WIPE, sentence_of
from app.desktop.rivals.rival_card import RivalCard
from app.desktop.widgets.elided_label import ElidedLabel
from app.judging.assessment import Assessment
from app.rivals.registry import comparisons

pytest_plugins = ["desktop_window"]
pytestmark = QUIET


def usable_pairs(window: MainWindow) -> list[bool]:
    return [button.isEnabled() for button in window.result.pairs.findChildren(QPushButton)]


def place_of(widget: QWidget, window: MainWindow) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def test_each_duel_begins_side_by_side_and_wipes_what_there_is(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    paint_a_spot(window, qtbot)
    with qtbot.waitSignal(window.duel_controller.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    window.result.wipe_between("drawing", "magenta")
    assert window.result.wipe.isVisible()
    assert usable_pairs(window) == [True, True, True]
    with qtbot.waitSignal(window.duel_controller.dealt, timeout=WAIT_MS):
        trigger(window, "play_again")
    trigger(window, "let_rivals")
    assert window.result.way.choice() == SIDE_BY_SIDE
    assert not window.result.wipe.isVisible()
    qtbot.waitUntil(lambda: ("magenta", "classic") in window.duel_controller.grades, timeout=WAIT_MS)
    (wipe,) = [b for b in window.result.way.findChildren(QPushButton) if b.text() == "Wipe"]
    qtbot.mouseClick(wipe, Qt.LeftButton)
    assert comparisons()[window.result.pairs.choice()] == ("magenta", "classic")
    assert usable_pairs(window) == [False, False, True]
    seen = []
    for share in (0.0, 1.0):
        window.result.wipe.set_share(share)
        shown = window.result.wipe.grab().toImage()
        seen.append(shown.pixelColor(shown.width() // 2, shown.height() // 2))
    assert seen[0] != seen[1]
    # A grade whose pictures are not there leads nowhere.
    window.result.wipe_between("drawing", "classic")
    assert comparisons()[window.result.pairs.choice()] == ("magenta", "classic")


def test_the_wipe_is_left_when_a_picture_will_not_come(window: MainWindow, qtbot: QtBot, worker: FakeWorker) -> None:
    worker.is_held = True
    trigger(window, "let_rivals")
    qtbot.waitUntil(lambda: window.duel_controller.rivals["magenta"].stage == "working", timeout=WAIT_MS)
    window.result.wipe_between("magenta", "classic")
    assert window.result.way.choice() == WIPE
    worker.fails["classic"] = "The network is damaged."
    worker.is_held = False
    qtbot.waitUntil(lambda: window.duel_controller.rivals["classic"].stage == "failed", timeout=WAIT_MS)
    assert window.result.way.choice() == SIDE_BY_SIDE
    assert usable_pairs(window) == [False, False, False]


def test_the_wipe_has_the_height_that_the_grades_leave_it(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    paint_a_spot(window, qtbot)
    window.resize(1366, 768)
    with qtbot.waitSignal(window.duel_controller.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    window.result.wipe_between("drawing", "magenta")
    QApplication.processEvents()
    result = window.result
    assert result.wipe.height() > 0.65 * result.height()
    for dial in result.verdict.dials.values():
        assert not place_of(dial, window).intersects(place_of(result.wipe, window))
        assert place_of(result.verdict, window).contains(place_of(dial, window))


def test_the_sentence_says_when_the_grades_come() -> None:
    rivals = {"magenta": RivalState("magenta", "finished"), "classic": RivalState("classic", "working")}
    assert sentence_of({}, rivals, True) == "Classic is still painting; the grades come when it has finished."
    rivals["magenta"] = RivalState("magenta", "waiting")
    assert sentence_of({}, rivals, True).endswith("are still painting; the grades come when both have finished.")


@pytest.mark.parametrize(
    ("grades", "band", "said"),
    [
        ((6.4, 3.1), 0.2, "You came closest to Magenta, with 6.4 of 10."),
        ((3.1, 6.4), 0.2, "You came closest to Classic, with 6.4 of 10."),
        ((0.4, 0.5), 0.2, "You came as close to Magenta as to Classic, with about 0.5 of 10."),
        ((10.0, 10.0), 0.0, "You came as close to Magenta as to Classic, with 10 of 10."),
    ],
)
def test_a_difference_within_the_band_is_a_tie(grades: tuple[float, float], band: float, said: str) -> None:
    rivals = {name: RivalState(name, "finished") for name in ("magenta", "classic")}
    assessments = {pair: Assessment(grade, band) for pair, grade in zip(comparisons(), (*grades, 5.0), strict=True)}
    assert sentence_of(assessments, rivals, True) == said


@pytest.mark.parametrize("better", [0, 1])
def test_the_reasons_begin_with_the_better_grade(qtbot: QtBot, window: MainWindow, better: int) -> None:
    result = window.result
    image = QImage(40, 30, QImage.Format_RGB32)
    image.fill(0)
    for name in hung():
        result.hang(name, image, "")
    grades = {comparisons()[better]: 6.0, comparisons()[1 - better]: 3.0, comparisons()[2]: 8.0}
    assessments = {pair: Assessment(grade, 0.2) for pair, grade in grades.items()}
    result.show_assessments(assessments, set(), "", can_ask=False)
    result.way.chosen.emit(2)
    assert result.why.pair() == comparisons()[better]
    # Another grade that comes meanwhile, or a better one, takes nothing from under the player's eyes.
    result.show_assessments(assessments | {comparisons()[1 - better]: Assessment(9.0, 0.2)}, set(), "", can_ask=False)
    assert result.why.pair() == comparisons()[better]


@pytest.mark.parametrize("page", ["home", "result"])
def test_a_message_covers_no_control(window: MainWindow, qtbot: QtBot, page: str) -> None:
    if page == "result":
        trigger(window, "let_rivals")
        qtbot.waitUntil(lambda: bool(window.duel_controller.grades), timeout=WAIT_MS)
    window.messages.tell("The file could not be read. " * 8, "bad")
    QApplication.processEvents()
    bar = place_of(window.messages, window)
    controls = [b for b in window.findChildren(QPushButton) if b.isVisible() and not window.messages.isAncestorOf(b)]
    assert len(controls) >= 4
    for control in controls:
        assert not bar.intersects(place_of(control, window)), control.text()
    assert bar.left() >= 0 and bar.right() < window.width()


@pytest.mark.parametrize("page", ["home", "result"])
def test_a_message_moves_nothing(window: MainWindow, qtbot: QtBot, page: str) -> None:
    if page == "result":
        trigger(window, "let_rivals")
        qtbot.waitUntil(lambda: bool(window.duel_controller.grades), timeout=WAIT_MS)
    QApplication.processEvents()
    controls = [b for b in window.findChildren(QPushButton) if b.isVisible()]
    before = [place_of(control, window) for control in controls]
    window.messages.tell("The file could not be read.", "bad")
    QApplication.processEvents()
    assert window.messages.isVisible()
    assert [place_of(control, window) for control in controls] == before


def test_damage_is_told_until_it_is_closed_or_mended(window: MainWindow, qtbot: QtBot) -> None:
    bar = window.messages
    window.duel_controller.told.emit("A network is damaged.", "damage")
    start(window, qtbot)
    bar.tell("Saved.", "good")
    assert bar.text() == "Saved."
    trigger(window, "home")
    QApplication.processEvents()
    trigger(window, "deal_both")
    assert bar.isVisible() and bar.text() == "A network is damaged."
    (close,) = bar.findChildren(QToolButton)
    qtbot.mouseClick(close, Qt.LeftButton)
    assert not bar.isVisible()
    window.duel_controller.told.emit("A network is damaged.", "damage")
    assert not bar.isVisible(), "it has been read"
    window.duel_controller.told.emit("Another one is damaged.", "damage")
    assert bar.isVisible()
    window.duel_controller.told.emit("", "damage")
    assert not bar.isVisible()


def test_a_rival_is_stopped_from_its_plate(window: MainWindow, qtbot: QtBot, worker: FakeWorker) -> None:
    worker.is_held = True
    trigger(window, "let_rivals")
    qtbot.waitUntil(lambda: window.duel_controller.rivals["magenta"].stage == "working", timeout=WAIT_MS)
    plate = window.result.plates["magenta"]
    assert not plate.retry.isVisible()
    qtbot.mouseClick(plate.stop, Qt.LeftButton)
    qtbot.waitUntil(lambda: window.duel_controller.rivals["magenta"].stage == "stopped", timeout=WAIT_MS)
    worker.is_held = False
    assert plate.retry.isVisible() and not plate.stop.isVisible()


def test_a_message_over_the_canvas_does_not_move_it(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    before = place_of(window.studio.canvas, window)
    window.messages.tell("The drawing cannot be kept.", "bad")
    QApplication.processEvents()
    assert place_of(window.studio.canvas, window) == before
    assert before.contains(place_of(window.messages, window))


def test_a_message_goes_with_its_page_and_with_the_next_attempt(window: MainWindow, qtbot: QtBot) -> None:
    def tell() -> None:
        window.messages.tell("empty.jpg is empty.", "bad")
        QApplication.processEvents()
        assert window.messages.isVisible()

    tell()
    with qtbot.waitSignal(window.duel_controller.dealt, timeout=WAIT_MS):
        trigger(window, "deal_both")
    assert not window.messages.isVisible()
    tell()
    start(window, qtbot)
    assert not window.messages.isVisible()
    tell()
    trigger(window, "home")
    assert not window.messages.isVisible()
    # What is told together with the change of page belongs to the new one.
    window.messages.tell("The end of the drawing's file was damaged.", "info")
    start(window, qtbot)
    assert window.messages.isVisible()


@pytest.mark.parametrize(("key", "change"), [(Qt.Key_BraceLeft, -0.1), (Qt.Key_BraceRight, 0.1)])
def test_braces_change_the_opacity(window: MainWindow, qtbot: QtBot, key: Qt.Key, change: float) -> None:
    start(window, qtbot)
    window.hand.opacity = 0.5
    qtbot.keyClick(window.studio.canvas, key)
    assert window.hand.opacity == pytest.approx(0.5 + change)


def test_the_eyedropper_is_laid_down_after_a_colour(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    canvas = window.studio.canvas
    drawing = canvas.drawing()
    assert drawing is not None
    window.studio.panel.set_color(QColor(200, 10, 10))
    qtbot.keyClick(canvas, Qt.Key_I)
    qtbot.mouseClick(canvas, Qt.LeftButton, pos=middle(window))
    assert window.hand.color == QColor(Qt.white)
    assert window.hand.tool == "brush" and window.actions_by_name["brush"].isChecked()
    qtbot.keyClick(canvas, Qt.Key_I)
    view = window.studio.content.view
    qtbot.mouseClick(view, Qt.LeftButton, pos=view.picture_rect().center().toPoint())
    assert window.hand.tool == "brush"
    assert window.hand.color == view.color_at(view.picture_rect().center())
    assert not window.lightbox.isVisible(), "taking a colour is not asking for a closer look"
    # A click beside every picture takes nothing, and the eyedropper stays for another try.
    qtbot.keyClick(canvas, Qt.Key_I)
    beside = QPoint(2, 2)
    assert not drawing.surface.rect.contains(canvas.view.to_drawing(QPointF(beside)).toPoint())
    qtbot.mouseClick(canvas, Qt.LeftButton, pos=beside)
    assert window.hand.tool == "eyedropper"


@pytest.mark.parametrize("tool", ["eyedropper", "eraser"])
def test_a_new_drawing_is_begun_with_the_brush(window: MainWindow, qtbot: QtBot, tool: str) -> None:
    start(window, qtbot)
    paint_a_spot(window, qtbot)
    trigger(window, tool)
    trigger(window, "home")
    with qtbot.waitSignal(window.duel_controller.dealt, timeout=WAIT_MS):
        trigger(window, "deal_both")
    start(window, qtbot)
    paint_a_spot(window, qtbot)
    drawing = window.studio.drawing()
    assert drawing is not None
    assert [stroke.mode for stroke in drawing.strokes] == ["paint"]


def test_the_eraser_has_its_own_brush_and_size(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    panel, hand = window.studio.panel, window.hand
    panel.take("grain")
    panel.size_slider.value_changed.emit(90.0)
    panel.set_color(QColor(0, 0, 0))
    panel.take("marker")
    paint_a_spot(window, qtbot)
    panel.take("grain")
    drawing = window.studio.drawing()
    assert drawing is not None
    y, x = drawing.height // 2, drawing.width // 2
    trigger(window, "eraser")
    panel.size_slider.value_changed.emit(120.0)
    panel.opacity_slider.value_changed.emit(1.0)
    paint_a_spot(window, qtbot)
    assert drawing.strokes[-1].brush == "round" and drawing.strokes[-1].size_px == 120
    assert drawing.picture()[y, x].min() > 0.95
    panel.take("chalk")
    trigger(window, "brush")
    assert (hand.brush, hand.size_px) == ("grain", 90)
    trigger(window, "eraser")
    assert (hand.grip().brush, hand.grip().size_px) == ("chalk", 120)
    assert panel.size_slider.value() == pytest.approx(120, abs=1)


@pytest.mark.parametrize("is_small", [False, True])
def test_a_failure_is_said_in_full(qtbot: QtBot, is_small: bool) -> None:
    card = RivalCard("classic")
    qtbot.addWidget(card)
    card.set_small(is_small)
    card.resize(230, 110)
    card.show()
    sentence = "The rivals' workshop stopped unexpectedly. It can be started again."
    card.show_state(RivalState("classic", "failed", message=sentence))
    for width in (230, 170):
        card.resize(width, card.sizeHint().height())
        QApplication.processEvents()
        assert card.status.isVisible()
        assert " ".join(card.status.text().split("\n")) == sentence
        lines = card.status.text().count("\n") + 1
        assert lines * card.status.fontMetrics().lineSpacing() <= card.status.height()
        for line in card.status.text().split("\n"):
            assert card.status.fontMetrics().horizontalAdvance(line) <= card.status.width()
    card.show_state(RivalState("classic", "failed", message="So " * 400))
    QApplication.processEvents()
    assert card.status.text().endswith("…") and card.status.toolTip()
    card.show_state(RivalState("classic", "working", step=2, steps=9))
    QApplication.processEvents()
    assert card.status.isVisible() == (not is_small) and card.progress.isVisible()


def test_where_room_is_short_the_head_is_cut_and_not_the_tail(qtbot: QtBot) -> None:
    label = ElidedLabel("caption")
    qtbot.addWidget(label)
    label.resize(170, 20)
    label.show()
    label.set_whole("Our own stylizer of many paintings and photographs", " · Finished in 12.3 s")
    assert label.text().endswith("… · Finished in 12.3 s")
    assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width()
    assert label.toolTip() == label.whole()


def test_with_a_line_to_spare_nothing_is_cut(qtbot: QtBot) -> None:
    label = ElidedLabel("caption", lines=2)
    qtbot.addWidget(label)
    label.show()
    for width in (240, 300, 420):
        label.resize(width, label.height())
        label.set_whole("Magenta arbitrary image stylization", " · Finished in 12.3 s")
        assert "…" not in label.text() and label.text().endswith("Finished in 12.3 s")
        for line in label.text().split("\n"):
            assert label.fontMetrics().horizontalAdvance(line) <= label.width()
