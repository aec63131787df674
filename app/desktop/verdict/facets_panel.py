"""Why a grade is what it is: its facets as bars with a sentence each, one of which can be chosen.

Also the row that the coaching shares: a control with words that may take several lines.
"""

from collections.abc import Mapping

from PyQt5.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent, QTextOption
from PyQt5.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.desktop.widgets import theme
from app.judging.assessment import FACETS, Facet
from app.text import grade_text

FACET_TITLES = {
    "palette": "Palette",
    "composition": "Composition",
    "texture": "Texture and strokes",
    "detail": "Detail",
}
PADDING_PX, RISE_PX = 9, 5
HEAD_PX, BAR_PX = 22, 4


class Row(QPushButton):
    """A choice of a list: a head, a figure at its right, and words beneath in as many lines as they need.

    It is as high as its width makes it, and checked while it is the choice.
    """

    def __init__(self) -> None:
        super().__init__()
        self.head = self.figure = self.words = ""
        self.head_font, self.figure_font, self.words_font = theme.sans(14), theme.serif(18), theme.sans(12)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.TabFocus)
        self.setCursor(Qt.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)

    def room_between_px(self) -> float:
        """How much height there is between head and words."""
        return 0.0

    def refresh(self) -> None:
        """Fit and paint it anew, after its texts have changed."""
        self._fit()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _head_rect(self) -> QRectF:
        """Where the head stands, which may take several lines too."""
        width = self.width() - 2 * PADDING_PX - self._figure_px()
        height = max(_height_of(self.head, self.head_font, width), HEAD_PX)
        return QRectF(PADDING_PX, RISE_PX - 1, width, height)

    def _figure_px(self) -> float:
        return QFontMetricsF(self.figure_font).horizontalAdvance(self.figure) + theme.SMALL if self.figure else 0.0

    def _words_top(self) -> float:
        return self._head_rect().bottom() + self.room_between_px()

    def _fit(self) -> None:
        words_px = _height_of(self.words, self.words_font, self.width() - 2 * PADDING_PX) if self.words else 0.0
        height_px = round(self._words_top() + words_px + RISE_PX)
        if height_px != self.minimumHeight() or height_px != self.maximumHeight():
            self.setFixedHeight(height_px)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        card = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.isChecked() or self.underMouse() or self.hasFocus():
            painter.setBrush(theme.colour("raised" if self.isChecked() else "panel"))
            painter.setPen(theme.colour("accent") if self.hasFocus() else Qt.NoPen)
            painter.drawRoundedRect(card, 8, 8)
        head = self._head_rect()
        painter.setPen(theme.colour("text"))
        painter.setFont(self.head_font)
        painter.drawText(head, self.head, _wrapped())
        painter.setFont(self.figure_font)
        figure = QRectF(head.right(), head.top() - 1, self._figure_px(), HEAD_PX)
        painter.drawText(figure, int(Qt.AlignRight | Qt.AlignVCenter), self.figure)
        self.paint_between(painter, QRectF(head.left(), head.bottom(), self.width() - 2 * PADDING_PX, 0.0))
        if self.words:
            painter.setPen(theme.colour("quiet"))
            painter.setFont(self.words_font)
            top = self._words_top()
            room = QRectF(PADDING_PX, top, self.width() - 2 * PADDING_PX, self.height() - top)
            painter.drawText(room, self.words, _wrapped())

    def paint_between(self, painter: QPainter, under_head: QRectF) -> None:
        """Paint what stands between head and words, beneath a line of the head's place and the row's width."""


class FacetRow(Row):
    """One facet: its name and grade, a bar as long as the grade, a sentence."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.head = FACET_TITLES[name]
        self._facet: Facet | None = None
        self._ink = "quiet"
        self.show_facet(None, "quiet")

    def show_facet(self, facet: Facet | None, ink: str) -> None:
        """Show what was found, with a bar of `ink`, a colour's name in the theme; None while nothing is known."""
        self._facet, self._ink = facet, ink
        self.figure = grade_text(facet.grade) if facet is not None else "–"
        self.words = facet.sentence if facet is not None else ""
        self.setEnabled(facet is not None)
        state = f"{self.figure} of 10. {self.words}" if facet is not None else "no grade yet"
        self.setAccessibleName(f"{self.head}: {state}")
        self.setToolTip("Show where, on the picture" if facet is not None else "")
        self.refresh()

    def room_between_px(self) -> float:
        return BAR_PX + 6

    def paint_between(self, painter: QPainter, under_head: QRectF) -> None:
        bar = QRectF(under_head.left(), under_head.top() + 1, under_head.width(), BAR_PX)
        painter.setPen(Qt.NoPen)
        painter.setBrush(theme.colour("line"))
        painter.drawRoundedRect(bar, 2, 2)
        if self._facet is not None:
            bar.setWidth(max(bar.width() * self._facet.grade / 10, 4.0))
            painter.setBrush(theme.colour(self._ink))
            painter.drawRoundedRect(bar, 2, 2)


class FacetsPanel(QWidget):
    """The four facets of one grade. `chosen(str)` with the facet's name, or "" when the choice is taken back."""

    chosen = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.rows = {name: FacetRow(name) for name in FACETS}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for name, row in self.rows.items():
            row.clicked.connect(lambda is_checked, n=name: self._on_clicked(n, is_chosen=is_checked))
            column.addWidget(row)

    def show_facets(self, facets: Mapping[str, Facet], ink: str) -> None:
        """Show what there is, with bars in a colour of the theme."""
        for name, row in self.rows.items():
            row.show_facet(facets.get(name), ink)

    def choose(self, name: str) -> None:
        """Mark a facet, or with "" none, without telling anybody."""
        for each, row in self.rows.items():
            row.setChecked(each == name)

    def choice(self) -> str:
        """The marked facet, or ""."""
        return next((name for name, row in self.rows.items() if row.isChecked()), "")

    def _on_clicked(self, name: str, *, is_chosen: bool) -> None:
        self.choose(name if is_chosen else "")
        self.chosen.emit(self.choice())


def _wrapped() -> QTextOption:
    option = QTextOption(Qt.AlignLeft | Qt.AlignTop)
    option.setWrapMode(QTextOption.WordWrap)
    return option


def _height_of(text: str, font: QFont, width: float) -> float:
    room = QRectF(0, 0, max(width, 40.0), 10_000.0)
    return QFontMetricsF(font).boundingRect(room, int(Qt.TextWordWrap | Qt.AlignLeft | Qt.AlignTop), text).height()
