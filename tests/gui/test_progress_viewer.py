"""Watching a rival think: the strip, what it shows live, looking back, and saving it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from desktop_window import QUIET, WAIT_MS, paint_a_spot, start, trigger
from desktop_workplace import FakeWorker, rival_picture
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st
from PIL import Image
from PyQt5.QtCore import QPoint, Qt
from PyQt5.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from app.desktop.main_window import MainWindow
from app.desktop.rivals.film_strip import FilmStrip
from app.desktop.rivals.progress_viewer import FRAME_MS, ProgressViewer, facts_of
from app.desktop.widgets import theme
from app.desktop.widgets.qimage import to_pixels
from app.game.archive.progress_film import Frame
from app.rivals.registry import RIVALS
from app.worker.jobs import PaintJob

pytest_plugins = ["desktop_window"]
pytestmark = QUIET


def frame(number: int, *, loss: float | None = None) -> Frame:
    """A grey picture, the lighter the later."""
    return Frame(number / 10, number, 40, loss, np.full((30, 40, 3), 20 + 2 * number, np.uint8))


def film(count: int, *, has_loss: bool = True) -> list[Frame]:
    return [frame(number, loss=100 / number if has_loss else None) for number in range(1, count + 1)]


def grey(box: ProgressViewer) -> int:
    """How light the picture is that shows."""
    shown = box.shown()
    assert shown is not None
    return int(to_pixels(shown)[5, 5, 0])


@pytest.fixture
def box(qtbot: QtBot, qapp: QApplication) -> Iterator[ProgressViewer]:
    theme.apply(qapp)
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    below = QWidget(window)
    below.setFocusPolicy(Qt.StrongFocus)
    box = ProgressViewer(window)
    window.show()
    below.setFocus()
    yield box
    box.put_away()


def show(box: ProgressViewer, frames: list[Frame], *, is_live: bool = False) -> None:
    box.show_film("classic", "Classic", frames, None, is_live=is_live, ink=RIVALS["classic"].colour)


# The strip


@how(max_examples=40, deadline=None)
@given(st.integers(1, 96), st.integers(60, 3000), st.data())
def test_every_place_of_the_strip_is_a_frame_in_order(
    qapp: QApplication, count: int, width: int, data: st.DataObject
) -> None:
    strip = FilmStrip()
    strip.resize(width, strip.height())
    strip.set_frames(film(count))
    places = [strip.place_of(index) for index in range(count)]
    assert places == sorted(places) and places[0] >= 0 and places[-1] <= width
    assert [strip.index_at(x) for x in places] == list(range(count))
    x = data.draw(st.floats(-50, width + 50))
    assert 0 <= strip.index_at(x) < count
    strip.deleteLater()


def test_the_strip_shows_the_frames_the_curve_and_the_moment(box: ProgressViewer) -> None:
    show(box, film(30, has_loss=False))
    QApplication.processEvents()
    plain = to_pixels(box.strip.grab().toImage())
    box.take(film(30), None, is_live=False)
    QApplication.processEvents()
    curved = to_pixels(box.strip.grab().toImage())
    ink = np.array(theme.colour(RIVALS["classic"].colour).getRgb()[:3])
    is_ink = (np.abs(curved.astype(int) - ink).max(axis=2) < 12) & (np.abs(plain.astype(int) - ink).max(axis=2) >= 12)
    # The loss falls from left to right.
    rows, columns = np.nonzero(is_ink)
    assert len(rows) > 100
    assert rows[columns < 200].mean() < rows[columns > 500].mean() - 10
    # What comes after the moment is dimmed.
    box.go_to(10)
    dimmed = to_pixels(box.strip.grab().toImage())
    assert dimmed[56, -30].max() < plain[56, -30].max() - 10
    assert (dimmed[56, 20] == curved[56, 20]).all()


def test_the_loss_of_each_scale_falls_by_itself(box: ProgressViewer) -> None:
    losses = [9.0, 4.0, 2.0, None, 30.0, 8.0, 8.01, 5.0, float("nan"), 60.0]
    show(box, [frame(number, loss=loss) for number, loss in enumerate(losses, 1)])
    QApplication.processEvents()
    assert box.strip.descents() == [
        [(0, 9.0), (1, 4.0), (2, 2.0)],
        [(4, 30.0), (5, 8.0), (6, 8.01), (7, 5.0)],
        [(9, 60.0)],
    ]
    assert not box.strip.grab().isNull()


def test_a_strip_without_frames_or_with_one_can_be_shown(box: ProgressViewer) -> None:
    for frames in ([], film(1)):
        show(box, frames)
        QApplication.processEvents()
        assert not box.save.isEnabled()
        box.toggle()
        assert not box.is_playing


# Looking back


def test_it_follows_what_comes_until_somebody_looks_back(box: ProgressViewer, qtbot: QtBot) -> None:
    frames = film(5)
    show(box, frames, is_live=True)
    assert grey(box) == 30 and box.is_following
    frames.append(frame(6))
    box.take(frames, None, is_live=True)
    assert grey(box) == 32
    qtbot.keyClick(box.strip, Qt.Key_Left)
    assert grey(box) == 30 and not box.is_following
    frames.append(frame(7))
    box.take(frames, None, is_live=True)
    assert grey(box) == 30, "who looks back is not pushed on"
    qtbot.keyClick(box.strip, Qt.Key_Home)
    assert grey(box) == 22
    qtbot.keyClick(box.strip, Qt.Key_End)
    assert grey(box) == 34 and box.is_following
    qtbot.keyClick(box.strip, Qt.Key_PageDown)
    assert not box.is_following
    qtbot.mouseClick(box.now, Qt.LeftButton)
    assert box.is_following and not box.now.isEnabled()


def test_the_mouse_scrubs(box: ProgressViewer, qtbot: QtBot) -> None:
    show(box, film(60))
    QApplication.processEvents()
    strip = box.strip
    for index in (3, 30, 55):
        qtbot.mouseClick(strip, Qt.LeftButton, pos=QPoint(round(strip.place_of(index)), 20))
        assert strip.value() == index and grey(box) == 22 + 2 * index
        assert f"Step {index + 1} of 40" in box.says()
    assert box.isVisible(), "a click on the strip is none beside it"


def test_a_frame_that_was_thinned_out_is_stood_for_by_its_neighbour(box: ProgressViewer) -> None:
    frames = film(9)
    show(box, frames, is_live=True)
    box.go_to(3)
    box.take(frames[::2], None, is_live=True)
    assert not box.is_following
    assert box.strip.value() in (1, 2) and abs(grey(box) - 28) <= 2


def test_it_plays_from_the_beginning_and_rests_at_the_end(box: ProgressViewer, qtbot: QtBot) -> None:
    show(box, film(4))
    qtbot.keyClick(box.strip, Qt.Key_Space)
    assert box.is_playing and grey(box) == 22
    seen = {grey(box)}
    box.strip.update()
    qtbot.waitUntil(lambda: bool(seen.add(grey(box))) or not box.is_playing, timeout=WAIT_MS)
    assert box.is_following and grey(box) == 28
    assert len(seen) >= 2
    qtbot.keyClick(box.strip, Qt.Key_Space)
    qtbot.wait(FRAME_MS)
    qtbot.keyClick(box.strip, Qt.Key_Space)
    assert not box.is_playing and not box.is_following


def test_keys_stay_within_and_go_back(box: ProgressViewer, qtbot: QtBot) -> None:
    window = box.parentWidget()
    assert window is not None
    before = window.focusWidget()
    show(box, film(12))
    box.go_to(3)
    held = []
    for _ in range(8):
        qtbot.keyClick(window.focusWidget(), Qt.Key_Tab)
        held.append(window.focusWidget())
    assert all(each is box or box.isAncestorOf(each) for each in held)
    assert len(set(held)) >= 4
    qtbot.keyClick(window.focusWidget(), Qt.Key_Escape)
    assert not box.isVisible() and window.focusWidget() is before


def test_a_click_beside_the_strip_puts_it_away(box: ProgressViewer, qtbot: QtBot) -> None:
    show(box, film(12))
    qtbot.mouseClick(box, Qt.LeftButton, pos=QPoint(450, box.height() - 3))
    assert box.isVisible()
    qtbot.mouseClick(box, Qt.LeftButton, pos=QPoint(20, 200))
    assert not box.isVisible() and box.shown() is None


def test_what_is_said_of_a_frame() -> None:
    assert facts_of(frame(12, loss=0.123456)) == "Step 12 of 40, after 1.2 s, loss 0.1235"
    assert facts_of(Frame(0.5, 1, 1, None, np.zeros((2, 2, 3), np.uint8))) == "after 0.50 s"


# In the window


def test_a_picture_is_watched_while_it_is_painted_and_afterwards(
    window: MainWindow, qtbot: QtBot, worker: FakeWorker
) -> None:
    worker.is_held = True
    start(window, qtbot)
    qtbot.waitUntil(lambda: bool(window.duel_controller.films["magenta"].frames), timeout=WAIT_MS)
    card = window.studio.cards["magenta"]
    qtbot.mouseClick(card.view, Qt.LeftButton, pos=card.view.rect().center())
    box = window.progress_viewer
    assert box.isVisible() and box.name == "magenta" and box.now.text() == "Now"
    qtbot.waitUntil(lambda: box.strip.maximum() >= 3, timeout=WAIT_MS)
    worker.is_held = False
    qtbot.waitUntil(lambda: window.duel_controller.rivals["magenta"].stage == "finished", timeout=WAIT_MS)
    assert box.now.text() == "Finished picture" and box.is_following
    shown, job = box.shown(), worker.jobs[0]
    assert shown is not None and isinstance(job, PaintJob)
    assert np.abs(to_pixels(shown) / 255 - rival_picture(job)).max() < 0.01
    qtbot.keyClick(box.strip, Qt.Key_Home)
    assert to_pixels(shown).std() > 5 > to_pixels(box.shown() or shown).std()
    qtbot.keyClick(box.strip, Qt.Key_Escape)
    # And again from the verdict.
    paint_a_spot(window, qtbot)
    trigger(window, "compare")
    plate = window.result.plates["classic"]
    qtbot.waitUntil(lambda: window.duel_controller.rivals["classic"].stage == "finished", timeout=WAIT_MS)
    qtbot.mouseClick(plate.view, Qt.LeftButton, pos=plate.view.picture_rect().center().toPoint())
    assert box.isVisible() and box.name == "classic" and box.strip.maximum() >= 1
    qtbot.keyClick(box.strip, Qt.Key_Escape)


def test_a_new_deal_puts_the_film_away(window: MainWindow, qtbot: QtBot) -> None:
    trigger(window, "let_rivals")
    qtbot.waitUntil(lambda: bool(window.duel_controller.grades), timeout=WAIT_MS)
    assert window.rival_controller.watch("magenta")
    with qtbot.waitSignal(window.duel_controller.dealt, timeout=WAIT_MS):
        window.duel_controller.deal_again()
    assert not window.progress_viewer.isVisible()
    assert not window.rival_controller.watch("magenta"), "there is nothing to see yet"


@pytest.mark.parametrize("suffix", [".mp4", ".gif", ".png"])
def test_a_film_is_saved(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    trigger(window, "let_rivals")
    qtbot.waitUntil(lambda: bool(window.duel_controller.grades), timeout=WAIT_MS)
    assert window.rival_controller.watch("classic")
    path = tmp_path / f"film{suffix}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(window.exporter.saved, timeout=WAIT_MS):
        qtbot.mouseClick(window.progress_viewer.save, Qt.LeftButton)
    assert "Classic's film" in window.messages.text()
    if suffix == ".mp4":
        assert path.read_bytes()[4:8] == b"ftyp"
    else:
        with Image.open(path) as saved:
            assert min(saved.size) > 20
    window.progress_viewer.put_away()
