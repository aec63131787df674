"""A third rival, and more, joins the registry: a whole duel in the window without a line changed elsewhere."""

from collections.abc import Iterator, Sequence

import pytest
import toy_rivals
from desktop_window import QUIET, WAIT_MS, paint_a_spot, start, trigger
from desktop_workplace import FakeWorker
from PyQt5.QtCore import QPoint, QRect
from PyQt5.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.desktop.main_window import MainWindow
from app.desktop.pages.result import SIDE_BY_SIDE, WHY, WIPE
from app.desktop.rivals.rivals_dialog import RivalsDialog
from app.game.archive import gallery
from app.rivals.registry import RIVALS, comparisons
from app.worker.jobs import PaintJob

pytest_plugins = ["desktop_window"]
pytestmark = QUIET


@pytest.fixture(params=[1, 3], ids=["three", "five"])
def toys(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sequence[str]]:
    yield toy_rivals.join(monkeypatch, request.param)


def test_a_whole_duel_with_more_rivals(
    toys: Sequence[str], window: MainWindow, qtbot: QtBot, worker: FakeWorker
) -> None:
    start(window, qtbot)
    paint_a_spot(window, qtbot)
    assert set(window.studio.cards) == set(RIVALS)
    with qtbot.waitSignal(window.duel_controller.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    assert {job.rival for job in worker.jobs if isinstance(job, PaintJob)} == set(RIVALS)
    assert set(window.duel_controller.grades) == set(comparisons())
    result = window.result
    assert set(result.plates) == {"drawing", *RIVALS} and set(result.verdict.dials) == set(comparisons())
    for width, height in ((1440, 900), (1024, 700)):
        window.resize(width, height)
        for way in (SIDE_BY_SIDE, WIPE, WHY):
            result._on_way_chosen(way)
            QApplication.processEvents()
            QApplication.processEvents()
            assert (window.width(), window.height()) == (width, height), "the page fits the window"
            dials = result.why.dials if way == WHY else result.verdict.dials
            for dial in dials.values():
                assert dial.isVisible()
                within = result.verdict.rect() if way != WHY else dial.parentWidget().rect()
                assert within.contains(dial.geometry()), dial.caption()
            places = [QRect(dial.mapTo(result, QPoint(0, 0)), dial.size()) for dial in dials.values()]
            assert not any(one.intersects(other) for n, one in enumerate(places) for other in places[:n])
            for plate in result.plates.values() if way == SIDE_BY_SIDE else ():
                assert result.rect().contains(QRect(plate.mapTo(result, QPoint(0, 0)), plate.size()))
    (kept,) = gallery.kept()
    assert set(kept.record["rivals"]) == set(RIVALS) and len(kept.record["grades"]) == len(comparisons())
    assert all((kept.folder / f"{name}.png").is_file() for name in RIVALS)


def test_a_toy_is_asked_for_what_it_takes(
    toys: Sequence[str], window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, set[str], bool]] = []

    def look(dialog: RivalsDialog) -> int:
        seen.append((dialog.shown(), set(dialog.forms), dialog.forms[toys[0]].quality.isVisibleTo(dialog)))
        assert all(button.isVisibleTo(dialog) for button in dialog.which.findChildren(QPushButton))
        return 0

    monkeypatch.setattr(RivalsDialog, "exec_", look)
    window.rival_controller.ask(toys[0])
    assert seen == [(toys[0], set(RIVALS), False)]
