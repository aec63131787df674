"""The shelf: every brush as the stroke that it makes, those made for the painting first. Only `brush_panel.py` calls.

`preview` also serves whoever else wants to show a brush.
"""

import math
from collections.abc import Collection, Mapping

import numpy as np
from PyQt5.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PyQt5.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.desktop import theme
from app.painting.brush import Brush
from app.painting.stroke import Stroke
from app.painting.surface import Surface

PREVIEW = QSize(72, 40)
COLUMNS = 3


class BrushShelf(QScrollArea):
    """Brushes to choose from. `taken(str)` tells which one the person took."""

    taken = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._brushes: dict[str, Brush] = {}
        self._tiles: dict[str, _Tile] = {}
        self._to_preview: list[str] = []
        self._color = QColor(Qt.black)
        self._group = QButtonGroup(self)
        self._kit_caption = theme.label("For this painting", "caption")
        self._all_caption = theme.label("All brushes", "caption")
        self._kit, self._all = _grid(), _grid()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(theme.TIGHT)
        for part in (self._kit_caption, self._kit, self._all_caption, self._all):
            if isinstance(part, QLabel):
                column.addWidget(part)
            else:
                column.addLayout(part)
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.NoFocus)
        self.setMinimumHeight(PREVIEW.height() + 22)
        self._preview_timer = QTimer(self)
        self._preview_timer.timeout.connect(self._preview_next)
        self.set_brushes({}, (), ())

    def set_brushes(self, brushes: Mapping[str, Brush], kit: Collection[str], own: Collection[str]) -> None:
        """Show these brushes instead; those named in `kit` come first, those in `own` are marked as the player's."""
        self._brushes = dict(brushes)
        for tile in self._tiles.values():
            self._group.removeButton(tile)
            tile.hide()
            tile.deleteLater()
        self._tiles = {}
        for grid, names in (
            (self._kit, [name for name in brushes if name in kit]),
            (self._all, [name for name in brushes if name not in kit]),
        ):
            # Four in rows of three would leave one alone.
            columns = 2 if grid is self._kit and len(names) in (2, 4) else COLUMNS
            for column in range(COLUMNS):
                grid.setColumnStretch(column, int(column < columns))
            for index, name in enumerate(names):
                self._tiles[name] = tile = self._make_tile(brushes[name], is_own=name in own)
                tile.preview_size = QSize(PREVIEW.width() * COLUMNS // columns, PREVIEW.height())
                grid.addWidget(tile, index // columns, index % columns)
        self._kit_caption.setVisible(bool(kit))
        self._all_caption.setVisible(bool(kit))
        self._preview_all()

    def mark(self, name: str) -> None:
        """Show which brush is in hand."""
        tile = self._tiles.get(name)
        if tile is not None and not tile.isChecked():
            tile.setChecked(True)
            self.ensureWidgetVisible(tile, 0, 12)

    def set_color(self, color: QColor) -> None:
        """Show the brushes with another colour."""
        if color.rgb() != self._color.rgb():
            self._color = QColor(color)
            self._preview_all()

    def _make_tile(self, brush: Brush, *, is_own: bool) -> "_Tile":
        tile = _Tile(brush.title, is_own=is_own)
        whose = " (your own)" if is_own else ""
        tile.setToolTip(f"{brush.title}{whose}. {brush.hint}".rstrip())
        tile.clicked.connect(lambda: self.taken.emit(brush.name))
        self._group.addButton(tile)
        return tile

    # Previews are made with the real brush, one after another while nothing else is to be done.

    def _preview_all(self) -> None:
        self._to_preview = list(self._tiles)
        if self._to_preview:
            self._preview_timer.start(0)

    def _preview_next(self) -> None:
        if not self._to_preview or self.window().isHidden():
            self._preview_timer.stop()
            return
        name = self._to_preview.pop(0)
        tile = self._tiles[name]
        size = tile.preview_size * self.devicePixelRatioF()
        tile.set_preview(preview(self._brushes, name, self._color, size))


def preview(brushes: Mapping[str, Brush], name: str, color: QColor, size: QSize) -> QPixmap:
    """A stroke of the brush, swelling and ebbing like a hand's, on paper that the colour stands out from."""
    is_light = color.lightnessF() > 0.72
    paper = (70, 67, 64) if is_light else (246, 243, 238)
    surface = Surface(size.width(), size.height(), paper, brushes=brushes)
    t = np.linspace(0, 1, 40)
    height = size.height()
    margin = 0.3 * height
    points = np.stack(
        [
            margin + t * (size.width() - 2 * margin),
            height * (0.5 - 0.16 * np.sin(2 * math.pi * t)),
            0.25 + 0.75 * np.sin(math.pi * t) ** 0.8,
        ],
        axis=1,
    )
    surface.apply(
        Stroke(
            brush=name,
            color=(color.red(), color.green(), color.blue()),
            size_px=max(2.0, height * 0.4),
            seed=7,
            points=points.astype(np.float32),
        )
    )
    return QPixmap.fromImage(surface.image().copy(surface.rect))


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setSpacing(theme.TIGHT + 2)
    grid.setContentsMargins(0, 0, 0, 0)
    return grid


class _Tile(QToolButton):
    """One brush on the shelf: its stroke, and its title beneath."""

    def __init__(self, title: str, *, is_own: bool) -> None:
        super().__init__()
        self._title, self._is_own = title, is_own
        self.preview_size = PREVIEW
        self._preview = QPixmap()
        self.setCheckable(True)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.TabFocus)
        self.setCursor(Qt.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Fixed)
        self.setFixedHeight(PREVIEW.height() + 22)

    def set_preview(self, pixmap: QPixmap) -> None:
        self._preview = pixmap
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setRenderHint(QPainter.SmoothPixmapTransform)
        box = QRectF(1.5, 1.5, self.width() - 3, PREVIEW.height() - 2)
        clip = QPainterPath()
        clip.addRoundedRect(box, 6, 6)
        painter.fillPath(clip, theme.colour("raised"))
        if not self._preview.isNull():
            painter.save()
            painter.setClipPath(clip)
            # The middle of the preview at its own scale: a stretched stroke would be another brush.
            ratio = self.devicePixelRatioF()
            shown = QRectF(
                0, 0, min(box.width() * ratio, self._preview.width()), min(box.height() * ratio, self._preview.height())
            )
            shown.moveCenter(QRectF(self._preview.rect()).center())
            painter.drawPixmap(box, self._preview, shown)
            painter.restore()
        is_marked = self.isChecked() or self.hasFocus()
        ink = theme.colour("accent") if is_marked else theme.colour("faint" if self.underMouse() else "line")
        painter.setBrush(Qt.NoBrush)
        painter.setPen(QPen(ink, 2 if is_marked else 1))
        painter.drawRoundedRect(box, 6, 6)
        if self._is_own:
            painter.setPen(QPen(theme.colour("panel"), 1.5))
            painter.setBrush(theme.colour("accent"))
            painter.drawEllipse(QPointF(box.right() - 7, box.top() + 7), 4, 4)
        painter.setFont(theme.sans(11))
        painter.setPen(theme.colour("text" if self.isChecked() else "quiet"))
        title = painter.fontMetrics().elidedText(self._title, Qt.ElideRight, self.width())
        painter.drawText(QRect(0, PREVIEW.height(), self.width(), 20), int(Qt.AlignCenter), title)
