"""The verdict: three grades, each on a bracket between the two pictures that it compares."""

from collections.abc import Mapping, Set

from PyQt5.QtCore import QEasingCurve, QPointF, QRectF, QSize, Qt, QVariantAnimation, pyqtSignal
from PyQt5.QtGui import (
    QConicalGradient,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PyQt5.QtWidgets import QWidget

from app.desktop.app_state.picture_names import hung, ink_of, picture_title
from app.desktop.widgets import theme
from app.judging.assessment import Assessment
from app.judging.explanation.sentences import does_disagree
from app.rivals.registry import RIVALS, Pair, comparisons, rival_title
from app.text import band_text, grade_text

CAPTION_PX, SECOND_OPINION_PX = 20, 16
HIGH_PX, LOW_PX, LOWEST_PX, COLUMN_PX = 220, 124, 108, 176
DIAL_PX, WIDE_DIAL_PX = 160, 250
SECOND_OPINION_SAYS = (
    "The second opinion compares structure, colours and outlines by classical measures, "
    "and shares nothing with the judge."
)
# In a smaller ring the grade stands alone; its band is said by the tooltip.
LEAST_BANDED_PX = 24
# Of more than two rivals.
MANY_DIAL_PX, MANY_LOW_PX, MANY_HIGH_PX, MANY_LINE_PX = 92, 176, 222, 16
# What Qt takes for "as large as it likes".
MOST_PX = 16777215


def _radius_px(pair: Pair, *, is_low: bool) -> float:
    """The player's own grades are the larger ones."""
    if len(RIVALS) > 2:
        return 30 if "drawing" in pair and not is_low else 20
    return (36 if is_low else 46) if "drawing" in pair else (30 if is_low else 38)


def is_disputed(assessment: Assessment, pair: Pair) -> bool:
    """Whether the second opinion on a drawing disagrees with the grade; the rivals' own is not disputed."""
    return "drawing" in pair and does_disagree(assessment)


def second_opinion_text(assessment: Assessment, pair: Pair) -> str:
    """The second opinion's grade in a few words, and that it disagrees where it does; "" where there was none."""
    if assessment.second_grade is None:
        return ""
    said = f"Second opinion {grade_text(assessment.second_grade)}"
    return f"{said}, disagrees with the grade" if is_disputed(assessment, pair) else said


class GradeDial(QWidget):
    """One grade, 0 to 10, as a number in a ring that is filled as far, and faint where its band is.

    Beneath stand whom it compares and, quietly, the second opinion. `chosen()` on click, Space or Return.
    """

    chosen = pyqtSignal()

    def __init__(self, pair: Pair, radius_px: float, *, width_px: int = DIAL_PX, caption: str = "") -> None:
        super().__init__()
        self.pair = pair
        self._caption = caption
        # Of many rivals there is less room for both names side by side.
        self._caption_px = CAPTION_PX if len(RIVALS) == 2 else 2 * MANY_LINE_PX
        self._has_second_grade = True
        self._width_px = width_px
        self._assessment: Assessment | None = None
        self._is_choice = False
        self._shown = 0.0
        self._is_awaited = False
        self._is_hovered = False
        self._is_usable = True
        self._growth = QVariantAnimation(self)
        self._growth.setDuration(900)
        self._growth.setEasingCurve(QEasingCurve.OutCubic)
        self._growth.valueChanged.connect(self._on_grown)
        self.setFocusPolicy(Qt.TabFocus)
        self.setCursor(Qt.PointingHandCursor)
        self.set_radius(radius_px)
        self._name()

    def set_radius(self, radius_px: float) -> None:
        """Make the ring larger or smaller."""
        self._radius_px = radius_px
        words_px = self._caption_px + (SECOND_OPINION_PX if self._has_second_grade else 0)
        self.setFixedSize(QSize(self._width_px, round(2 * radius_px + 12 + words_px)))
        self.update()

    def set_words(self, width_px: int, *, has_second_grade: bool = True) -> None:
        """Leave the words beneath so much room; without the line of the second opinion where there is none to spare."""
        self._width_px, self._has_second_grade = width_px, has_second_grade
        self.set_radius(self._radius_px)

    def radius(self) -> float:
        """The ring's radius in px."""
        return self._radius_px

    def grade(self) -> float | None:
        """The grade shown, if there is one."""
        return self._assessment.grade if self._assessment is not None else None

    def set_assessment(self, assessment: Assessment | None, *, is_awaited: bool = False) -> None:
        """Show what the judge says, or that it is still awaited, or that there is nothing."""
        self._is_awaited = is_awaited
        before, self._assessment = self.grade(), assessment
        if self.grade() != before:
            self._growth.stop()
            self._shown = 0.0
            if assessment is not None:
                self._growth.setStartValue(0.0)
                self._growth.setEndValue(float(assessment.grade))
                self._growth.start()
        self._name()
        self.update()

    def set_choice(self, is_choice: bool) -> None:
        """Mark it as the one that is looked at."""
        self._is_choice = is_choice
        self._name()
        self.update()

    def set_usable(self, is_usable: bool) -> None:
        """Whether a click leads anywhere. A grade that does not is still to be read, and says so."""
        self._is_usable = is_usable
        self.setCursor(Qt.PointingHandCursor if is_usable else Qt.ArrowCursor)
        self._name()

    def _on_grown(self, value: object) -> None:
        self._shown = float(value)  # type: ignore[arg-type]
        self.update()

    def caption(self) -> str:
        """Whom it compares."""
        return " & ".join(rival_title(name) for name in self.pair)

    def _name(self) -> None:
        assessment = self._assessment
        state = f"{band_text(assessment.grade, assessment.band)} of 10" if assessment is not None else "no grade yet"
        if assessment is not None and assessment.second_grade is not None:
            state += f", {second_opinion_text(assessment, self.pair).lower()}"
        self.setAccessibleName(f"{self.caption()}: {state}" + (", looked at now" if self._is_choice else ""))
        pictures = f"{picture_title(self.pair[0])} and {picture_title(self.pair[1])}"
        leads = "see why" if assessment is not None else "wipe between them"
        explained = SECOND_OPINION_SAYS if assessment is not None and assessment.second_grade is not None else ""
        self.setAccessibleDescription(explained)
        tip = f"How alike they are: {pictures}, {state}" + (f". Click to {leads}" if self._is_usable else "")
        self.setToolTip(f"{tip}.\n{explained}" if explained else tip)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        radius = self._radius_px
        centre = QPointF(self.width() / 2, radius + 6)
        # The wall's colour hides the bracket behind the ring.
        painter.setPen(Qt.NoPen)
        painter.setBrush(theme.colour("wall"))
        painter.drawEllipse(centre, radius + 10, radius + 6)
        ring = QRectF(centre.x() - radius + 4, centre.y() - radius + 4, 2 * radius - 8, 2 * radius - 8)
        painter.setBrush(theme.colour("raised" if self._is_hovered else "panel"))
        painter.setPen(QPen(theme.colour("line"), 6))
        painter.drawEllipse(ring)
        if self._assessment is not None:
            sweep = QConicalGradient(centre, 90)
            first, second = (theme.colour(ink_of(name)) for name in self.pair)
            # A conical gradient runs against the clock, the ring fills with it.
            sweep.setColorAt(1.0, first)
            sweep.setColorAt(max(1.0 - self._shown / 10, 0.0), second)
            painter.setBrush(Qt.NoBrush)
            painter.setPen(QPen(sweep, 6, Qt.SolidLine, Qt.FlatCap))
            # As far as it is sure the ring is full, and as far as it may be it is faint.
            sure, most = self._shown, self._shown
            if self._is_settled():
                sure, most = max(sure - self._assessment.band, 0.0), min(most + self._assessment.band, 10.0)
            painter.drawArc(ring, 90 * 16, -round(360 * 16 * sure / 10))
            painter.setOpacity(0.45)
            painter.drawArc(ring, 90 * 16 - round(360 * 16 * sure / 10), -round(360 * 16 * (most - sure) / 10))
            painter.setOpacity(1.0)
        if self.hasFocus():
            painter.setBrush(Qt.NoBrush)
            painter.setPen(QPen(theme.colour("accent"), 1.5))
            painter.drawEllipse(centre, radius + 3, radius + 3)
        self._paint_words(painter, ring)

    def _is_settled(self) -> bool:
        """Whether number and ring have come to the grade."""
        return self._growth.state() != QVariantAnimation.Running

    def _paint_words(self, painter: QPainter, ring: QRectF) -> None:
        assessment = self._assessment
        if assessment is not None:
            # While the ring grows the number counts with it, and ends on the very grade.
            painter.setFont(theme.serif(round(self._radius_px * 0.74)))
            painter.setPen(theme.colour("text"))
            text = grade_text(assessment.grade if self._is_settled() else min(self._shown, 9.9))
            has_room = self._radius_px >= LEAST_BANDED_PX
            words = band_text(assessment.grade, assessment.band).removeprefix(grade_text(assessment.grade)).strip()
            band = words if has_room else ""
            painter.drawText(ring.translated(0, -self._radius_px * 0.13 if band else 0.0), int(Qt.AlignCenter), text)
            painter.setFont(theme.sans(max(round(self._radius_px * 0.27), 10)))
            painter.setPen(theme.colour("quiet"))
            painter.drawText(ring.translated(0, self._radius_px * 0.42), int(Qt.AlignCenter), band)
        else:
            painter.setFont(theme.sans(round(self._radius_px * 0.3)))
            painter.setPen(theme.colour("faint"))
            painter.drawText(ring, int(Qt.AlignCenter), "…" if self._is_awaited else "–")
        painter.setFont(theme.sans(12, bold=self._is_choice))
        painter.setPen(theme.colour("text" if self._is_hovered or self._is_choice else "quiet"))
        below = QRectF(0, 2 * self._radius_px + 12, self.width(), self._caption_px)
        align = Qt.AlignCenter if len(RIVALS) == 2 else Qt.AlignHCenter | Qt.AlignTop | Qt.TextWordWrap
        painter.drawText(below, int(align), self._caption or self.caption())
        if assessment is not None and assessment.second_grade is not None and self._has_second_grade:
            painter.setFont(theme.sans(11))
            painter.setPen(theme.colour("quiet" if is_disputed(assessment, self.pair) else "faint"))
            last = QRectF(0, self.height() - SECOND_OPINION_PX - 2, self.width(), SECOND_OPINION_PX)
            # Where there is little room, the disagreement is told beneath.
            said = second_opinion_text(assessment, self.pair)
            shorter = (
                said,
                said.partition(" with ")[0],
                said.partition(",")[0],
                f"2nd {grade_text(assessment.second_grade)}",
            )
            metrics = painter.fontMetrics()
            text = next((each for each in shorter if metrics.horizontalAdvance(each) <= self.width()), shorter[-1])
            painter.drawText(last, int(Qt.AlignCenter), text)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.LeftButton and self.rect().contains(event.pos()):
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key_Space, Qt.Key_Return, Qt.Key_Enter):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, _event: object) -> None:
        self._is_hovered = True
        self.update()

    def leaveEvent(self, _event: object) -> None:
        self._is_hovered = False
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()


class Verdict(QWidget):
    """The dials under pictures of equal width. `pair_chosen(str, str)`.

    Of two rivals each dial hangs in a bracket between its pictures. Of more, the drawing's stand under the rivals'
    pictures, and the rivals' own in a row beneath.
    """

    pair_chosen = pyqtSignal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.dials: dict[Pair, GradeDial] = {}
        for pair in comparisons():
            dial = GradeDial(pair, _radius_px(pair, is_low=False), width_px=self._dial_px(pair, has_room=True))
            dial.setParent(self)
            dial.chosen.connect(lambda p=pair: self.pair_chosen.emit(*p))
            self.dials[pair] = dial
        self._is_low = self._is_lowest = self._is_upright = False
        self._fix_size()

    def hang(self, *, is_low: bool, is_lowest: bool, is_upright: bool) -> None:
        """Under the three pictures, in one row where there is little height, and no second opinion at the least;
        upright, as a column beside one picture."""
        if (is_low, is_lowest, is_upright) == (self._is_low, self._is_lowest, self._is_upright):
            return
        self._is_low, self._is_lowest, self._is_upright = is_low, is_lowest, is_upright
        for pair, dial in self.dials.items():
            has_room = not is_low and not is_upright
            dial.set_words(self._dial_px(pair, has_room=has_room), has_second_grade=self._has_second_grade(pair))
            dial.set_radius(_radius_px(pair, is_low=is_low))
        self._fix_size()
        self._place()
        self.update()

    def _dial_px(self, pair: Pair, *, has_room: bool) -> int:
        if len(RIVALS) > 2:
            return MANY_DIAL_PX
        return WIDE_DIAL_PX if has_room and "drawing" in pair else DIAL_PX

    def _has_second_grade(self, pair: Pair) -> bool:
        """Whether there is height for the second opinion; of many rivals only on the drawing."""
        return not self._is_lowest and (len(RIVALS) == 2 or ("drawing" in pair and not self._is_low))

    def _columns(self) -> int:
        """In how many columns the dials stand upright."""
        return 1 if len(RIVALS) == 2 else 2 if len(RIVALS) < 5 else 3

    def _fix_size(self) -> None:
        if self._is_upright and len(RIVALS) > 2:
            self.setFixedWidth(self._columns() * MANY_DIAL_PX)
            self.setMinimumHeight(0)
            self.setMaximumHeight(MOST_PX)
        elif self._is_upright:
            column_px = sum(dial.height() for dial in self.dials.values())
            self.setMinimumSize(COLUMN_PX, column_px)
            self.setMaximumSize(COLUMN_PX, MOST_PX)
        else:
            height_px = LOWEST_PX if self._is_lowest else LOW_PX if self._is_low else HIGH_PX
            if len(RIVALS) > 2:
                height_px = MANY_LOW_PX if self._is_low else MANY_HIGH_PX
            self.setMinimumSize(640, height_px)
            self.setMaximumSize(MOST_PX, height_px)

    def set_usable(self, pairs: Set[Pair]) -> None:
        """Of which pairs both pictures are there or on their way, so that their grade leads to the wipe."""
        for pair, dial in self.dials.items():
            dial.set_usable(pair in pairs)

    def show_assessments(self, assessments: Mapping[Pair, Assessment], awaited: Set[Pair]) -> None:
        """Show what the judge has said, and what is on its way."""
        for pair, dial in self.dials.items():
            dial.set_assessment(assessments.get(pair), is_awaited=pair in awaited)

    def _column_x(self, name: str) -> float:
        return self.width() * (2 * hung().index(name) + 1) / (2 * len(hung()))

    def _centre(self, pair: Pair) -> QPointF:
        if len(RIVALS) > 2:
            return self._centre_among_many(pair)
        if self._is_upright:
            gap = (self.height() - sum(dial.height() for dial in self.dials.values())) / (len(comparisons()) + 1)
            above = comparisons()[: comparisons().index(pair)]
            top = sum(self.dials[each].height() + gap for each in above) + gap
            return QPointF(self.width() / 2, top + self.dials[pair].radius() + 6)
        x = (self._column_x(pair[0]) + self._column_x(pair[1])) / 2
        if self._is_low:
            return QPointF(x, 44.0)
        return QPointF(x, 56.0 if "drawing" in pair else 138.0)

    def _centre_among_many(self, pair: Pair) -> QPointF:
        radius = self.dials[pair].radius()
        if self._is_upright:
            row, column = divmod(comparisons().index(pair), self._columns())
            rows = -(-len(self.dials) // self._columns())
            return QPointF((column + 0.5) * self.width() / self._columns(), row * self.height() / rows + radius + 6)
        if "drawing" in pair:
            return QPointF(self._column_x(pair[1]), radius + 6)
        own = [each for each in comparisons() if "drawing" not in each]
        dial_px = self.dials[pair].height()
        x = self.width() / 2 + (own.index(pair) - (len(own) - 1) / 2) * min(self.width() / len(own), 1.2 * MANY_DIAL_PX)
        return QPointF(x, self.height() - dial_px + radius + 6)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        for pair, dial in self.dials.items():
            centre = self._centre(pair)
            dial.move(round(centre.x() - dial.width() / 2), round(centre.y() - dial.radius() - 6))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setPen(QPen(theme.colour("strong_line"), 1.5))
        for pair in () if self._is_upright or len(RIVALS) > 2 else comparisons():
            y = self._centre(pair).y() + (14 if "drawing" not in pair else 0)
            left, right = sorted(self._column_x(name) for name in pair)
            # Two brackets end under each picture: the player's a little inside, the rivals' a little outside.
            nudge = 14 if "drawing" in pair else -14
            if self._is_low:
                # In one row the rivals' own grade stands where the player's brackets would end.
                if "drawing" in pair:
                    outer = left + nudge if left < self.width() / 4 else right - nudge
                    painter.drawPath(_corner(outer, self.width() / 2, y))
                continue
            middle = (left + right) / 2
            painter.drawPath(_corner(left + nudge, middle, y))
            painter.drawPath(_corner(right - nudge, middle, y))


def _corner(x: float, to_x: float, y: float) -> QPainterPath:
    """From under a picture down to `y`, round the corner and across to `to_x`."""
    way = 10 if to_x > x else -10
    path = QPainterPath(QPointF(x, 4))
    path.lineTo(x, y - 10)
    path.quadTo(x, y, x + way, y)
    path.lineTo(to_x, y)
    return path
