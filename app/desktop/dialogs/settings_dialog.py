"""The page of settings, as a dialog over the window."""

from dataclasses import replace

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import (
    QCheckBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.desktop.app_state.settings import CANVAS_SIDES_PX, UNDO_MEMORIES_MB, Settings
from app.desktop.dialogs.shortcuts_dialog import ShortcutsDialog
from app.desktop.widgets import theme
from app.desktop.widgets.controls import Choice, frame

_NAMES_PX = 132


class SettingsDialog(QDialog):
    """Changes a copy of the settings; `chosen()` is the result once it was accepted.

    Signals: `rivals_requested()` and `networks_requested()` for the dialogs of these, which keep what is chosen in them
    themselves.
    """

    rivals_requested = pyqtSignal()
    networks_requested = pyqtSignal()

    def __init__(self, settings: Settings, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setWindowFlag(Qt.WindowContextHelpButtonHint, False)
        self._settings = settings
        self._keys = settings.keys
        self.canvas = _choice(
            CANVAS_SIDES_PX,
            settings.canvas_side_px,
            "px",
            "The longer side of the next drawing; the one on the easel keeps its size",
        )
        self.rivals = _door("The rivals…", "Ask the rivals for something else: network, size, strength, colours")
        self.rivals.clicked.connect(self.rivals_requested)
        self.networks = _door("Networks…", "See which networks are installed, and install, check or remove them")
        self.networks.clicked.connect(self.networks_requested)
        self.strict = _check(
            "No tracing, and no placed pictures, from the next duel on",
            settings.is_strict,
            "A drawing that has been begun stays as it began; the verdict says of a strict one that it was",
        )
        self.speed_pressure = _check(
            "A fast mouse presses less",
            settings.has_speed_pressure,
            "Gives a mouse the pressure that a pen has; a pen always uses its own",
        )
        self.finger = _check(
            "One finger paints",
            settings.finger_paints,
            "Else one finger moves the canvas, as two always do; once a pen was used, fingers never paint",
        )
        self.undo_memory = _choice(
            UNDO_MEMORIES_MB,
            settings.undo_memory_mb,
            "MB",
            "Undo has no end, but steps further back than this memory reaches are painted anew, which takes longer",
        )
        self.shortcuts = _door("Shortcuts…", "See the keys of all commands, and choose others")
        self.shortcuts.clicked.connect(self._on_shortcuts)

        inside = QWidget()
        sections = QVBoxLayout(inside)
        sections.setContentsMargins(0, 0, theme.SMALL, 0)
        sections.setSpacing(theme.SMALL)
        self._add_section(
            sections,
            "The duel",
            ("New canvas", self.canvas),
            ("Strict duel", self.strict),
        )
        self._add_section(sections, "The rivals", ("How they paint", self.rivals), ("What with", self.networks))
        self._add_section(sections, "The hand", ("Mouse", self.speed_pressure), ("Touch", self.finger))
        self._add_section(sections, "The studio", ("Memory of undo", self.undo_memory), ("Keys", self.shortcuts))
        sections.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.NoFocus)
        scroll.setSizeAdjustPolicy(QScrollArea.AdjustToContents)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.WIDE, theme.WIDE, theme.GAP, theme.GAP)
        column.setSpacing(theme.GAP)
        column.addWidget(theme.label("Settings", "title"))
        column.addWidget(scroll, 1)
        column.addLayout(self._make_foot())
        self.setMinimumSize(580, 360)
        screen = self.screen()
        if screen is not None:
            self.resize(self.sizeHint().boundedTo(screen.availableSize() * 0.94))

    def chosen(self) -> Settings:
        """The settings as the dialog shows them."""
        return replace(
            self._settings,
            canvas_side_px=int(self.canvas.currentData()),
            is_strict=self.strict.isChecked(),
            has_speed_pressure=self.speed_pressure.isChecked(),
            finger_paints=self.finger.isChecked(),
            undo_memory_mb=int(self.undo_memory.currentData()),
            keys=self._keys,
        )

    def _add_section(self, sections: QVBoxLayout, title: str, *rows: tuple[str, QWidget]) -> None:
        if sections.count():
            sections.addSpacing(theme.TIGHT)
            sections.addWidget(frame("rule"))
        sections.addWidget(theme.label(title, "overline"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(theme.SMALL)
        grid.setColumnMinimumWidth(0, _NAMES_PX)
        grid.setColumnStretch(1, 1)
        for index, (name, widget) in enumerate(rows):
            grid.addWidget(theme.label(name), index, 0)
            grid.addWidget(widget, index, 1, Qt.AlignLeft)
        sections.addLayout(grid)

    def _make_foot(self) -> QHBoxLayout:
        keep, leave = QPushButton("Keep these"), QPushButton("Leave as it was")
        keep.setProperty("kind", "primary")
        keep.setDefault(True)
        keep.clicked.connect(self.accept)
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, theme.SMALL, 0)
        foot.setSpacing(theme.SMALL)
        foot.addWidget(theme.label("The size of the canvas holds from the next duel on.", "caption"), 1)
        foot.addWidget(leave)
        foot.addWidget(keep)
        return foot

    def _on_shortcuts(self) -> None:
        dialog = ShortcutsDialog(self._keys, self)
        if dialog.exec_():
            self._keys = dialog.chosen()
        dialog.deleteLater()


def _door(words: str, explains: str) -> QPushButton:
    button = QPushButton(words)
    button.setToolTip(explains)
    button.setAutoDefault(False)
    return button


def _check(words: str, is_on: bool, explains: str) -> QCheckBox:
    box = QCheckBox(words)
    box.setChecked(is_on)
    box.setToolTip(explains)
    return box


def _choice(values: tuple[int, ...], chosen: int, unit: str, explains: str) -> Choice:
    box = Choice([], f"In {unit}", explains)
    for value in values:
        box.addItem(f"{value} {unit}", value)
    box.setMinimumWidth(112)
    box.setCurrentIndex(values.index(chosen) if chosen in values else 0)
    return box
