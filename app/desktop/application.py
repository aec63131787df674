"""The application: what Qt must know before there is a window, the exception hook, and an orderly end.

`app.startup` and the command line call `run`.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import json
import logging
import os
import signal
import stat
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

from PyQt5.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QGuiApplication, QIcon
from PyQt5.QtWidgets import QApplication

from app import places
from app.desktop.main_window import MainWindow
from app.desktop.widgets import theme

if TYPE_CHECKING:
    from app.desktop.app_state.background import Workplace

_LOGGER = logging.getLogger(__name__)

FIRST_PAINT_VARIABLE = "PASTICHE_BENCH_FIRST_PAINT"
# Of malloc.h.
_M_MMAP_THRESHOLD = -3
UNPAINTED_MS = 1000


class _Hook(QObject):
    """Catches what nobody else caught: without it PyQt5 ends the program when a slot raises.

    What it was goes to the terminal, once for each place in the code: a page that fails to be painted fails at every
    movement of the mouse. `caught()` tells of every time.
    """

    caught = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._told: set[tuple[type[BaseException], str, int]] = set()

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        last = traceback.extract_tb(trace)[-1:]
        fault = (kind, last[0].filename if last else "", (last[0].lineno or 0) if last else 0)
        if fault not in self._told:
            self._told.add(fault)
            _LOGGER.error("A fault of the window", exc_info=(kind, error, trace))
        # A signal, because this may be another thread, where no widget may be touched.
        self.caught.emit()


def sentence_of_fault(*, has_drawing: bool) -> str:
    """What a person is told of a fault of the program's."""
    still = " Your drawing is still here." if has_drawing else ""
    return f"Something went wrong, and what you asked for may not have been done.{still} The terminal has the details."


def make_application() -> QApplication:
    """The QApplication with everything that must be set before and right after it is made."""
    _have_large_arrays_given_back()
    _give_runtime_folder()
    for attribute in (Qt.AA_EnableHighDpiScaling, Qt.AA_UseHighDpiPixmaps):
        QCoreApplication.setAttribute(attribute, True)
    # Every movement of the hand counts: merged ones make corners of curves.
    for attribute in (Qt.AA_CompressHighFrequencyEvents, Qt.AA_CompressTabletEvents):
        QCoreApplication.setAttribute(attribute, False)
    # Nothing here is drawn with OpenGL, and loading it would take some 50 MB.
    os.environ.setdefault("QT_XCB_GL_INTEGRATION", "none")
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication(["pastiche"])
    application.setApplicationName("Pastiche")
    application.setApplicationDisplayName("Pastiche")
    application.setDesktopFileName("pastiche")
    application.setWindowIcon(QIcon(str(places.icons() / "pastiche.svg")))
    theme.apply(application)
    return application


def _give_runtime_folder() -> None:
    """Name the folder that Qt would make itself where a minimal system has no session, but not without a complaint."""
    if sys.platform == "win32" or os.environ.get("XDG_RUNTIME_DIR"):
        return
    folder = Path(tempfile.gettempdir()) / f"runtime-pastiche-{os.getuid()}"
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        facts = folder.lstat()
        # Somebody else's of that name is not to be trusted.
        if facts.st_uid == os.getuid() and stat.S_ISDIR(facts.st_mode) and not facts.st_mode & 0o077:
            os.environ["XDG_RUNTIME_DIR"] = str(folder)


def _have_large_arrays_given_back() -> None:
    """Let the system have the memory of large arrays as soon as they are freed.

    glibc else begins to keep such memory for itself once one has been freed: some 50 MB of a window that paints.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 2**20)


def run(content: Path | None = None, style: Path | None = None, *, workplace: Workplace | None = None) -> int:
    """Open the window and play until it is closed; with a deal given, straight in the studio. Returns an exit code."""
    hook = _Hook()
    sys.excepthook = hook
    application = make_application()
    window = MainWindow(workplace, is_whole=False)

    def tell() -> None:
        has_drawing = window.is_whole and window.studio.drawing() is not None
        window.messages.tell(sentence_of_fault(has_drawing=has_drawing), "bad")

    hook.caught.connect(tell)
    _heed_signals(application, window)
    bench = os.environ.get(FIRST_PAINT_VARIABLE)
    note = _FirstPaint(window, Path(bench)) if bench else None
    opening = _Opening(window, lambda: window.begin(content, style))
    window.show()
    code = application.exec_()
    window.hide()
    del note
    if opening.failure is not None:
        raise opening.failure
    if not window.stop():
        # A thread that does not end in time would abort the program when Qt destroys it.
        _leave(code)
    # Everything is written and ended by now. Taking thousands of objects apart one by one would only keep the person
    # waiting (a second and more on a busy machine), and Qt's are known to crash when Python does it in its own order.
    atexit.register(_leave, code)
    return code


def _leave(code: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _heed_signals(application: QApplication, window: MainWindow) -> None:
    """Let Ctrl+C and a polite kill close the window in order."""

    def close(_number: int, _frame: FrameType | None) -> None:
        window.hide()
        application.quit()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, close)
    # Python runs its signal handlers between two of its own steps, so it must take one now and then.
    pulse = QTimer(window)
    pulse.timeout.connect(lambda: None)
    pulse.start(200)


class _Opening(QObject):
    """Makes the rest of the window once home has been painted, between what a person does, and then lets it begin.

    `failure` is why that could not be done, such as a library that is missing; the program ends then.
    """

    def __init__(self, window: MainWindow, then: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._then = window, then
        self._is_painted = False
        self.failure: Exception | None = None
        window.home.installEventFilter(self)
        # A window that opens as an icon is not painted.
        QTimer.singleShot(UNPAINTED_MS, self._on_painted)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Paint:
            # Zero: as soon as this painting is on the screen.
            QTimer.singleShot(0, self._on_painted)
        return super().eventFilter(watched, event)

    def _on_painted(self) -> None:
        if not self._is_painted:
            self._is_painted = True
            self._window.home.removeEventFilter(self)
            self._go_on()

    def _go_on(self) -> None:
        try:
            is_whole = next(self._window.parts(), self) is self
        except Exception as error:  # noqa: BLE001 - `run` raises it again
            self.failure = error
            QCoreApplication.quit()
            return
        QTimer.singleShot(0, self._then if is_whole else self._go_on)


class _FirstPaint(QObject):
    """For the bench: writes down when home was first painted, and when with its deal, then ends the program."""

    def __init__(self, window: MainWindow, path: Path) -> None:
        super().__init__(window)
        self._window, self._path = window, path
        self._painted_at: float | None = None
        window.home.installEventFilter(self)
        window.home.style_side.view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Paint:
            # Zero: as soon as this painting is on the screen.
            QTimer.singleShot(0, self._on_painted)
        return super().eventFilter(watched, event)

    def _on_painted(self) -> None:
        now = time.time()
        if self._painted_at is None:
            self._painted_at = now
        if self._window.home.style_side.view.image() is None or not self._path.parent.is_dir():
            return
        found = {
            "tensorflow_imported": "tensorflow" in sys.modules,
            "painted_at": self._painted_at,
            "deal_painted_at": now,
        }
        self._path.write_text(json.dumps(found), encoding="utf-8")
        QCoreApplication.quit()
