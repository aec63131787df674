"""The options of the tool in hand: steadying, symmetry, and how far a fill spreads."""

from collections.abc import Mapping

from PyQt5.QtCore import QSize, pyqtSignal
from PyQt5.QtWidgets import QAction, QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.canvas.tool_state import Hand
from app.desktop.widgets import theme
from app.desktop.widgets.controls import CaptionedSlider, Choice, command_tool, percent
from app.painting.model.symmetry import MAX_COPIES

STEADYING = ("none", "rope", "average")
STEADYING_WORDS = ("Steadying: off", "Steadying: rope", "Steadying: average")
# Those that leave a stroke behind as the hand moves.
STROKING = ("brush", "eraser", "smudge")


class ToolOptions(QWidget):
    """Changes the hand; shows only what the tool in hand heeds. `changed()` after each change."""

    changed = pyqtSignal()

    def __init__(self, hand: Hand, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self._hand = hand
        self.steadying = Choice(
            STEADYING_WORDS,
            "Steadying",
            "Steady the hand: the brush follows on a rope, or takes the average of where the hand was",
        )
        self.steadying.activated.connect(self._on_steadying)
        self.strength = CaptionedSlider(
            "Strength",
            lowest=0.0,
            highest=1.0,
            shown=percent,
            explains="How much the hand is steadied",
            is_inline=True,
        )
        self.strength.value_changed.connect(self._on_strength)
        self.copies = CaptionedSlider(
            "Copies",
            lowest=2,
            highest=MAX_COPIES,
            shown=lambda count: f"{count:.0f}",
            explains="How often a stroke is painted around the middle",
            is_inline=True,
        )
        self.copies.value_changed.connect(self._on_copies)
        self.tolerance = CaptionedSlider(
            "Tolerance",
            lowest=0.0,
            highest=1.0,
            shown=percent,
            curve=1.5,
            explains="How far colours may differ from the one that is clicked on and still be filled",
            is_inline=True,
        )
        self.tolerance.value_changed.connect(self._on_tolerance)
        self._row = QWidget()
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.TIGHT)
        row.addWidget(self.steadying, 1)
        for name in ("symmetry_mirror", "symmetry_radial"):
            tool = command_tool(actions[name], side_px=18)
            tool.setFixedSize(QSize(32, 30))
            row.addWidget(tool)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        for part in (self._row, self.strength, self.copies, self.tolerance):
            column.addWidget(part)

    def show_hand(self) -> None:
        """Show what the tool in hand heeds, as it is."""
        hand = self._hand
        is_stroking = hand.tool in STROKING
        self._row.setVisible(is_stroking)
        self.strength.setVisible(is_stroking and hand.stabiliser != "none")
        self.copies.setVisible(is_stroking and hand.symmetry_kind == "radial")
        self.tolerance.setVisible(hand.tool == "fill")
        self.setVisible(is_stroking or hand.tool == "fill")
        self.steadying.setCurrentIndex(STEADYING.index(hand.stabiliser))
        self.strength.set_value(hand.stabiliser_strength)
        self.copies.set_value(hand.symmetry_count)
        self.tolerance.set_value(hand.fill_tolerance)

    def _on_steadying(self, index: int) -> None:
        self._hand.stabiliser = STEADYING[index]
        self._tell()

    def _on_strength(self, strength: float) -> None:
        self._hand.stabiliser_strength = strength
        self._tell()

    def _on_copies(self, count: float) -> None:
        self._hand.symmetry_count = round(count)
        self._tell()

    def _on_tolerance(self, tolerance: float) -> None:
        self._hand.fill_tolerance = tolerance
        self._tell()

    def _tell(self) -> None:
        self.show_hand()
        self.changed.emit()
