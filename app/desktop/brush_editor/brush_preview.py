"""What a brush does, shown at once: strokes on light and on dark paper, and the form of its dab."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QRectF, QSize, QSizeF, Qt, QTimer
from PyQt5.QtGui import QColor, QHideEvent, QImage, QPainter, QPainterPath, QPaintEvent, QPixmap, QResizeEvent
from PyQt5.QtWidgets import QSizePolicy, QWidget

from app.desktop.widgets import theme
from app.painting.brushes.brush import Brush
from app.painting.brushes.texture import Texture
from app.painting.engine.surface import Surface
from app.painting.model.stroke import Color, Mode, Stroke

LIGHT: Color = (240, 233, 219)
DARK: Color = (31, 41, 61)
_OCHRE: Color = (196, 128, 42)
_BLUE: Color = (74, 128, 176)
MOST_SIZE_PX = 44.0
_POINTS = 48


class StrokePreview(QWidget):
    """A straight, a curved and a pressure-swept stroke, dark on light and light on dark.

    The straight one is made by a pen that leans over more and more, the curved one faster and faster, and the swept
    one is pressed harder and harder: whatever of these a brush heeds is seen. Provenance with the real surface as soon
    as the event loop is free, one paper at a time.
    """

    def __init__(self) -> None:
        super().__init__()
        self._brush: Brush | None = None
        self._brushes: Mapping[str, Brush] = {}
        self._color = QColor(30, 30, 34)
        self._mode: Mode = "paint"
        self._papers: dict[Color, QImage] = {}
        self._to_paint: list[Color] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._paint_next)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
        self.setFixedHeight(204)
        self.setAccessibleName("Strokes of the brush")

    def show_brush(self, brush: Brush, brushes: Mapping[str, Brush], color: QColor, *, mode: Mode = "paint") -> None:
        """Show strokes of `brush`, which is one of `brushes`, as soon as may be."""
        self._brush, self._brushes, self._color, self._mode = brush, brushes, color, mode
        self._begin()

    def is_settled(self) -> bool:
        """Whether both papers show the brush as it is."""
        return not self._to_paint

    def image(self, ground: Color) -> QImage:
        """The paper of that colour (LIGHT or DARK) as last painted; a null image before that."""
        return self._papers.get(ground, QImage())

    def _begin(self) -> None:
        if self._brush is not None:
            self._to_paint = [LIGHT, DARK]
            if self.isVisible():
                self._timer.start(0)

    def _paint_next(self) -> None:
        if not self._to_paint or self._brush is None:
            return
        ground = self._to_paint.pop(0)
        size = self._paper_size() * self.devicePixelRatioF()
        self._papers[ground] = strokes_of(
            self._brush, self._brushes, ground=ground, ink=_ink_on(ground, self._color), size=size, mode=self._mode
        )
        self.update()
        if self._to_paint:
            self._timer.start(0)

    def _paper_size(self) -> QSizeF:
        return QSizeF(max((self.width() - theme.SMALL) / 2, 40), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._begin()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self._begin()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setRenderHint(QPainter.SmoothPixmapTransform)
        room = self._paper_size()
        for index, ground in enumerate((LIGHT, DARK)):
            box = QRectF(index * (room.width() + theme.SMALL), 0, room.width(), room.height())
            clip = QPainterPath()
            clip.addRoundedRect(box, 8, 8)
            painter.fillPath(clip, QColor(*ground))
            image = self._papers.get(ground)
            if image is not None:
                painter.save()
                painter.setClipPath(clip)
                painter.drawImage(box, image)
                painter.restore()


def strokes_of(
    brush: Brush, brushes: Mapping[str, Brush], *, ground: Color, ink: Color, size: QSizeF, mode: Mode = "paint"
) -> QImage:
    """The three strokes on paper of the colour `ground`; `size` in px of the image.

    Where the brush mixes or smudges, they run through two bands of other paint.
    """
    width, height = max(8, round(size.width())), max(8, round(size.height()))
    surface = Surface(width, height, ground, brushes=brushes)
    size_px = min(max(brush.size_px, 2.0), MOST_SIZE_PX) * height / 204
    if brush.wetness > 0 or mode == "smudge":
        for band in bands(brushes, width, height):
            surface.apply(band)
    for number, points in enumerate(_ways(width, height, size_px)):
        surface.apply(
            Stroke(
                brush=brush.name,
                color=ink,
                size_px=size_px,
                opacity=brush.opacity,
                mode=mode,
                seed=number,
                points=points,
            )
        )
    return surface.image().copy(surface.rect)


def bands(brushes: Mapping[str, Brush], width: int, height: int) -> list[Stroke]:
    """Two upright bands of other paint, for a brush that mixes or smudges; none where there is no round brush."""
    y = np.linspace(-0.2 * height, 1.2 * height, 24)
    return [
        Stroke(
            brush="round",
            color=color,
            size_px=0.07 * width,
            points=np.stack([np.full_like(y, share * width), y, np.ones_like(y)], axis=1).astype(np.float32),
        )
        for share, color in ((0.42, _OCHRE), (0.62, _BLUE))
        if "round" in brushes
    ]


def _ways(width: int, height: int, size_px: float) -> list[NDArray[np.float32]]:
    """The points [N, 6] of the straight, the curved and the swept stroke."""
    t = np.linspace(0, 1, _POINTS)
    margin = 16 + size_px / 2
    x = margin + t * (width - 2 * margin)
    even, none = np.full_like(t, 0.85), np.zeros_like(t)
    calm_ms = 900 * t
    # From a crawl to a dash.
    hasty_ms = 900 * np.sqrt(t)
    wave = height * 0.09 * np.sin(2 * math.pi * t)
    ways = (
        (x, np.full_like(t, 0.19 * height), even, calm_ms, 60 * t, none),
        (x, 0.5 * height + wave, even, hasty_ms, none, none),
        (x, 0.81 * height + 0 * wave, t, calm_ms, none, none),
    )
    return [np.stack(way, axis=1).astype(np.float32) for way in ways]


def _ink_on(ground: Color, color: QColor) -> Color:
    """The colour in hand where it stands out from the paper, else the other paper's."""
    if abs(color.lightnessF() - QColor(*ground).lightnessF()) < 0.3:
        return DARK if ground == LIGHT else LIGHT
    return (color.red(), color.green(), color.blue())


def dab_of(texture: Texture, side_px: int) -> QPixmap:
    """The first imprint of a texture, light on nothing, `side_px` square in px of the pixmap."""
    coverage = texture.coverage[0]
    side = coverage.shape[0]
    pixels = np.empty((side, side, 4), dtype=np.uint8)
    ink = theme.colour("text")
    # Premultiplied, in the order that ARGB32 has in memory.
    for channel, value in enumerate((ink.blue(), ink.green(), ink.red(), 255)):
        pixels[..., channel] = coverage.astype(np.uint16) * value // 255
    image = QImage(pixels.tobytes(), side, side, 4 * side, QImage.Format_ARGB32_Premultiplied)
    return QPixmap.fromImage(image.scaled(QSize(side_px, side_px), Qt.KeepAspectRatio, Qt.SmoothTransformation))
