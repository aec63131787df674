"""The rivals' dialog, what comes of it in the window, and how the worker's state is said."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from desktop_window import QUIET, WAIT_MS, draw, middle, start, trigger, with_dialog
from desktop_workplace import FakeWorker
from PyQt5.QtCore import QPoint, QRect, Qt
from PyQt5.QtWidgets import QApplication, QDialog, QFileDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app import images
from app.desktop.app_state.rival_settings import MOST_PAINTINGS, SIZES_PX
from app.desktop.app_state.settings import load_settings
from app.desktop.app_state.view_models import RivalState
from app.desktop.dialogs.settings_dialog import SettingsDialog
from app.desktop.main_window import MainWindow
from app.desktop.rivals.extra_pictures import PictureRow
from app.desktop.rivals.rival_card import YIELDS, RivalCard
from app.desktop.rivals.rivals_dialog import RivalsDialog
from app.desktop.rivals.worker_status import WorkerStatus
from app.images import Picture
from app.rivals.request import PLAIN, RivalRequest
from app.worker.jobs import PaintJob
from app.worker.messages import PutBack, StateChanged, WorkerState
from app.worker.watchdog import Kind, Loss

pytest_plugins = ["desktop_window"]
pytestmark = QUIET


def ask(window: MainWindow, use: Callable[[RivalsDialog], None], name: str = "classic") -> None:
    """Open the dialog and do something with it; it closes by itself unless it was closed."""

    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, RivalsDialog)
        use(dialog)

    seen = with_dialog(act)
    window.rival_controller.ask(name)
    assert seen == ["RivalsDialog"]


def painted(worker: FakeWorker, rival: str) -> list[PaintJob]:
    return [job for job in worker.jobs if isinstance(job, PaintJob) and job.rival == rival]


def finish(window: MainWindow, qtbot: QtBot) -> None:
    states = window.duel_controller.rivals.values()
    qtbot.waitUntil(
        lambda: all(window.duel_controller.rivals[s.name].stage == "finished" for s in states), timeout=WAIT_MS
    )


def test_the_dialog_shows_what_is_wished_and_changes_nothing_by_itself(window: MainWindow) -> None:
    seen: list[Any] = []
    ask(window, lambda dialog: seen.extend((dialog.shown(), dialog.changed(), dialog.requests(), dialog.again())))
    assert seen == ["classic", [], {"magenta": PLAIN, "classic": PLAIN}, set()]
    assert window.settings.rivals == {}


def test_what_is_asked_for_reaches_the_rival_and_the_settings(
    window: MainWindow, qtbot: QtBot, worker: FakeWorker
) -> None:
    def choose(dialog: RivalsDialog) -> None:
        form = dialog.forms["classic"]
        form.side.setCurrentIndex(SIZES_PX.index(512))
        form.strength.slider.setValue(750)
        qtbot.mouseClick(form.colours.findChildren(QPushButton)[1], Qt.LeftButton)
        qtbot.mouseClick(form.quality.findChildren(QPushButton)[0], Qt.LeftButton)
        qtbot.mouseClick(form.start.findChildren(QPushButton)[1], Qt.LeftButton)
        form.scale.slider.setValue(800)
        form.seed.setValue(7)
        assert dialog.changed() == ["classic"]
        assert not dialog.again_button.isVisible(), "there is nothing yet that could be painted again"
        qtbot.mouseClick(dialog.keep, Qt.LeftButton)

    ask(window, choose)
    options = window.duel_controller.requests["classic"].options
    start(window, qtbot)
    finish(window, qtbot)
    (job,) = painted(worker, "classic")
    asked = job.request
    assert (asked.size, asked.strength, asked.colours, asked.start, asked.seed) == (512, 0.75, "photograph", "noise", 7)
    assert asked.style_scale > 1.5
    assert options is not None and asked.options == options and options.steps < 40
    (plain,) = painted(worker, "magenta")
    assert (plain.request.size, plain.request.colours) == (384, "painting")
    qtbot.waitUntil(lambda: load_settings().rivals == window.settings.rivals, timeout=WAIT_MS)
    assert load_settings().rivals["classic"]["size_px"] == 512
    # The page of settings does not bring back what was before.
    monkey = with_dialog(lambda dialog: dialog.accept())
    trigger(window, "settings")
    assert monkey == ["SettingsDialog"] and window.settings.rivals["classic"]["size_px"] == 512


def test_painting_again_applies_it_also_to_a_rival_that_is_at_work(
    window: MainWindow, qtbot: QtBot, worker: FakeWorker
) -> None:
    worker.is_held = True
    start(window, qtbot)
    qtbot.waitUntil(lambda: window.duel_controller.rivals["magenta"].stage == "working", timeout=WAIT_MS)

    def choose(dialog: RivalsDialog) -> None:
        dialog.forms["magenta"].strength.slider.setValue(400)
        dialog.show_rival("classic")
        assert "Magenta" in dialog.again_button.toolTip() and "Classic" not in dialog.again_button.toolTip()
        qtbot.mouseClick(dialog.again_button, Qt.LeftButton)

    ask(window, choose)
    qtbot.waitUntil(lambda: len(painted(worker, "magenta")) == 2, timeout=WAIT_MS)
    assert [job.request.strength for job in painted(worker, "magenta")] == [1.0, 0.4]
    assert len(painted(worker, "classic")) == 1
    worker.is_held = False
    finish(window, qtbot)


def test_further_paintings_and_a_mask_are_for_this_duel_only(
    window: MainWindow, qtbot: QtBot, worker: FakeWorker, deal_files: tuple[Path, Path], tmp_path: Path
) -> None:
    trigger(window, "let_rivals")
    finish(window, qtbot)
    mask_file = tmp_path / "mask.png"
    mask = np.zeros((40, 60, 3), np.float32)
    mask[:, 30:] = 1
    images.write_picture(mask_file, mask)

    def choose(dialog: RivalsDialog) -> None:
        form = dialog.forms["magenta"]
        form.paintings.use(deal_files[1], "Red waves")
        form.mask_row.use(mask_file)
        qtbot.waitUntil(lambda: form.mask_row.picture() is not None, timeout=WAIT_MS)
        assert [each.title for each in form.paintings.further()] == ["Red waves"]
        deal, other = form.paintings.sliders()
        other.slider.setValue(0)
        deal.slider.setValue(800)
        other.slider.setValue(200)
        assert dialog.changed() == ["magenta"]
        qtbot.mouseClick(dialog.again_button, Qt.LeftButton)

    ask(window, choose, "magenta")
    qtbot.waitUntil(lambda: len(painted(worker, "magenta")) == 2, timeout=WAIT_MS)
    job = painted(worker, "magenta")[-1]
    assert job.request.shares() == pytest.approx((0.8, 0.2), abs=0.01)
    assert job.request.mask == str(mask_file) and job.pictures.mask is not None
    assert job.pictures.mask[:, -1].min() > 0.99 > job.pictures.mask[:, 0].max()
    finish(window, qtbot)
    # Opened again, it shows them; dealt again, they are gone.
    seen: list[Any] = []
    ask(window, lambda dialog: seen.append(dialog.forms["magenta"].mask_row.picture()))
    with qtbot.waitSignal(window.duel_controller.dealt, timeout=WAIT_MS):
        window.duel_controller.deal_again()
    ask(window, lambda dialog: seen.append(dialog.forms["magenta"].request()))
    assert seen[0].title == "mask.png" and seen[1] == PLAIN
    assert window.duel_controller.requests["magenta"].mask is None


def test_three_further_paintings_are_the_most_and_can_be_taken_away(
    window: MainWindow, qtbot: QtBot, deal_files: tuple[Path, Path]
) -> None:
    def choose(dialog: RivalsDialog) -> None:
        paintings = dialog.forms["classic"].paintings
        for number in range(MOST_PAINTINGS + 1):
            paintings.use(deal_files[number % 2], f"Painting {number}")
        qtbot.waitUntil(lambda: len(paintings.further()) == MOST_PAINTINGS, timeout=WAIT_MS)
        qtbot.waitUntil(window.errands.is_idle, timeout=WAIT_MS)
        assert len(paintings.further()) == MOST_PAINTINGS and not paintings.add.isEnabled()
        paintings.take_away(1)
        assert [each.title for each in paintings.further()] == ["Painting 0", "Painting 2"]
        assert paintings.add.isEnabled()

    ask(window, choose)


def test_a_picture_that_cannot_be_read_is_one_sentence(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"nothing")

    def choose(dialog: RivalsDialog) -> None:
        dialog.forms["classic"].mask_row.use(broken)
        qtbot.waitUntil(lambda: "broken.png" in dialog.told(), timeout=WAIT_MS)
        assert dialog.forms["classic"].mask_row.picture() is None

    ask(window, choose)


def test_what_no_rival_can_paint_is_not_kept(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    black = tmp_path / "black.png"
    images.write_picture(black, np.zeros((20, 20, 3), np.float32))

    def choose(dialog: RivalsDialog) -> None:
        dialog.forms["magenta"].mask_row.use(black)
        qtbot.waitUntil(lambda: dialog.forms["magenta"].mask_row.picture() is not None, timeout=WAIT_MS)
        dialog.show_rival("classic")
        qtbot.mouseClick(dialog.keep, Qt.LeftButton)
        assert dialog.isVisible() and dialog.shown() == "magenta"
        assert "mask is black" in dialog.told()
        qtbot.mouseClick(dialog.forms["magenta"].mask_row.remove, Qt.LeftButton)
        assert dialog.told() == ""

    ask(window, choose)


def test_a_file_is_chosen_for_the_start(
    window: MainWindow, qtbot: QtBot, deal_files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(deal_files[0]), ""))

    def choose(dialog: RivalsDialog) -> None:
        form = dialog.forms["classic"]
        assert not form.start_picture.isVisible()
        qtbot.mouseClick(form.start.findChildren(QPushButton)[2], Qt.LeftButton)
        assert form.start_picture.isVisible() and form.request().start_picture is None
        qtbot.mouseClick(form.start_picture.choose, Qt.LeftButton)
        qtbot.waitUntil(lambda: form.request().start_picture is not None, timeout=WAIT_MS)
        qtbot.mouseClick(dialog.keep, Qt.LeftButton)

    ask(window, choose)
    assert window.duel_controller.requests["classic"].start == "picture"
    assert "start" not in window.settings.rivals.get("classic", {}), "a picture is for one duel"


def test_as_usual_takes_everything_back(window: MainWindow, qtbot: QtBot) -> None:
    def choose(dialog: RivalsDialog) -> None:
        form = dialog.forms["classic"]
        form.side.setCurrentIndex(0)
        form.strength.slider.setValue(10)
        assert form.request() != PLAIN
        form.show_usual()
        assert form.request() == PLAIN

    ask(window, choose)


@pytest.mark.parametrize("name", ["magenta", "classic"])
def test_nothing_of_the_dialog_is_cut(
    window: MainWindow, qtbot: QtBot, deal_files: tuple[Path, Path], name: str
) -> None:
    def look(dialog: RivalsDialog) -> None:
        form = dialog.forms[name]
        dialog.show_rival(name)
        for number in range(MOST_PAINTINGS):
            form.paintings.use(deal_files[1], f"A composition with a river and {number} suns")
        qtbot.waitUntil(lambda: len(form.paintings.further()) == MOST_PAINTINGS, timeout=WAIT_MS)
        for width, height in ((dialog.minimumWidth(), 420), (720, 630)):
            dialog.resize(width, height)
            QApplication.processEvents()
            assert (dialog.width(), dialog.height()) == (width, height)
            for button in dialog.findChildren(QPushButton):
                if button.isVisible():
                    assert button.width() >= button.minimumSizeHint().width() - 1, button.text()
                    assert place(form, dialog).united(dialog.rect()).right() >= place(button, dialog).right()
            assert form.width() <= dialog.width() - 40, "it is scrolled up and down only"

    ask(window, look, name)


def place(widget: QWidget, within: QWidget) -> QRect:
    return QRect(widget.mapTo(within, QPoint(0, 0)), widget.size())


def test_a_picture_can_be_dropped_and_taken_away(qtbot: QtBot, photograph: Picture) -> None:
    from app.desktop.app_state.rival_settings import ChosenPicture

    class Nobody:
        pass

    row = PictureRow("mask", "What for", Nobody())  # type: ignore[arg-type]
    qtbot.addWidget(row)
    row.show()
    told: list[bool] = []
    row.changed.connect(lambda: told.append(True))
    row.show_picture(ChosenPicture("a.png", "A photograph", photograph))
    assert row.remove.isVisible() and told == []
    qtbot.mouseClick(row.remove, Qt.LeftButton)
    assert row.picture() is None and told == [True]


# Ways to it


def test_the_ways_to_the_dialogs(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(RivalsDialog, "exec_", lambda dialog: asked.append(dialog.shown()))
    trigger(window, "rivals")
    dialog = SettingsDialog(window.settings, window)
    dialog.rivals_requested.connect(window.rival_controller.ask)
    qtbot.mouseClick(dialog.rivals, Qt.LeftButton)
    dialog.deleteLater()
    start(window, qtbot)
    qtbot.mouseClick(window.studio.cards["classic"].wishes, Qt.LeftButton)
    finish(window, qtbot)
    draw(window, qtbot)
    trigger(window, "compare")
    qtbot.mouseClick(window.result.plates["classic"].wishes, Qt.LeftButton)
    assert asked == ["magenta", "magenta", "classic", "classic"]
    links = [each for each in window.home.findChildren(QPushButton) if each.property("kind") == "link"]
    assert {"The rivals…", "Networks…"} <= {each.accessibleName() for each in links}


def test_the_verdict_says_what_was_asked_for(window: MainWindow, qtbot: QtBot) -> None:
    trigger(window, "let_rivals")
    finish(window, qtbot)
    assert not window.result.asked.isVisible()
    duel = window.duel_controller.duel
    assert duel is not None
    duel.paintings["classic"] = replace(
        duel.paintings["classic"], request=RivalRequest(colours="photograph", mask="mask.png")
    )
    window.duel_controller.rival_changed.emit("classic")
    said = window.result.asked.whole()
    assert window.result.asked.isVisible()
    assert said.startswith("Classic") and "photograph's colours" in said and "mask" in said
    with qtbot.waitSignal(window.duel_controller.dealt, timeout=WAIT_MS):
        window.duel_controller.deal_again()
    assert window.result.asked.whole() == ""


def test_the_deck_is_offered_with_thumbnails_and_without_the_deals_own(window: MainWindow, qtbot: QtBot) -> None:
    deal = window.duel_controller.deal
    assert deal is not None
    seen: list[Any] = []

    def use(dialog: RivalsDialog) -> None:
        paintings = dialog.forms["magenta"].paintings
        menu = paintings.add.menu()
        assert menu is not None
        offers = paintings.offers()
        blank = [line.icon().pixmap(30, 30).toImage() for line in offers]
        menu.aboutToShow.emit()
        qtbot.waitUntil(window.errands.is_idle, timeout=WAIT_MS)
        seen.extend(line.text() for line in offers)
        shown = [line.icon().pixmap(30, 30).toImage() for line in offers]
        assert all(before != after for before, after in zip(blank, shown, strict=True))

    ask(window, use, "magenta")
    assert seen and deal.style.title not in seen


# The worker


def say(window: MainWindow, worker: FakeWorker, stage: str, sentence: str, qtbot: QtBot) -> None:
    worker.say(StateChanged(WorkerState(stage, sentence)))  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: window.duel_controller.worker.stage == stage, timeout=WAIT_MS)


def test_it_gets_ready_when_the_deal_is_shown(window: MainWindow, qtbot: QtBot, worker: FakeWorker) -> None:
    assert worker.warmed == []
    window.rival_controller.warm_up_when_idle()
    with qtbot.waitSignal(window.duel_controller.dealt, timeout=WAIT_MS):
        trigger(window, "deal_both")
    qtbot.waitUntil(lambda: bool(worker.warmed), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.home.worker.said() == "The rivals are ready.", timeout=WAIT_MS)
    worker.warmed.clear()
    with qtbot.waitSignal(window.duel_controller.dealt, timeout=WAIT_MS):
        trigger(window, "deal_both")
    assert not worker.warmed, "once is enough"


def test_what_happens_to_the_worker_is_said_quietly(window: MainWindow, qtbot: QtBot, worker: FakeWorker) -> None:
    worker.is_held = True
    start(window, qtbot)
    qtbot.waitUntil(lambda: window.duel_controller.rivals["magenta"].stage == "working", timeout=WAIT_MS)
    assert window.studio.side.worker.said() == ""
    sentence = Loss("killed").sentence(is_second=False)
    worker.say(PutBack((1,), sentence))
    say(window, worker, "restarting", sentence, qtbot)
    line = window.studio.side.worker
    assert line.said() == "Killed; beginning again" and line.toolTip() == sentence
    assert line.again.isHidden()
    assert window.studio.cards["magenta"].status.whole() == "Killed; beginning again"
    assert window.messages.isVisible() and window.messages.text() == sentence
    window.messages.hide()
    say(window, worker, "working", "", qtbot)
    assert window.studio.side.worker.said() == ""
    worker.is_held = False
    finish(window, qtbot)


def test_a_worker_that_failed_is_begun_again_with_one_click(
    window: MainWindow, qtbot: QtBot, worker: FakeWorker
) -> None:
    worker.fails["classic"] = "The rivals' workshop was ended by the system twice."
    trigger(window, "let_rivals")
    qtbot.waitUntil(lambda: window.duel_controller.rivals["classic"].stage == "failed", timeout=WAIT_MS)
    say(window, worker, "failed", "The rivals' workshop was ended by the system.", qtbot)
    offered = [b for b in window.result.findChildren(QPushButton) if b.isVisible() and b.text() == "Try again"]
    assert offered == [window.result.plates["classic"].retry]
    trigger(window, "keep_drawing")
    line = window.studio.side.worker
    assert line.isVisible() and line.again.isVisible()
    worker.fails.clear()
    qtbot.mouseClick(line.again, Qt.LeftButton)
    assert window.studio.cards["classic"].status.whole() == "The workshop begins again"
    finish(window, qtbot)
    qtbot.waitUntil(lambda: bool(worker.warmed) and not line.isVisible(), timeout=WAIT_MS)


def test_an_idle_worker_that_is_lost_leaves_the_verdict_alone(
    window: MainWindow, qtbot: QtBot, worker: FakeWorker
) -> None:
    trigger(window, "let_rivals")
    finish(window, qtbot)
    for stage, is_second in (("restarting", False), ("failed", True)):
        say(window, worker, stage, Loss("killed").sentence(is_second=is_second), qtbot)
        assert not window.messages.isVisible()
        assert not [b for b in window.result.findChildren(QPushButton) if b.isVisible() and b.text() == "Try again"]
    assert not window.result.worker.isVisible()


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_loss_has_words_that_fit(qtbot: QtBot, kind: Kind) -> None:
    card, line = RivalCard("classic"), WorkerStatus()
    for each in (card, line):
        qtbot.addWidget(each)
    for stage, is_second in (("restarting", False), ("failed", True)):
        sentence = Loss(kind).sentence(is_second=is_second)
        line.show_worker(WorkerState(stage, sentence))  # type: ignore[arg-type]
        assert line.said() != sentence and len(line.said()) <= 32
        card.show_state(RivalState("classic", "waiting" if stage == "restarting" else "failed", message=sentence))
        card.resize(230, 110)
        card.show()
        QApplication.processEvents()
        assert card.status.text().count("\n") <= 1 and "…" not in card.status.text()
        assert sentence in card.toolTip()


def test_the_hand_is_told_and_the_rival_says_that_it_yields(
    window: MainWindow, qtbot: QtBot, worker: FakeWorker
) -> None:
    worker.is_held = True
    start(window, qtbot)
    qtbot.waitUntil(lambda: window.duel_controller.rivals["magenta"].stage == "working", timeout=WAIT_MS)
    canvas = window.studio.canvas
    qtbot.mousePress(canvas, Qt.LeftButton, pos=middle(window))
    qtbot.waitUntil(lambda: worker.hand == [True], timeout=WAIT_MS)
    say(window, worker, "yielding", "", qtbot)
    card = window.studio.cards["magenta"]
    assert YIELDS in card.status.whole()
    qtbot.mouseRelease(canvas, Qt.LeftButton, pos=middle(window))
    qtbot.waitUntil(lambda: worker.hand == [True, False], timeout=WAIT_MS)
    say(window, worker, "working", "", qtbot)
    qtbot.waitUntil(lambda: YIELDS not in card.status.whole(), timeout=WAIT_MS)
    # Moving the canvas is no painting.
    qtbot.mousePress(canvas, Qt.MiddleButton, pos=middle(window))
    qtbot.mouseRelease(canvas, Qt.MiddleButton, pos=middle(window))
    trigger(window, "fill")
    worker.is_held = False
    finish(window, qtbot)
    assert worker.hand == [True, False]


@pytest.mark.parametrize("is_small", [False, True])
def test_a_card_says_in_its_room_that_it_yields(qtbot: QtBot, is_small: bool) -> None:
    card = RivalCard("classic")
    qtbot.addWidget(card)
    card.set_small(is_small)
    card.resize(218, card.sizeHint().height())
    card.show()
    card.show_state(RivalState("classic", "working", step=12, steps=40))
    card.set_throttled(True)
    QApplication.processEvents()
    texts = [each.text() for each in card.findChildren(QWidget) if each.isVisible() and hasattr(each, "whole")]
    assert any(YIELDS in " ".join(text.split("\n")) for text in texts), texts
    card.show_state(RivalState("classic", "finished", seconds=2.0))
    assert YIELDS not in card.status.whole()
