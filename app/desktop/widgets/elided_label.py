"""A text that ends in an ellipsis where it lacks the room."""

from PyQt5.QtCore import QSize, Qt
from PyQt5.QtGui import QFontMetrics, QResizeEvent, QTextLayout
from PyQt5.QtWidgets import QLabel, QSizePolicy

from app.desktop.widgets import theme

LEAST_PX = 36


class ElidedLabel(QLabel):
    """A line, or a few, that end in an ellipsis where they lack the room; the whole is in the tooltip then.

    A line that `hugs` its words asks for as much room as they need, and no more.
    """

    def __init__(self, role: str, *, lines: int = 1, hugs: bool = False) -> None:
        super().__init__()
        made = theme.label(role=role)
        self.setFont(made.font())
        self.setProperty("role", role)
        self.setTextFormat(Qt.PlainText)
        self._hugs = hugs
        self.setSizePolicy(QSizePolicy.Maximum if hugs else QSizePolicy.Ignored, QSizePolicy.Fixed)
        self._least = self._lines = lines
        if lines > 1:
            self.setAlignment(Qt.AlignLeft | Qt.AlignTop)
            self._fix_height(lines)
        self._whole = self._tail = ""

    def set_most_lines(self, lines: int) -> None:
        """Grow to so many lines where the text needs them."""
        self._lines = max(lines, self._least)
        self._elide()

    def set_whole(self, text: str, tail: str = "") -> None:
        """Show this text as far as there is room, and `tail` after it, which is never cut."""
        is_new = (text, tail) != (self._whole, self._tail)
        self._whole, self._tail = text, tail
        if is_new and self._hugs:
            self.updateGeometry()
        self._elide()

    def whole(self) -> str:
        """The text without ellipsis."""
        return self._whole + self._tail

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        if self._hugs:
            hint.setWidth(QFontMetrics(self.font()).horizontalAdvance(self.whole()) + 2)
        return hint

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(min(LEAST_PX, self.sizeHint().width()), hint.height()) if self._hugs else hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        metrics = QFontMetrics(self.font())
        room_px = max(self.width(), 10)
        shown = [*self._wrapped(room_px)]
        tail_px = metrics.horizontalAdvance(self._tail)
        if len(shown) < self._lines and metrics.horizontalAdvance(shown[-1]) + tail_px > room_px:
            # There is a line left for it.
            shown.append("")
        if self._lines > 1:
            self._fix_height(max(self._least, len(shown)))
        last_px = max(room_px - tail_px, 10)
        shown[-1] = metrics.elidedText(shown[-1], Qt.ElideRight, last_px) + self._tail
        if len(shown) > 1 and shown[-1] == self._tail:
            # In a line of its own nothing stands before it to be parted from.
            shown[-1] = self._tail.lstrip(" ·")
        self.setText("\n".join(shown))
        is_whole = " ".join(shown) in (self.whole(), f"{self._whole} {self._tail.lstrip(' ·')}")
        self.setToolTip("" if is_whole else self.whole())

    def _fix_height(self, lines: int) -> None:
        height_px = lines * QFontMetrics(self.font()).lineSpacing() + 2
        if height_px != self.height():
            self.setFixedHeight(height_px)

    def _wrapped(self, room_px: int) -> list[str]:
        """The text in as many lines as may be; the last one has all the rest, however long."""
        layout = QTextLayout(self._whole, self.font())
        layout.beginLayout()
        starts: list[int] = []
        while len(starts) < self._lines and (line := layout.createLine()).isValid():
            line.setLineWidth(room_px)
            starts.append(line.textStart())
        layout.endLayout()
        starts = starts or [0]
        ends = [*starts[1:], len(self._whole)]
        return [self._whole[start:end].strip() for start, end in zip(starts, ends, strict=True)]
