"""Files out and in: pictures, layers and strokes saved and opened in the real window."""

from pathlib import Path

import numpy as np
import pytest
from desktop_window import QUIET, WAIT_MS, draw, start, trigger
from PyQt5.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app import images
from app.desktop.window import Window

pytest_plugins = ["desktop_window"]
pytestmark = QUIET


def test_saving_writes_what_is_on_the_canvas(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    drawing = window.studio.drawing()
    assert drawing is not None
    for kind, filter_ in (("png", "PNG (*.png)"), ("webp", "WebP (*.webp)"), ("jpg", "JPEG (*.jpg *.jpeg)")):
        path = tmp_path / f"saved-{kind}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, p=path, f=filter_: (str(p), f))
        with qtbot.waitSignal(window.saving.saved, timeout=WAIT_MS):
            trigger(window, "save_drawing")
        saved = images.read_picture(path.with_name(f"saved-{kind}.{kind}"))
        assert saved.shape == drawing.picture().shape
        if kind == "png":
            assert np.abs(saved - drawing.picture()).max() <= 1 / 255


def test_a_failed_save_is_told_and_the_drawing_stays(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(in_the_way / "x.png"), "PNG (*.png)"))
    trigger(window, "save_drawing")
    qtbot.waitUntil(window.messages.isVisible, timeout=WAIT_MS)
    assert "could not be written" in window.messages.text()
    drawing = window.studio.drawing()
    assert window.page() == "studio" and drawing is not None and len(drawing.strokes) == 1


def test_saving_everything_makes_a_new_folder(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    with qtbot.waitSignal(window.host.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    target = tmp_path / "mine"
    target.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(target))
    with qtbot.waitSignal(window.saving.saved, timeout=WAIT_MS):
        trigger(window, "save_all")
    (folder,) = target.iterdir()
    names = {path.name for path in folder.iterdir()}
    assert {"drawing.png", "magenta.png", "classic.png", "card.png", "duel.json"} <= names
    path = tmp_path / "card.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), "PNG (*.png)"))
    with qtbot.waitSignal(window.saving.saved, timeout=WAIT_MS):
        trigger(window, "save_card")
    assert images.read_picture(path).shape[1] > 1000
