"""What every test starts from: nobody's data, no display, no thread or timer left behind by the one before."""

import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

# Before anything imports Qt.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from app import images, places
from app.images import Picture

# Test modules ask for its fixtures, and import from it too.
pytest.register_assert_rewrite("desktop_canvas", "desktop_window", "game_errands", "networks_server")

# How long an example takes says how busy the machine is, and nothing of what is tested.
settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")

SHARED = places.root().parent / "shared"
# Pools that numerical libraries keep for the life of the process.
LASTING_THREADS = ("asyncio_", "ThreadPoolExecutor", "pydev")


@pytest.fixture(autouse=True)
def own_data(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a player's data folder of its own (not there yet) and no networks but the built-in ones."""
    home = tmp_path_factory.mktemp("player") / "Pastiche"
    monkeypatch.setenv("PASTICHE_HOME", str(home))
    monkeypatch.setenv("PASTICHE_NETWORKS", "")
    return home


@pytest.fixture(autouse=True)
def nothing_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread, a running QThread or an active QTimer behind."""
    before = set(threading.enumerate())
    # Asked for here, so that the widgets of qtbot are closed before this looks.
    uses_qt = bool({"qtbot", "qapp", "qapp_cls"} & set(request.fixturenames))
    # What is there already is set aside, so that only the test's own objects are looked through, which is quick.
    gc.freeze()
    yield
    left = _once_gone(lambda: [thread.name for thread in _lasting(before)])
    assert not left, f"threads left running: {left}"
    if uses_qt and "PyQt5.QtCore" in sys.modules:
        left = _once_gone(_left_in_qt)
        assert not left, f"left running in Qt: {left}"
    gc.unfreeze()


def _lasting(before: set[threading.Thread]) -> list[threading.Thread]:
    return [
        thread
        for thread in threading.enumerate()
        if thread not in before and thread.is_alive() and not thread.name.startswith(LASTING_THREADS)
    ]


def _once_gone(find: Callable[[], list[str]]) -> list[str]:
    """Look again for two seconds, because an end takes a moment."""
    deadline = time.monotonic() + 2
    while (left := find()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def _left_in_qt() -> list[str]:
    from PyQt5 import sip
    from PyQt5.QtCore import QCoreApplication, QEvent, QThread, QTimer

    application = QCoreApplication.instance()
    if application is not None:
        application.sendPostedEvents(None, QEvent.DeferredDelete)
        application.processEvents()
    gc.collect()
    left = []
    for each in gc.get_objects():
        if not isinstance(each, QThread | QTimer) or sip.isdeleted(each):
            continue
        if each.isRunning() if isinstance(each, QThread) else each.isActive():
            left.append(f"{type(each).__name__} {each.objectName()!r} of {each.parent()!r}")
    return left


@pytest.fixture
def shared() -> Path:
    """The folder of material beside the checkout; tests that need it skip where it is not."""
    if not SHARED.is_dir():
        pytest.skip(f"needs {SHARED}, which is not on this machine")
    return SHARED


@pytest.fixture
def magenta_int8(shared: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The real int8 pair, found through PASTICHE_NETWORKS."""
    folder = shared / "models" / "magenta-int8"
    if not (folder / "transfer.tflite").is_file():
        pytest.skip(f"needs {folder}, which is not on this machine")
    monkeypatch.setenv("PASTICHE_NETWORKS", str(folder.parent))
    return folder


@pytest.fixture
def photograph() -> Picture:
    """A smooth scene, 96 x 128 px: a sky that darkens upwards, a sun, a dark hill."""
    down, across = np.mgrid[0:96, 0:128].astype(np.float32)
    picture = np.stack([0.4 + down / 240, 0.5 + down / 300, 0.95 - down / 320], axis=2)
    picture[(down - 28) ** 2 + (across - 92) ** 2 < 14**2] = (1.0, 0.9, 0.5)
    picture[down > 66 + 10 * np.sin(across / 20)] = (0.15, 0.3, 0.18)
    return np.asarray(np.clip(picture, 0, 1), dtype=np.float32)


@pytest.fixture
def painting() -> Picture:
    """Crossing waves in warm colours, 112 x 112 px."""
    down, across = np.mgrid[0:112, 0:112].astype(np.float32)
    wave = 0.5 + 0.25 * np.sin(down / 4 + np.sin(across / 9) * 2) + 0.25 * np.sin((down + across) / 7)
    return np.asarray(np.stack([wave, wave * 0.55 + 0.1, 0.45 - wave * 0.4], axis=2).clip(0, 1), dtype=np.float32)


@pytest.fixture
def deal_files(tmp_path: Path, photograph: Picture, painting: Picture) -> tuple[Path, Path]:
    """The photograph and the painting as PNG files."""
    content, style = tmp_path / "harbour-view.png", tmp_path / "red_waves.png"
    images.write_picture(content, photograph)
    images.write_picture(style, painting)
    return content, style
