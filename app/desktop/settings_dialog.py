"""The page of settings, as a dialog over the window. Only `window.py` calls this."""

from dataclasses import replace

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QCheckBox, QComboBox, QDialog, QFormLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.desktop import theme
from app.desktop.controls import CaptionedSlider
from app.desktop.settings import CANVAS_SIDES_PX, RIVAL_SIDES_PX, Settings


class SettingsDialog(QDialog):
    """Changes a copy of the settings; `chosen()` is the result once it was accepted."""

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setWindowFlag(Qt.WindowContextHelpButtonHint, False)
        self._settings = settings
        self.canvas = _choice(CANVAS_SIDES_PX, settings.canvas_side_px)
        self.canvas.setToolTip("The longer side of the next drawing; the one on the easel keeps its size")
        self.rivals = _choice(RIVAL_SIDES_PX, settings.rival_side_px)
        self.rivals.setToolTip("The longer side of the rivals' pictures; larger takes longer")
        self.strength = CaptionedSlider(
            "From the photograph's own manner to the painting's",
            lowest=0.0,
            highest=1.0,
            shown=lambda share: f"{100 * share:.0f} %",
            explains="How far Magenta goes towards the painting",
        )
        self.strength.set_value(settings.strength)
        self.speed_pressure = QCheckBox("A fast mouse presses less")
        self.speed_pressure.setToolTip("Gives a mouse the pressure that a pen has; a pen always uses its own")
        self.speed_pressure.setChecked(settings.has_speed_pressure)
        form = QFormLayout()
        form.setSpacing(theme.GAP)
        form.setLabelAlignment(Qt.AlignLeft | Qt.AlignVCenter)
        form.addRow(theme.label("New canvas"), self.canvas)
        form.addRow(theme.label("Rivals' pictures"), self.rivals)
        form.addRow(theme.label("Magenta's strength"), self.strength)
        form.addRow(theme.label("Mouse"), self.speed_pressure)
        note = theme.label("Sizes and strength hold from the next picture on.", "caption")
        keep, leave = QPushButton("Keep these"), QPushButton("Leave as it was")
        keep.setProperty("kind", "primary")
        keep.setDefault(True)
        keep.clicked.connect(self.accept)
        leave.clicked.connect(self.reject)
        doors = QHBoxLayout()
        doors.addStretch(1)
        doors.addWidget(leave)
        doors.addWidget(keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.WIDE)
        column.setSpacing(theme.GAP)
        column.addWidget(theme.label("Settings", "title"))
        column.addLayout(form)
        column.addWidget(note)
        column.addLayout(doors)
        self.setMinimumWidth(520)

    def chosen(self) -> Settings:
        """The settings as the dialog shows them."""
        return replace(
            self._settings,
            canvas_side_px=int(self.canvas.currentData()),
            rival_side_px=int(self.rivals.currentData()),
            has_speed_pressure=self.speed_pressure.isChecked(),
            strength=round(self.strength.value(), 2),
        )


def _choice(sides_px: tuple[int, ...], chosen: int) -> QComboBox:
    box = QComboBox()
    for side_px in sides_px:
        box.addItem(f"{side_px} px", side_px)
    box.setCurrentIndex(sides_px.index(chosen) if chosen in sides_px else 0)
    return box
