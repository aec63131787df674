"""The tracing: the photograph dimmed under or over the paint, to paint after it."""

from PyQt5.QtCore import QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QAction, QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.app_state.actions import permit
from app.desktop.canvas.canvas import Canvas
from app.desktop.widgets import theme
from app.desktop.widgets.controls import CaptionedSlider, Segments, command_tool, percent

# A slider tells its value more often than a large canvas can be composed anew.
SHOWN_AFTER_MS = 30
NOT_WHEN_STRICT = "In a strict duel nothing is traced, and no picture from elsewhere comes onto the canvas"


class Tracing(QWidget):
    """Whether, how strongly and where the photograph shows on the canvas. `changed()` when the player changes it."""

    changed = pyqtSignal()

    def __init__(self, canvas: Canvas, action: QAction) -> None:
        super().__init__()
        self._canvas, self._action = canvas, action
        self._image: QImage | None = None
        self._fitted: QImage | None = None
        self._is_strict = False
        self.place = Segments(["Under", "Over"], "Where the tracing lies", is_small=True)
        self.place.explain(0, "The photograph shows through where nothing is painted yet")
        self.place.explain(1, "The photograph lies over the paint, like tracing paper")
        self.place.chosen.connect(self._on_changed)
        self.strength = CaptionedSlider(
            "Strength",
            lowest=0.05,
            highest=1.0,
            shown=percent,
            explains="How strongly the photograph shows",
            is_inline=True,
        )
        self.strength.set_value(0.35)
        self.strength.value_changed.connect(self._on_changed)
        button = command_tool(action, side_px=16)
        button.setFixedSize(QSize(30, 28))
        row = QHBoxLayout()
        row.setSpacing(theme.TIGHT)
        row.addWidget(button)
        row.addWidget(theme.label("Tracing", "caption"))
        row.addStretch(1)
        row.addWidget(self.place)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        column.addLayout(row)
        column.addWidget(self.strength)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.show_on_canvas)
        action.toggled.connect(self._on_toggled)
        self._enable()

    @property
    def opacity(self) -> float:
        """How strongly it shows, 0.05..1."""
        return self.strength.value()

    @property
    def is_over(self) -> bool:
        """Whether it lies over the paint instead of under it."""
        return self.place.choice() == 1

    @property
    def is_on(self) -> bool:
        """Whether the photograph shows on the canvas now."""
        return self._action.isChecked() and not self._is_strict and self._image is not None

    def set_manner(self, opacity: float, *, is_over: bool) -> None:
        """Show it so, without telling anybody."""
        self.strength.set_value(opacity)
        self.place.choose(int(is_over))
        self.show_on_canvas()

    def set_image(self, image: QImage | None) -> None:
        """Trace another photograph; a new one does not show before it is asked for."""
        self._image, self._fitted = image, None
        self._action.setChecked(False)
        self.show_on_canvas()

    def set_strict(self, is_strict: bool) -> None:
        """In a strict duel nothing can be traced."""
        self._is_strict = is_strict
        if is_strict:
            self._action.setChecked(False)
        self.refresh()
        self.show_on_canvas()

    def refresh(self) -> None:
        """Enable what makes sense now, and say why the rest does not."""
        permit(self._action, NOT_WHEN_STRICT if self._is_strict else "")
        self.setToolTip(NOT_WHEN_STRICT if self._is_strict else "")
        self._enable()

    def show_on_canvas(self) -> None:
        """Have the canvas show it as it is now, or no more."""
        self._timer.stop()
        canvas, drawing = self._canvas, self._canvas.drawing()
        canvas.hand.is_traced = self.is_on
        if not self.is_on or self._image is None or drawing is None:
            canvas.set_tracing(None)
            return
        size = drawing.surface.rect.size()
        if self._fitted is None or self._fitted.size() != size:
            fitted = self._image.scaled(size, Qt.IgnoreAspectRatio, Qt.SmoothTransformation)
            self._fitted = fitted.convertToFormat(QImage.Format_ARGB32_Premultiplied)
        canvas.set_tracing(self._fitted, self.opacity, self.is_over)

    def _enable(self) -> None:
        self.place.setEnabled(self._action.isChecked())
        self.strength.setEnabled(self._action.isChecked())

    def _on_toggled(self, _is_on: bool) -> None:
        self._enable()
        self.show_on_canvas()
        self.changed.emit()

    def _on_changed(self, _value: float) -> None:
        self._timer.start(SHOWN_AFTER_MS)
        self.changed.emit()
