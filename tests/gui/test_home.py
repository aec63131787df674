"""Home leaves the deal its room, whatever else there is to show and however low the window is."""

from pathlib import Path

import pytest
from desktop_window import QUIET
from PyQt5.QtCore import QPoint, QRect
from PyQt5.QtGui import QColor, QImage
from PyQt5.QtWidgets import QApplication, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.desktop.app_state.view_models import Unfinished
from app.desktop.main_window import MainWindow
from app.desktop.pages.home import Recent

pytest_plugins = ["desktop_window"]
pytestmark = QUIET

TITLES = "“A harbour at the first light of a long day” in the manner of “A composition with a river and three suns”"


def fill(window: MainWindow, width: int, height: int) -> None:
    """Two drawings to go on with, latest duels and a window of that size."""
    offers = [Unfinished(Path(f"{number}.duel"), TITLES, "1,204 strokes, 20 November, 14:03") for number in range(2)]
    window.home.show_unfinished(offers)
    image = QImage(64, 48, QImage.Format_RGB32)
    image.fill(QColor(200, 40, 30))
    window.home.show_recent([Recent(str(number), "A duel", image) for number in range(5)])
    window.resize(width, height)
    for _ in range(3):
        QApplication.processEvents()


def place(window: MainWindow, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize(("width", "height"), [(900, 490), (1203, 677), (1353, 846)])
def test_the_deal_keeps_most_of_the_height(window: MainWindow, qtbot: QtBot, width: int, height: int) -> None:
    fill(window, width, height)
    assert (window.width(), window.height()) == (width, height)
    for side in (window.home.content, window.home.style_side):
        assert side.height() >= 0.55 * window.home.height()
        assert side.view.height() >= 0.45 * window.home.height()


@pytest.mark.parametrize(("width", "height"), [(900, 490), (1203, 677)])
def test_nothing_is_cut_or_covered(window: MainWindow, qtbot: QtBot, width: int, height: int) -> None:
    fill(window, width, height)
    buttons = [
        each for kind in (QPushButton, QToolButton) for each in window.home.findChildren(kind) if each.isVisible()
    ]
    assert len(buttons) >= 8
    places = [place(window, button) for button in buttons]
    for button, where in zip(buttons, places, strict=True):
        assert window.rect().contains(where), button.text()
        # A style sheet asks for a pixel more for the least than for the usual.
        assert where.width() >= button.minimumSizeHint().width() - 1, button.text()
        assert where.height() >= max(button.fontMetrics().height(), button.iconSize().height()) + 8, button.text()
        assert not any(where.intersects(other) for other in places if other != where), button.text()


@pytest.mark.parametrize(("width", "height"), [(900, 490), (960, 600), (1024, 700)])
def test_networks_and_the_ways_to_them_are_always_there(
    window: MainWindow, qtbot: QtBot, width: int, height: int
) -> None:
    fill(window, width, height)
    links = [each for each in window.home.findChildren(QPushButton) if each.property("kind") == "link"]
    shown = [each.text() for each in links if each.isVisible() and window.rect().contains(place(window, each))]
    assert shown == [window.actions_by_name[name].text() for name in ("rivals", "networks")]
    assert window.home.networks.isVisible()


def test_a_low_page_deals_and_opens_each_side_still(window: MainWindow, qtbot: QtBot) -> None:
    fill(window, 900, 490)
    offered = {
        button.defaultAction()
        for button in window.home.findChildren(QToolButton)
        if button.isVisible() and button.defaultAction() is not None
    }
    for name in ("deal_content", "open_content", "deal_style", "open_style"):
        assert window.actions_by_name[name] in offered


def test_how_far_a_drawing_is_is_never_cut(window: MainWindow, qtbot: QtBot) -> None:
    fill(window, 900, 490)
    (go_on,) = [each for each in window.home.findChildren(QPushButton, "continue") if each.isVisible()]
    strip = go_on.parentWidget()
    assert strip is not None
    (text,) = [each.text() for each in strip.findChildren(QWidget) if hasattr(each, "whole")]
    assert text.startswith("“A harb") and text.endswith(" · 1,204 strokes, 20 November, 14:03")


def test_the_first_drawing_is_put_away_or_gone_on_with(window: MainWindow, qtbot: QtBot) -> None:
    fill(window, 1203, 677)
    for name, signal in (
        ("continue", window.home.continue_requested),
        ("put_away", window.home.forget_requested),
    ):
        (button,) = [each for each in window.home.findChildren(QPushButton, name) if each.isVisible()]
        asked: list[str] = []
        signal.disconnect()
        signal.connect(asked.append)
        button.click()
        assert asked == ["0.duel"]
