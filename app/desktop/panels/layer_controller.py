"""What the player does to layers and steps: from the panels and commands to the drawing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PyQt5.QtCore import QObject, QRect, QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QAction

from app.desktop.canvas.canvas import Canvas
from app.desktop.panels.history_panel import HistoryPanel
from app.desktop.panels.layers_panel import LayersPanel
from app.errors import PasticheError
from app.painting.document.drawing import Drawing, HistoryStep
from app.painting.model.layers import FIRST_LAYER, Arrangement, Layer
from app.painting.model.stroke import Stroke

# A stroke follows a stroke; small pictures can wait until the hand rests.
THUMBNAIL_AFTER_MS = 200


class LayerController(QObject):
    """Leads between the canvas's drawing and the panels of its layers and steps.

    Signals: `drawing_changed()` after each change; `layer_taken()` when another one is painted on from now on;
    `told(sentence, tone)` where something could not be done.
    """

    drawing_changed = pyqtSignal()
    layer_taken = pyqtSignal()
    told = pyqtSignal(str, str)

    def __init__(
        self, canvas: Canvas, layers: LayersPanel, history: HistoryPanel, actions: Mapping[str, QAction]
    ) -> None:
        super().__init__(canvas)
        self._canvas, self._layers, self._history, self._actions = canvas, layers, history, actions
        self._stale: list[int] = []
        # What was chosen while a stroke was in hand, which must not be cut short.
        self._waiting: list[tuple[int, dict[str, Any]]] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._make_thumbnail)
        layers.activated.connect(self._activate)
        layers.changed.connect(self._change)
        layers.previewed.connect(self._preview)
        layers.moved.connect(lambda layer, position: self._do(lambda d: d.move_layer(layer, position)))
        history.jump_requested.connect(self._jump)
        canvas.stroke_ended.connect(self._on_stroke_ended)
        for name, act in {
            "layer_add": lambda d: d.add_layer(),
            "layer_delete": lambda d: d.remove_layer(d.active),
            "layer_duplicate": lambda d: d.duplicate_layer(d.active),
            "layer_merge": lambda d: d.merge_down(d.active),
            "layer_up": lambda d: d.move_layer(d.active, _position(d) + 1),
            "layer_down": lambda d: d.move_layer(d.active, _position(d) - 1),
            "layer_lock_alpha": lambda d: d.change_layer(d.active, is_alpha_locked=not _active(d).is_alpha_locked),
            "layer_hide": lambda d: d.change_layer(d.active, is_visible=not _active(d).is_visible),
            "clear": lambda d: d.clear(),
        }.items():
            actions[name].triggered.connect(lambda _checked, a=act: self._do(a))
        actions["undo"].triggered.connect(self.undo)
        actions["redo"].triggered.connect(self.redo)

    def undo(self) -> None:
        """Take the last step back."""
        self._do(lambda drawing: _travelled(drawing, Drawing.undo))

    def redo(self) -> None:
        """Bring a step back."""
        self._do(lambda drawing: _travelled(drawing, Drawing.redo))

    def _jump(self, position: int) -> None:
        self._do(lambda drawing: _travelled(drawing, lambda each: each.jump(position)))

    def begin(self) -> None:
        """Show another drawing's layers and steps."""
        self._waiting = []
        self._stale = []
        self.refresh()
        self._mark_stale()

    def refresh(self) -> None:
        """Show the layers and steps as they are, and enable the commands that make sense now."""
        drawing = self._canvas.drawing()
        act = self._actions
        layers = drawing.layers if drawing is not None else ()
        self._layers.show_layers(layers, drawing.active if drawing is not None else -1)
        if self._history.isVisible():
            self._show_history()
        if self._layers.isVisible():
            self._show_thumbnails()
        at = _position(drawing) if drawing is not None else -1
        for name, makes_sense in {
            "undo": drawing is not None and drawing.can_undo,
            "redo": drawing is not None and drawing.can_redo,
            "clear": drawing is not None and not drawing.is_blank,
            "layer_add": drawing is not None,
            "layer_duplicate": drawing is not None,
            "layer_hide": drawing is not None,
            "layer_lock_alpha": drawing is not None,
            "layer_delete": len(layers) > 1,
            "layer_merge": at > 0,
            "layer_up": 0 <= at < len(layers) - 1,
            "layer_down": at > 0,
        }.items():
            act[name].setEnabled(makes_sense)
        if drawing is not None:
            act["layer_hide"].setChecked(not _active(drawing).is_visible)
            act["layer_lock_alpha"].setChecked(_active(drawing).is_alpha_locked)

    def _show_history(self) -> None:
        """Show the steps: their panel has come into sight."""
        drawing = self._canvas.drawing()
        if drawing is None:
            self._history.show_steps((), 0)
        else:
            self._history.show_steps(drawing.steps, drawing.position)

    def _show_thumbnails(self) -> None:
        """Make the small pictures that are not up to date: their panel has come into sight."""
        if self._stale and not self._timer.isActive():
            self._timer.start(THUMBNAIL_AFTER_MS)

    def _do(self, act: Callable[[Drawing], QRect]) -> None:
        self._canvas.finish_stroke()
        drawing = self._canvas.drawing()
        if drawing is None:
            return
        position, layers = drawing.position, drawing.layers
        try:
            self._canvas.refresh(act(drawing))
        except PasticheError as error:
            self.told.emit(str(error), "info")
        if (drawing.position, drawing.layers) != (position, layers):
            self._mark_stale()
            self.drawing_changed.emit()
        # Also where nothing was done: a toggle has turned itself already.
        self.refresh()

    def _activate(self, layer: int) -> None:
        self._canvas.finish_stroke()
        drawing = self._canvas.drawing()
        if drawing is not None:
            drawing.activate(layer)
            self.layer_taken.emit()
        self.refresh()

    def _change(self, layer: int, changes: dict[str, Any]) -> None:
        if self._canvas.is_stroking:
            self._waiting.append((layer, changes))
        else:
            self._do(lambda drawing: drawing.change_layer(layer, **changes))

    def _preview(self, layer: int, changes: dict[str, Any]) -> None:
        drawing = self._canvas.drawing()
        if drawing is not None and not self._canvas.is_stroking:
            self._canvas.refresh(drawing.preview_layer(layer, **changes))

    def _on_stroke_ended(self) -> None:
        waiting, self._waiting = self._waiting, []
        for layer, changes in waiting:
            self._change(layer, changes)
        drawing = self._canvas.drawing()
        if drawing is not None:
            self._mark_stale(drawing.active)

    # Small pictures are made one after another while the hand rests, and only where they are seen.

    def _mark_stale(self, *layers: int) -> None:
        drawing = self._canvas.drawing()
        if drawing is None:
            return
        fresh = layers or tuple(layer.id for layer in drawing.layers)
        self._stale = [*fresh, *(layer for layer in self._stale if layer not in fresh)]
        self._timer.start(THUMBNAIL_AFTER_MS)

    def _make_thumbnail(self) -> None:
        drawing = self._canvas.drawing()
        if drawing is None or not self._layers.isVisible():
            return
        if self._canvas.is_stroking:
            self._timer.start(THUMBNAIL_AFTER_MS)
            return
        there = {layer.id for layer in drawing.layers}
        self._stale = [layer for layer in self._stale if layer in there]
        if self._stale:
            layer = self._stale.pop(0)
            side = self._layers.thumbnail_size() * self._layers.devicePixelRatioF()
            self._layers.set_thumbnail(layer, small(drawing.layer_image(layer), side))
        if self._stale:
            self._timer.start(0)


def small(image: QImage, room: QSize) -> QImage:
    """An image fitted into a few pixels, quickly."""
    # Picking pixels costs nothing; only what is left is worth averaging.
    rough = image.scaled(room * 4, Qt.KeepAspectRatio, Qt.FastTransformation)
    return rough.scaled(room, Qt.KeepAspectRatio, Qt.SmoothTransformation)


def touched_layer(steps: Sequence[HistoryStep], index: int) -> int | None:
    """The layer that a step was about; None where it was about their order, or is gone with the step."""
    entry = steps[index].entry
    if isinstance(entry, Stroke):
        return entry.layer
    if entry.placed:
        return entry.placed[-1].layer
    for pair in filter(None, (entry.copied, entry.merged)):
        return pair[1]
    earlier = (step.entry.layers for step in reversed(steps[:index]) if isinstance(step.entry, Arrangement))
    before = next(earlier, (FIRST_LAYER,))
    return next((layer.id for layer in entry.layers if layer not in before), None)


def _travelled(drawing: Drawing, travel: Callable[[Drawing], QRect]) -> QRect:
    """Go back or forth in the history, and take the layer that it was about; the rectangle that changed.

    Going back takes the layer that was painted on when the step was made, and not the one of the step before.
    """
    before = drawing.position
    dirty = travel(drawing)
    steps, after = drawing.steps, drawing.position
    crossed = (after, after - 1) if after < before else (after - 1,) if after > before else ()
    there = {layer.id for layer in drawing.layers}
    touched = [touched_layer(steps, index) for index in crossed if index >= 0]
    if after < before:
        entry = steps[after].entry
        if isinstance(entry, Arrangement) and entry.merged:
            # Before it was merged, the upper of the two was in hand.
            touched.insert(0, entry.merged[0])
    layer = next((each for each in touched if each in there), None)
    if layer is not None:
        drawing.activate(layer)
    return dirty


def _active(drawing: Drawing) -> Layer:
    return drawing.layers[_position(drawing)]


def _position(drawing: Drawing) -> int:
    return next(at for at, layer in enumerate(drawing.layers) if layer.id == drawing.active)
