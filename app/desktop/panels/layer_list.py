"""The list of the layers: small pictures, names, eyes and locks, and dragging."""

from collections.abc import Sequence
from typing import Any

from PyQt5.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    pyqtSignal,
)
from PyQt5.QtGui import (
    QColor,
    QDrag,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PyQt5.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.desktop.widgets import icons, theme
from app.painting.model.layers import MAX_NAME_LENGTH, Layer

ROW_PX, MARK_PX = 44, 28
THUMBNAIL = QSize(46, 34)
BLEND_WORDS = {"normal": "Normal", "multiply": "Multiply", "screen": "Screen", "overlay": "Overlay"}
# Nothing is shown as other programs do, as light as paper: so pale paint looks as it does on the drawing.
_CHECKS = ("#f6f4f1", "#dcd8d3")
_CHECK_PX = 5


class LayerModel(QAbstractListModel):
    """The layers, the topmost first."""

    renamed = pyqtSignal(int, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.layers: list[Layer] = []
        self.thumbnails: dict[int, QPixmap] = {}

    def show_layers(self, layers: Sequence[Layer]) -> None:
        """Show these layers, the lowest first."""
        top_first = list(reversed(layers))
        if [each.id for each in top_first] == [each.id for each in self.layers]:
            self.layers = top_first
            self._tell(0, len(top_first) - 1)
        else:
            self.beginResetModel()
            self.layers = top_first
            self.endResetModel()
        kept = {each.id for each in layers}
        self.thumbnails = {layer: made for layer, made in self.thumbnails.items() if layer in kept}

    def set_thumbnail(self, layer: int, made: QPixmap) -> None:
        """Show a small picture of a layer."""
        self.thumbnails[layer] = made
        row = self.row_of(layer)
        if row >= 0:
            self._tell(row, row)

    def find(self, layer: int) -> Layer | None:
        """The layer of an id."""
        return next((each for each in self.layers if each.id == layer), None)

    def row_of(self, layer: int) -> int:
        """The row of a layer's id; -1 for one that is not there."""
        return next((row for row, each in enumerate(self.layers) if each.id == layer), -1)

    def _tell(self, first: int, last: int) -> None:
        if first <= last:
            self.dataChanged.emit(self.index(first), self.index(last))

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's face
        return 0 if parent.isValid() else len(self.layers)

    def data(self, index: QModelIndex, role: int = Qt.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.layers):
            return None
        layer = self.layers[index.row()]
        if role in (Qt.DisplayRole, Qt.EditRole):
            return layer.name
        if role == Qt.ToolTipRole:
            words = describe(layer)
            return f"{layer.name}{f' ({words})' if words else ''}   [double click: another name; drag: another place]"
        return None

    def setData(self, index: QModelIndex, value: Any, role: int = Qt.EditRole) -> bool:
        name = str(value).strip()[:MAX_NAME_LENGTH]
        if role != Qt.EditRole or not index.isValid() or not name or name == self.layers[index.row()].name:
            return False
        self.renamed.emit(self.layers[index.row()].id, name)
        return True

    def flags(self, index: QModelIndex) -> Qt.ItemFlags:
        if not index.isValid():
            return Qt.ItemFlags(Qt.ItemIsDropEnabled)
        return Qt.ItemFlags(Qt.ItemIsEnabled | Qt.ItemIsSelectable | Qt.ItemIsEditable | Qt.ItemIsDragEnabled)

    def supportedDropActions(self) -> Qt.DropActions:
        return Qt.DropActions(Qt.MoveAction)


class LayerList(QListView):
    """The list itself. Signals: `chosen(int)`, `eye_clicked(int)`, `lock_clicked(int)`, `dropped(int, int)`."""

    chosen = pyqtSignal(int)
    eye_clicked = pyqtSignal(int)
    lock_clicked = pyqtSignal(int)
    dropped = pyqtSignal(int, int)

    def __init__(self, model: LayerModel) -> None:
        super().__init__()
        self._layers = model
        self._is_marking = False
        self.setModel(model)
        self.setItemDelegate(_Delegate(self, model))
        self.setAccessibleName("Layers")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        self.setEditTriggers(
            QAbstractItemView.EditTriggers(QAbstractItemView.DoubleClicked | QAbstractItemView.EditKeyPressed)
        )
        self.setDragDropMode(QAbstractItemView.InternalMove)
        # Qt's own shows nothing below the last row.
        self.setDropIndicatorShown(False)
        self._gap: int | None = None
        # A click must not take the keys away from the canvas.
        self.setFocusPolicy(Qt.TabFocus)
        self.setMinimumHeight(ROW_PX + 10)
        selection = self.selectionModel()
        if selection is not None:
            selection.currentChanged.connect(self._on_current)

    def mark(self, layer: int) -> None:
        """Mark the active layer."""
        self._is_marking = True
        self.setCurrentIndex(self._layers.index(self._layers.row_of(layer)))
        self._is_marking = False

    def _on_current(self, index: QModelIndex) -> None:
        if not self._is_marking and index.isValid():
            self.chosen.emit(self._layers.layers[index.row()].id)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        signal = self._mark_at(event.pos())
        index = self.indexAt(event.pos())
        if signal is not None and event.button() == Qt.LeftButton:
            signal.emit(self._layers.layers[index.row()].id)
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # Two quick clicks on the eye hide and show; they ask for no other name.
        if self._mark_at(event.pos()) is not None:
            self.mousePressEvent(event)
            return
        super().mouseDoubleClickEvent(event)

    def _mark_at(self, at: QPoint) -> Any:
        """The signal of the eye or the lock at a point, if there is one."""
        index = self.indexAt(at)
        if not index.isValid():
            return None
        rect = self.visualRect(index)
        if at.x() < rect.left() + MARK_PX:
            return self.eye_clicked
        return self.lock_clicked if at.x() >= rect.right() - MARK_PX else None

    def startDrag(self, _actions: Qt.DropActions | Qt.DropAction) -> None:
        # Qt's own takes the row away after a move; here the model is put in order by whoever moves the layer.
        current = self.currentIndex()
        drag = QDrag(self)
        drag.setMimeData(self._layers.mimeData([current]))
        made = self._layers.thumbnails.get(self._layers.layers[current.row()].id) if current.isValid() else None
        if made is not None:
            # On a ground of its own: not every screen shows half a transparency.
            pixmap = QPixmap(made.size())
            pixmap.fill(QColor(_CHECKS[0]))
            painter = QPainter(pixmap)
            painter.drawPixmap(0, 0, made)
            painter.end()
            pixmap.setDevicePixelRatio(self.devicePixelRatioF())
            drag.setPixmap(pixmap)
        drag.exec_(Qt.MoveAction)

    @property
    def gap(self) -> int | None:
        """Above which row a layer that is dragged over the list would come; None while none is."""
        return self._gap

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        # Scrolls near the edges; whether the layer may be dropped is not Qt's affair.
        super().dragMoveEvent(event)
        if event.source() is self:
            self._show_gap(self._gap_at(event.pos()))
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._show_gap(None)

    def _gap_at(self, at: QPoint) -> int:
        over = self.indexAt(at)
        if not over.isValid():
            return len(self._layers.layers)
        return int(over.row() + (at.y() > self.visualRect(over).center().y()))

    def _show_gap(self, gap: int | None) -> None:
        self._gap = gap
        viewport = self.viewport()
        if viewport is not None:
            viewport.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._gap is None or not self._layers.layers:
            return
        above = self.visualRect(self._layers.index(max(self._gap - 1, 0)))
        down = max(above.bottom() + 1 if self._gap else above.top(), 1)
        painter = QPainter(self.viewport())
        painter.fillRect(QRectF(above.left(), down - 1, above.width(), 2), theme.colour("accent"))

    def dropEvent(self, event: QDropEvent) -> None:
        current = self.currentIndex()
        event.acceptProposedAction()
        self._show_gap(None)
        self.setState(QAbstractItemView.NoState)
        if not current.isValid() or event.source() is not self:
            return
        gap = self._gap_at(event.pos())
        row = gap - 1 if gap > current.row() else gap
        layer = self._layers.layers[current.row()].id
        position = len(self._layers.layers) - 1 - row
        # Qt is still within the drag.
        QTimer.singleShot(0, lambda: self.dropped.emit(layer, position))


class _Delegate(QStyledItemDelegate):
    """Draws one row: the eye, a small picture, the name with what is special, the lock."""

    def __init__(self, view: LayerList, model: LayerModel) -> None:
        super().__init__(view)
        self._view, self._layers = view, model

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:
        return QSize(120, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        if not 0 <= index.row() < len(self._layers.layers):
            return
        layer = self._layers.layers[index.row()]
        is_active, is_hovered = bool(option.state & QStyle.State_Selected), bool(option.state & QStyle.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setRenderHint(QPainter.SmoothPixmapTransform)
        row = QRectF(option.rect).adjusted(0.5, 1, -0.5, -1)
        if is_active or is_hovered:
            painter.setPen(QPen(theme.colour("accent"), 1) if is_active else Qt.NoPen)
            painter.setBrush(theme.colour("raised" if is_active else "panel"))
            painter.drawRoundedRect(row, 6, 6)
        self._icon(
            painter,
            "eye" if layer.is_visible else "eye-off",
            option.rect.left() + MARK_PX / 2,
            row,
            is_on=layer.is_visible,
        )
        if layer.is_alpha_locked or is_hovered:
            symbol = "lock" if layer.is_alpha_locked else "unlock"
            self._icon(painter, symbol, option.rect.right() - MARK_PX / 2, row, is_on=layer.is_alpha_locked)
        self._thumbnail(painter, layer, row)
        name = QRectF(_name_rect(option.rect))
        words = describe(layer)
        painter.setFont(theme.sans(13))
        painter.setPen(theme.colour("text" if layer.is_visible else "faint"))
        upper = QRectF(name.x(), name.y(), name.width(), name.height() / 2) if words else name
        self._words(painter, layer.name, upper, Qt.AlignVCenter if not words else Qt.AlignBottom)
        if words:
            painter.setFont(theme.sans(11))
            painter.setPen(theme.colour("quiet" if layer.is_visible else "faint"))
            self._words(painter, words, name.adjusted(0, name.height() / 2, 0, 0), Qt.AlignTop)
        painter.restore()

    @staticmethod
    def _words(painter: QPainter, text: str, rect: QRectF, align: Qt.AlignmentFlag) -> None:
        elided = QFontMetrics(painter.font()).elidedText(text, Qt.ElideRight, int(rect.width()))
        painter.drawText(rect, int(align | Qt.AlignLeft), elided)

    def _icon(self, painter: QPainter, name: str, x: float, row: QRectF, *, is_on: bool) -> None:
        ratio = self._view.devicePixelRatioF()
        drawn = icons.pixmap(name, round(16 * ratio), theme.colour("text" if is_on else "faint").rgba())
        painter.drawPixmap(QRectF(x - 8, row.center().y() - 8, 16, 16), drawn, QRectF(drawn.rect()))

    def _thumbnail(self, painter: QPainter, layer: Layer, row: QRectF) -> None:
        made = self._layers.thumbnails.get(layer.id)
        box = QRectF(
            row.x() + MARK_PX, row.center().y() - THUMBNAIL.height() / 2, THUMBNAIL.width(), THUMBNAIL.height()
        )
        if made is not None and not made.isNull():
            shown = made.size().scaled(THUMBNAIL, Qt.KeepAspectRatio)
            box = QRectF(
                box.center().x() - shown.width() / 2,
                box.center().y() - shown.height() / 2,
                shown.width(),
                shown.height(),
            )
        clip = QPainterPath()
        clip.addRoundedRect(box, 3, 3)
        painter.save()
        painter.setClipPath(clip)
        painter.fillRect(box, QColor(_CHECKS[0]))
        for down in range(int(box.height()) // _CHECK_PX + 1):
            for across in range(down % 2, int(box.width()) // _CHECK_PX + 1, 2):
                square = QRectF(box.x() + across * _CHECK_PX, box.y() + down * _CHECK_PX, _CHECK_PX, _CHECK_PX)
                painter.fillRect(square, QColor(_CHECKS[1]))
        if made is not None:
            painter.setOpacity(1.0 if layer.is_visible else 0.4)
            painter.drawPixmap(box, made, QRectF(made.rect()))
        painter.restore()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: QModelIndex) -> None:
        rect = _name_rect(option.rect)
        editor.setGeometry(QRect(rect.x() - 6, rect.center().y() - 13, rect.width() + 6, 27))


def describe(layer: Layer) -> str:
    """What is special about a layer, in a few words; "" for nothing."""
    words = [
        BLEND_WORDS[layer.blend] if layer.blend != "normal" else "",
        f"{100 * layer.opacity:.0f} %" if layer.opacity < 1 else "",
        "hidden" if not layer.is_visible else "",
    ]
    return ", ".join(filter(None, words))


def _name_rect(row: QRect) -> QRect:
    left = row.left() + MARK_PX + THUMBNAIL.width() + 8
    return QRect(left, row.top() + 4, max(row.right() - MARK_PX - left, 10), row.height() - 8)
