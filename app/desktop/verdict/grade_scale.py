"""Where the player stands: grades on a line from 0 to 10, beside what the deal itself brings along."""

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt5.QtCore import QPointF, QRectF, QSize, Qt
from PyQt5.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt5.QtWidgets import QSizePolicy, QWidget

from app.desktop.widgets import theme
from app.text import grade_text

# From the top: the player's words, then the line, then what the ticks stand for.
WORDS_PX, LINE_PX, DROP_PX = 22, 34, 12
ROW_PX = 18
ENDS_PX = 22
LABEL_GAP_PX = 14.0


@dataclass(frozen=True)
class Mark:
    """A grade on the line. One with an `ink`, a colour's name in the theme, is a dot; others are ticks.

    `said` is how the grade is written, where that is not the grade alone; `band` is how far it is sure, +-. What is
    `is_chief` stands above the line: it is what all this is about.
    """

    label: str
    grade: float
    ink: str = ""
    said: str = ""
    band: float = 0.0
    is_chief: bool = False

    def words(self) -> str:
        """The label with its grade."""
        return f"{self.label} {self.said or grade_text(self.grade)}"


def spread(wanted: Sequence[float], widths: Sequence[float], room: float, gap: float) -> list[float] | None:
    """Middles for labels in one row, in order, each as near as can be to where it is `wanted`, none over another.

    Labels that would overlap are moved as a block, so that the block is where its labels want to be on the average.
    `wanted` is in rising order; all lie within 0 to `room`. None where they do not fit.
    """
    if sum(widths) + gap * (len(widths) - 1) > room:
        return None
    # Blocks of labels side by side: where the first begins, how long they are, how many.
    blocks: list[tuple[float, float, int]] = []
    for middle, width in zip(wanted, widths, strict=True):
        begin = min(max(middle - width / 2, 0.0), room - width)
        block = (begin, width, 1)
        while blocks and blocks[-1][0] + blocks[-1][1] + gap > block[0]:
            first, length, count = blocks.pop()
            joint = length + gap + block[1]
            aim = (count * first + block[2] * (block[0] - length - gap)) / (count + block[2])
            block = (min(max(aim, 0.0), room - joint), joint, count + block[2])
        blocks.append(block)
    middles: list[float] = []
    for begin, _length, count in blocks:
        for width in widths[len(middles) : len(middles) + count]:
            middles.append(begin + width / 2)
            begin += width + gap
    return middles


class GradeScale(QWidget):
    """The line, as high as its labels need it: in one row, or where that is too narrow in steps."""

    def __init__(self) -> None:
        super().__init__()
        self._marks: list[Mark] = []
        self._against = ""
        self.setFont(theme.sans(12))
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
        self.setMinimumWidth(200)
        self._fix_height()

    def set_marks(self, against: str, marks: Sequence[Mark]) -> None:
        """Show grades against the picture named `against`."""
        self._against = against
        self._marks = sorted(marks, key=lambda mark: mark.grade)
        told = "; ".join(mark.words() for mark in reversed(self._marks))
        self.setAccessibleName(f"Where you stand against {against}, from 0 to 10: {told}" if marks else "")
        self.setToolTip("How near each of these comes, by the same judge" if marks else "")
        self._fix_height()
        self.update()

    def marks(self) -> list[Mark]:
        """What is shown, the lowest grade first."""
        return list(self._marks)

    def sizeHint(self) -> QSize:
        return QSize(520, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fix_height()

    def _x(self, grade: float) -> float:
        return ENDS_PX + (self.width() - 2 * ENDS_PX) * min(max(grade, 0.0), 10.0) / 10

    def _ticks(self) -> list[Mark]:
        return [mark for mark in self._marks if not mark.is_chief]

    def label_rects(self) -> list[QRectF]:
        """Where the words beneath the line stand, for the marks that are not chief, in their order."""
        return self._hang()[0]

    def _hang(self) -> tuple[list[QRectF], bool]:
        """Where those words stand, and whether in steps."""
        metrics = QFontMetrics(self.font())
        ticks = self._ticks()
        widths = [float(metrics.horizontalAdvance(mark.words())) for mark in ticks]
        top = LINE_PX + DROP_PX + 6
        middles = spread([self._x(mark.grade) for mark in ticks], widths, self.width(), LABEL_GAP_PX)
        if middles is not None:
            return [QRectF(x - w / 2, top, w, ROW_PX) for x, w in zip(middles, widths, strict=True)], False
        # In steps: a label to the right of its drop, with those to its right above it, so that no drop comes through.
        # One that has no room there stands left of its drop, beneath all others.
        fits = [self._x(mark.grade) + 6 + width <= self.width() for mark, width in zip(ticks, widths, strict=True)]
        rects: list[QRectF] = []
        for index, (mark, width) in enumerate(zip(ticks, widths, strict=True)):
            if fits[index]:
                row, left = sum(fits[index + 1 :]), self._x(mark.grade) + 6
            else:
                row, left = sum(fits) + fits[:index].count(False), max(self._x(mark.grade) - 6 - width, 0.0)
            rects.append(QRectF(left, top + row * ROW_PX, width, ROW_PX))
        return rects, True

    def _fix_height(self) -> None:
        bottom = max((rect.bottom() for rect in self.label_rects()), default=LINE_PX + DROP_PX)
        height_px = round(bottom) + 2
        if height_px != self.minimumHeight() or height_px != self.maximumHeight():
            self.setFixedHeight(height_px)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setFont(self.font())
        self._paint_line(painter)
        rects, is_stepped = self._hang()
        for mark, rect in zip(self._ticks(), rects, strict=True):
            self._paint_drop(painter, mark, rect, is_stepped=is_stepped)
        for mark, rect in zip(self._ticks(), rects, strict=True):
            # A drop may pass behind.
            painter.fillRect(rect, theme.colour("wall"))
            painter.setPen(theme.colour("quiet"))
            painter.drawText(rect, int(Qt.AlignCenter), mark.words())
        for mark in self._marks:
            self._paint_mark(painter, mark)

    def _paint_line(self, painter: QPainter) -> None:
        painter.setPen(QPen(theme.colour("strong_line"), 1.5))
        painter.drawLine(QPointF(self._x(0), LINE_PX), QPointF(self._x(10), LINE_PX))
        painter.setPen(QPen(theme.colour("line"), 1))
        for grade in range(11):
            painter.drawLine(QPointF(self._x(grade), LINE_PX - 3), QPointF(self._x(grade), LINE_PX + 3))
        painter.setPen(theme.colour("faint"))
        for text, rect in (
            ("0", QRectF(0, LINE_PX - 10, ENDS_PX - 8, 20)),
            ("10", QRectF(self.width() - ENDS_PX + 5, LINE_PX - 10, ENDS_PX - 4, 20)),
        ):
            painter.drawText(rect, int(Qt.AlignVCenter | Qt.AlignLeft), text)

    def _paint_drop(self, painter: QPainter, mark: Mark, rect: QRectF, *, is_stepped: bool) -> None:
        x = self._x(mark.grade)
        painter.setPen(QPen(theme.colour("strong_line"), 1))
        if is_stepped:
            painter.drawLine(QPointF(x, LINE_PX), QPointF(x, rect.center().y()))
            return
        # Straight down where its words are beneath, else to their nearer end.
        foot = min(max(x, rect.left() + 6), rect.right() - 6)
        painter.drawLine(QPointF(x, LINE_PX), QPointF(x, LINE_PX + 6))
        painter.drawLine(QPointF(x, LINE_PX + 6), QPointF(foot, rect.top()))

    def _paint_mark(self, painter: QPainter, mark: Mark) -> None:
        x = self._x(mark.grade)
        at = QPointF(x, LINE_PX)
        if not mark.ink:
            painter.setPen(QPen(theme.colour("quiet"), 2))
            painter.drawLine(QPointF(x, LINE_PX - 6), QPointF(x, LINE_PX + 6))
            return
        ink = theme.colour(mark.ink)
        if mark.band:
            sure = theme.colour(mark.ink)
            sure.setAlphaF(0.35)
            left, right = self._x(mark.grade - mark.band), self._x(mark.grade + mark.band)
            painter.setPen(Qt.NoPen)
            painter.setBrush(sure)
            painter.drawRoundedRect(QRectF(left, LINE_PX - 5, right - left, 10), 5, 5)
        painter.setPen(QPen(theme.colour("wall"), 2))
        painter.setBrush(ink)
        radius = 6.5 if mark.is_chief else 5
        painter.drawEllipse(at, radius, radius)
        if mark.is_chief:
            painter.setFont(theme.sans(13, bold=True))
            width = painter.fontMetrics().horizontalAdvance(mark.words()) + 4
            left = min(max(x - width / 2, 0.0), max(self.width() - width, 0.0))
            painter.setPen(theme.colour("text"))
            painter.drawText(QRectF(left, 0, width, WORDS_PX), int(Qt.AlignCenter), mark.words())
            painter.setFont(self.font())
