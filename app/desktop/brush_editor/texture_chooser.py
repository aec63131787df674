"""Choosing a brush's texture: those of all brushes, or a PNG of one's own."""

from collections.abc import Iterable
from pathlib import Path

from PyQt5.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QResizeEvent
from PyQt5.QtWidgets import QButtonGroup, QFileDialog, QGridLayout, QToolButton, QWidget

from app.desktop.brush_editor.brush_preview import dab_of
from app.desktop.widgets import theme
from app.desktop.widgets.icons import icon
from app.errors import PasticheError, PictureError
from app.painting.brushes.brush import Brush
from app.painting.brushes.texture import MAX_PNG_BYTES, Texture, read_texture

SIDE_PX = 42
GAP_PX = 6


class TextureChooser(QWidget):
    """A tile for each texture, and one more to bring a PNG.

    Signals: `chosen(object)` with the Texture that the person chose; `refused(str)` with the sentence why a PNG
    cannot be one.
    """

    chosen = pyqtSignal(object)
    refused = pyqtSignal(str)

    def __init__(self, brushes: Iterable[Brush]) -> None:
        super().__init__()
        self._tiles: list[_Tile] = []
        self._group = QButtonGroup(self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP_PX)
        self._grid.setAlignment(Qt.AlignLeft | Qt.AlignTop)
        # Else as many columns as once had room would hold the widget as wide for ever.
        self._grid.setSizeConstraint(QGridLayout.SetNoConstraint)
        self._columns = 0
        self._open = QToolButton()
        self._open.setIcon(icon("folder", "quiet"))
        self._open.setIconSize(QSize(20, 20))
        self._open.setFixedSize(SIDE_PX, SIDE_PX)
        self._open.setToolTip("A texture of your own: a square PNG, or several squares side by side; dark is paint")
        self._open.setAccessibleName("Choose a PNG as the texture")
        self._open.clicked.connect(self._on_open)
        for brush in brushes:
            self._add(brush.texture, brush.title)
        self._lay_out()

    def texture(self) -> Texture | None:
        """The texture that is marked; None before one was."""
        return next((tile.texture for tile in self._tiles if tile.isChecked()), None)

    def textures(self) -> list[Texture]:
        """All that can be chosen, in their order."""
        return [tile.texture for tile in self._tiles]

    def choose(self, texture: Texture, title: str = "Your own") -> None:
        """Mark a texture without telling anybody; one that is not among them joins them."""
        self._add(texture, title).setChecked(True)

    def bring(self, path: Path) -> None:
        """Take a PNG as the texture, and tell: `chosen`, or `refused`."""
        try:
            texture = _read(path)
        except PasticheError as error:
            self.refused.emit(str(error))
            return
        self.choose(texture, path.stem)
        self.chosen.emit(texture)

    def _add(self, texture: Texture, title: str) -> "_Tile":
        found = next((tile for tile in self._tiles if tile.texture.png == texture.png), None)
        if found is not None:
            return found
        tile = _Tile(texture, title)
        tile.clicked.connect(lambda: self.chosen.emit(texture))
        self._group.addButton(tile)
        self._tiles.append(tile)
        self._columns = 0
        self._lay_out()
        return tile

    def _lay_out(self) -> None:
        columns = max(1, (self.width() + GAP_PX) // (SIDE_PX + GAP_PX))
        if columns == self._columns:
            return
        self._columns = columns
        for index, tile in enumerate((*self._tiles, self._open)):
            self._grid.addWidget(tile, index // columns, index % columns)
        rows = -(-(len(self._tiles) + 1) // columns)
        self.setFixedHeight(rows * (SIDE_PX + GAP_PX) - GAP_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(SIDE_PX, SIDE_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _on_open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Choose a texture", str(Path.home()), "PNG (*.png)")
        if path:
            self.bring(Path(path))


def _read(path: Path) -> Texture:
    try:
        if path.stat().st_size > MAX_PNG_BYTES:
            raise PictureError(f"The brush texture {path.name} is larger than {MAX_PNG_BYTES >> 20} MB.")
        png = path.read_bytes()
    except OSError as error:
        raise PictureError(f"The brush texture {path.name} cannot be read: {error.strerror}.") from error
    return read_texture(png, path.name)


class _Tile(QToolButton):
    """One texture, as the dab that it makes."""

    def __init__(self, texture: Texture, title: str) -> None:
        super().__init__()
        self.texture = texture
        self._dab = QPixmap()
        self.setCheckable(True)
        self.setFixedSize(SIDE_PX, SIDE_PX)
        self.setCursor(Qt.PointingHandCursor)
        self.setToolTip(title)
        self.setAccessibleName(f"Texture: {title}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        side_px = round((SIDE_PX - 10) * self.devicePixelRatioF())
        if self._dab.width() != side_px:
            self._dab = dab_of(self.texture, side_px)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setRenderHint(QPainter.SmoothPixmapTransform)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        path = QPainterPath()
        path.addRoundedRect(box, 6, 6)
        painter.fillPath(path, theme.colour("well"))
        painter.drawPixmap(QRectF(5, 5, SIDE_PX - 10, SIDE_PX - 10), self._dab, QRectF(self._dab.rect()))
        is_marked = self.isChecked() or self.hasFocus()
        ink = "accent" if is_marked else "faint" if self.underMouse() else "line"
        painter.setPen(QPen(theme.colour(ink), 2 if is_marked else 1))
        painter.drawPath(path)
