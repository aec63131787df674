"""The shelf: every brush as the stroke that it makes, those made for the painting first, then the player's own.

`preview` also serves whoever else wants to show a brush.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from PyQt5.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QResizeEvent
from PyQt5.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.desktop.widgets import theme
from app.painting.brushes.brush import Brush
from app.painting.engine.surface import Surface
from app.painting.model.stroke import Stroke

PREVIEW = QSize(72, 40)
COLUMNS = 3
# So much above and below the brush in hand is in sight too.
REVEALED_PX = 28
# The groups' captions.
SMUDGING, KIT, OWN, ALL = "For smudging", "For this painting", "Yours", "All brushes"


class BrushList(QScrollArea):
    """Brushes to choose from, in captioned groups; the one in hand is in sight. `taken(str)` tells which one was taken.

    A preview that cannot be made leaves its tile plain; the first such fault of the shelf is raised, once.
    """

    taken = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._brushes: dict[str, Brush] = {}
        self._tiles: dict[str, _Tile] = {}
        self._to_preview: list[str] = []
        self._color = QColor(Qt.black)
        self._group = QButtonGroup(self)
        self._has_failed = False
        self._sections: dict[str, _Section] = {}
        self._kept_back: tuple[str, ...] = ()
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(theme.TIGHT)
        self._column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.NoFocus)
        self.setMinimumHeight(PREVIEW.height() + 22)
        self._preview_timer = QTimer(self)
        self._preview_timer.timeout.connect(self._preview_next)
        # New tiles have their places only when Qt has laid them out.
        self._reveal_timer = QTimer(self)
        self._reveal_timer.setSingleShot(True)
        self._reveal_timer.timeout.connect(self._reveal)

    def set_brushes(self, brushes: Mapping[str, Brush], groups: Mapping[str, Sequence[str]]) -> None:
        """Show these brushes instead, in groups: names under each caption."""
        self._brushes = dict(brushes)
        for tile in self._tiles.values():
            self._group.removeButton(tile)
            tile.hide()
        for section in self._sections.values():
            section.hide()
            section.deleteLater()
        self._tiles, self._sections = {}, {}
        for caption, names in groups.items():
            tiles = {name: self._make_tile(brushes[name], is_own=caption == OWN) for name in names}
            self._tiles |= tiles
            self._sections[caption] = section = _Section(caption, list(tiles.values()))
            self._column.insertWidget(len(self._sections) - 1, section)
            section.setVisible(section.has_tiles and caption not in self._kept_back)
        self._preview_all()

    def keep_back(self, *captions: str) -> None:
        """Show all groups but these."""
        self._kept_back = captions
        for caption, section in self._sections.items():
            section.setVisible(section.has_tiles and caption not in captions)

    def mark(self, name: str) -> None:
        """Show which brush is in hand."""
        tile = self._tiles.get(name)
        if tile is not None and not tile.isChecked():
            tile.setChecked(True)
            self._reveal_timer.start(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._reveal_timer.start(0)

    def _reveal(self) -> None:
        """Bring the brush in hand into sight."""
        tile = self._group.checkedButton()
        if tile is not None and self.isVisible():
            self.ensureWidgetVisible(tile, 0, REVEALED_PX)

    def set_color(self, color: QColor) -> None:
        """Show the brushes with another colour."""
        if color.rgb() != self._color.rgb():
            self._color = QColor(color)
            self._preview_all()

    @property
    def is_previewing(self) -> bool:
        """Whether strokes are still to be made."""
        return bool(self._to_preview)

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
        try:
            tile.set_preview(preview(self._brushes, name, self._color, size))
        except Exception:
            # What spoils one preview spoils it in every colour, and maybe all others: whoever listens hears it once.
            if not self._has_failed:
                self._has_failed = True
                raise


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


class _Section(QWidget):
    """Tiles in rows under a caption."""

    def __init__(self, caption: str, tiles: "Sequence[_Tile]") -> None:
        super().__init__()
        self.has_tiles = bool(tiles)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        column.addWidget(theme.label(caption, "caption"))
        grid = QGridLayout()
        grid.setSpacing(theme.TIGHT + 2)
        # Two or four in rows of three would leave holes.
        columns = 2 if caption == KIT and len(tiles) in (2, 4) else COLUMNS
        for index, tile in enumerate(tiles):
            tile.preview_size = QSize(PREVIEW.width() * COLUMNS // columns, PREVIEW.height())
            grid.addWidget(tile, index // columns, index % columns)
        for place in range(columns):
            grid.setColumnStretch(place, 1)
        column.addLayout(grid)


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
