"""A film strip: a rival's picture at one moment after another, with the loss as a fine curve; to be scrubbed."""

import math
from collections.abc import Sequence

from PyQt5.QtCore import QPointF, QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QFocusEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QPolygonF
from PyQt5.QtWidgets import QAbstractSlider, QSizePolicy

from app.desktop.widgets import theme
from app.desktop.widgets.qimage import pixels_to_image
from app.game.archive.progress_film import Frame

STRIP_PX, EDGE_PX = 62, 4
# How far the curve stays from the strip's upper and lower edge.
_CURVE_PX = 9
_LEAST_LOSS = 1e-12
# A loss that has grown by more is another one: of a finer scale, at which more is looked at.
_RISE = 1.02
_LATER = QColor(14, 13, 13, 150)


class FilmStrip(QAbstractSlider):
    """The frames so far, from left to right; `value()` is the number of the one that shows.

    A click or drag, the arrow keys, Page up and down, Home and End choose another; `valueChanged` tells of it, and
    also of `setValue`. While there are few frames the strip is as long as they are; more are passed over evenly.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setOrientation(Qt.Horizontal)
        self.setFocusPolicy(Qt.StrongFocus)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
        self.setFixedHeight(STRIP_PX)
        self.setCursor(Qt.PointingHandCursor)
        self.setAccessibleName("Film strip")
        self._frames: list[Frame] = []
        self._ink = theme.colour("accent")
        # Each beside its frame, so that the frame's identity stays its own.
        self._thumbs: dict[int, tuple[Frame, QPixmap]] = {}
        self._thumb_size = QSize()
        self.valueChanged.connect(lambda _value: self.update())

    def set_ink(self, ink: QColor) -> None:
        """Draw the curve and the mark in this colour."""
        self._ink = ink
        self.update()

    def set_frames(self, frames: Sequence[Frame]) -> None:
        """Show these frames; which of them is marked is for the caller to say."""
        self._frames = list(frames)
        held = {id(frame) for frame in self._frames}
        self._thumbs = {key: thumb for key, thumb in self._thumbs.items() if key in held}
        self.setRange(0, max(len(self._frames) - 1, 0))
        self.setPageStep(max(len(self._frames) // 10, 1))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, STRIP_PX)

    # Where what lies

    def _cells(self) -> tuple[int, float]:
        """How many pictures lie side by side, and how wide each is in px."""
        if not self._frames:
            return 0, 0.0
        height, width = self._frames[-1].picture.shape[:2]
        usual_px = min(max((STRIP_PX - 2 * EDGE_PX) * width / max(height, 1), 16.0), 160.0)
        room = max(int(self.width() / usual_px), 1)
        count = min(len(self._frames), room)
        return count, (self.width() / room if len(self._frames) > room else usual_px)

    def place_of(self, index: int) -> float:
        """Where the middle of a frame's stretch of the strip is, in px from the left."""
        count, cell_px = self._cells()
        return (index + 0.5) / max(len(self._frames), 1) * count * cell_px

    def index_at(self, x: float) -> int:
        """Which frame lies there; beside the strip its first or last."""
        count, cell_px = self._cells()
        share = x / max(count * cell_px, 1.0)
        return min(max(int(share * len(self._frames)), 0), self.maximum())

    def descents(self) -> list[list[tuple[int, float]]]:
        """The losses by their frames' numbers, from one rise to the next.

        While a rival works at one scale its loss falls. At a finer one it is another sum, which begins higher though
        the picture is no worse: losses of two of these lists cannot be compared.
        """
        found: list[list[tuple[int, float]]] = []
        for index, frame in enumerate(self._frames):
            loss = frame.loss
            if loss is None or not math.isfinite(loss):
                continue
            if not found or loss > _RISE * max(found[-1][-1][1], _LEAST_LOSS):
                found.append([])
            found[-1].append((index, loss))
        return found

    # What is seen

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setPen(Qt.NoPen)
        painter.setBrush(theme.colour("well"))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        count, cell_px = self._cells()
        if not count:
            return
        ratio = self.devicePixelRatioF()
        size = QSize(max(1, round(cell_px * ratio)), max(1, round((STRIP_PX - 2 * EDGE_PX) * ratio)))
        if size != self._thumb_size:
            self._thumb_size = size
            self._thumbs.clear()
        for cell in range(count):
            number = cell if count == len(self._frames) else round(cell * (len(self._frames) - 1) / max(count - 1, 1))
            thumb = self._thumb(self._frames[number])
            rect = QRectF(cell * cell_px, EDGE_PX, cell_px, STRIP_PX - 2 * EDGE_PX)
            painter.drawPixmap(rect, thumb, QRectF(thumb.rect()))
        self._paint_later(painter, count * cell_px)
        self._paint_curve(painter)
        self._paint_mark(painter)
        if self.hasFocus():
            painter.setBrush(Qt.NoBrush)
            painter.setPen(QPen(theme.colour("accent"), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _thumb(self, frame: Frame) -> QPixmap:
        held = self._thumbs.get(id(frame))
        if held is None:
            image = pixels_to_image(frame.picture)
            wide = image.scaled(self._thumb_size, Qt.KeepAspectRatioByExpanding, Qt.SmoothTransformation)
            left = (wide.width() - self._thumb_size.width()) // 2
            top = (wide.height() - self._thumb_size.height()) // 2
            cut = wide.copy(left, top, self._thumb_size.width(), self._thumb_size.height())
            held = (frame, QPixmap.fromImage(cut))
            self._thumbs[id(frame)] = held
        return held[1]

    def _paint_later(self, painter: QPainter, end_px: float) -> None:
        """Dim what comes after the moment that shows."""
        from_px = self.place_of(self.value())
        painter.fillRect(QRectF(from_px, EDGE_PX, max(end_px - from_px, 0.0), STRIP_PX - 2 * EDGE_PX), _LATER)

    def _paint_curve(self, painter: QPainter) -> None:
        """Each descent over the whole height, so that one is not measured by another."""
        descents = self.descents()
        path = QPainterPath()
        for number, descent in enumerate(descents):
            points = self._points(descent)
            if number:
                # Where the next scale begins.
                painter.setPen(QPen(_LATER, 1))
                painter.drawLine(QPointF(points[0].x(), EDGE_PX), QPointF(points[0].x(), STRIP_PX - EDGE_PX))
            if len(points) > 1:
                path.addPolygon(QPolygonF(points))
        painter.setBrush(Qt.NoBrush)
        # Dark beneath light is seen over any picture.
        painter.setPen(QPen(QColor(0, 0, 0, 150), 3.5, Qt.SolidLine, Qt.RoundCap, Qt.RoundJoin))
        painter.drawPath(path)
        painter.setPen(QPen(self._ink, 1.5, Qt.SolidLine, Qt.RoundCap, Qt.RoundJoin))
        painter.drawPath(path)

    def _points(self, descent: list[tuple[int, float]]) -> list[QPointF]:
        values = [math.log(max(loss, _LEAST_LOSS)) for _, loss in descent]
        low, high = min(values), max(values)
        room_px = STRIP_PX - 2 * _CURVE_PX
        return [
            QPointF(self.place_of(index), _CURVE_PX + room_px * (1 - (value - low) / max(high - low, 1e-9)))
            for (index, _), value in zip(descent, values, strict=True)
        ]

    def _paint_mark(self, painter: QPainter) -> None:
        x = self.place_of(self.value())
        painter.setPen(QPen(QColor(0, 0, 0, 170), 4))
        painter.drawLine(QPointF(x, 1), QPointF(x, STRIP_PX - 1))
        painter.setPen(QPen(theme.colour("text"), 2))
        painter.drawLine(QPointF(x, 1), QPointF(x, STRIP_PX - 1))

    # What is asked for

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.LeftButton:
            self.setSliderDown(True)
            self.setValue(self.index_at(event.localPos().x()))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setValue(self.index_at(event.localPos().x()))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
