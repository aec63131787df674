"""The history: every step of a drawing, and a click to go back to any. It shows and asks; `layering.py` does it."""

import math
from collections.abc import Sequence
from typing import Any

from PyQt5.QtCore import QAbstractListModel, QModelIndex, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QFontMetrics, QPainter, QPen
from PyQt5.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.desktop.widgets import icons, theme
from app.painting.document.drawing import HistoryStep
from app.painting.model.stroke import Stroke

ROW_PX = 28
FIRST = "The empty canvas"
_ICONS = {"erase": "eraser", "smudge": "smudge", "clear": "clear"}


class HistoryPanel(QWidget):
    """Lists steps, the first one on top. `jump_requested(int)` tells how many shall be done."""

    jump_requested = pyqtSignal(int)

    def __init__(self) -> None:
        super().__init__()
        self._model = _Model(self)
        self.view = QListView()
        self.view.setModel(self._model)
        self.view.setItemDelegate(_Delegate(self.view, self._model))
        self.view.setAccessibleName("History")
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollPerPixel)
        self.view.setEditTriggers(QAbstractItemView.NoEditTriggers)
        # A click must not take the keys away from the canvas.
        self.view.setFocusPolicy(Qt.TabFocus)
        self.view.clicked.connect(self._on_chosen)
        self.view.activated.connect(self._on_chosen)
        self.view.setMinimumHeight(2 * ROW_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view, 1)

    def show_steps(self, steps: Sequence[HistoryStep], position: int) -> None:
        """Show these steps, of which `position` are done and the rest were taken back."""
        self._model.show_steps(steps, position)
        current = self._model.index(position)
        self.view.setCurrentIndex(current)
        self.view.scrollTo(current)

    def _on_chosen(self, index: QModelIndex) -> None:
        if index.row() != self._model.position:
            self.jump_requested.emit(index.row())


class _Model(QAbstractListModel):
    """The canvas before the first step, and every step."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.steps: list[HistoryStep] = []
        self.position = 0

    def show_steps(self, steps: Sequence[HistoryStep], position: int) -> None:
        # A stroke adds one row to thousands: only what differs is told.
        common = 0
        for before, now in zip(self.steps, steps, strict=False):
            if before is not now:
                break
            common += 1
        if common < len(self.steps):
            self.beginRemoveRows(QModelIndex(), common + 1, len(self.steps))
            del self.steps[common:]
            self.endRemoveRows()
        if common < len(steps):
            self.beginInsertRows(QModelIndex(), common + 1, len(steps))
            self.steps.extend(steps[common:])
            self.endInsertRows()
        if position != self.position:
            first, last = sorted((min(position, len(steps)), min(self.position, len(steps))))
            self.position = position
            self.dataChanged.emit(self.index(first), self.index(last))

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's face
        return 0 if parent.isValid() else len(self.steps) + 1

    def data(self, index: QModelIndex, role: int = Qt.DisplayRole) -> Any:
        if role != Qt.DisplayRole or not 0 <= index.row() <= len(self.steps):
            return None
        return self.steps[index.row() - 1].title if index.row() else FIRST


class _Delegate(QStyledItemDelegate):
    """Draws one step: a mark in the stroke's colour or the tool's icon, and its title; dim where it was taken back."""

    def __init__(self, view: QListView, model: _Model) -> None:
        super().__init__(view)
        self._view, self._history = view, model

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:
        return QSize(120, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        history = self._history
        if not 0 <= index.row() <= len(history.steps):
            return
        is_current, is_undone = index.row() == history.position, index.row() > history.position
        painter.save()
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setRenderHint(QPainter.SmoothPixmapTransform)
        row = QRectF(option.rect).adjusted(0.5, 1, -0.5, -1)
        if is_current or option.state & QStyle.State_MouseOver:
            painter.setPen(QPen(theme.colour("accent"), 1) if is_current else Qt.NoPen)
            painter.setBrush(theme.colour("raised" if is_current else "panel"))
            painter.drawRoundedRect(row, 6, 6)
        if is_undone:
            painter.setOpacity(0.45)
        middle = QPointF(row.x() + 18, row.center().y())
        entry = history.steps[index.row() - 1].entry if index.row() else None
        if isinstance(entry, Stroke) and entry.mode in ("paint", "fill"):
            # As wide as the stroke is, only less so: 1 px and 256 px must both be seen.
            radius = 7.0 if entry.mode == "fill" else min(2.0 + math.log2(max(entry.size_px, 1)) * 0.7, 7.5)
            painter.setPen(QPen(theme.colour("strong_line"), 1))
            painter.setBrush(QColor(*entry.color))
            if entry.mode == "fill":
                painter.drawRoundedRect(QRectF(middle.x() - 7, middle.y() - 7, 14, 14), 3, 3)
            else:
                painter.drawEllipse(middle, radius, radius)
        else:
            symbol = _ICONS[entry.mode] if isinstance(entry, Stroke) else "layers" if entry is not None else "picture"
            drawn = icons.pixmap(symbol, round(16 * self._view.devicePixelRatioF()), theme.colour("quiet").rgba())
            painter.drawPixmap(QRectF(middle.x() - 8, middle.y() - 8, 16, 16), drawn, QRectF(drawn.rect()))
        words = row.adjusted(36, 0, -8, 0)
        painter.setFont(theme.sans(13))
        painter.setPen(theme.colour("text" if is_current else "quiet"))
        title = QFontMetrics(painter.font()).elidedText(str(index.data()), Qt.ElideRight, int(words.width()))
        painter.drawText(words, int(Qt.AlignVCenter | Qt.AlignLeft), title)
        painter.restore()
