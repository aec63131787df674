"""The layers beside the canvas: what each is like, and what can be asked for. It shows; `layering.py` does it."""

from collections.abc import Mapping, Sequence

from PyQt5.QtCore import QSize, pyqtSignal
from PyQt5.QtGui import QImage, QPixmap
from PyQt5.QtWidgets import QAction, QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.panels.layer_list import BLEND_WORDS, THUMBNAIL, LayerList, LayerModel
from app.desktop.widgets import theme
from app.desktop.widgets.controls import CaptionedSlider, Choice, command_tool, percent
from app.painting.model.layers import BLENDS, Layer

COMMANDS = ("layer_add", "layer_duplicate", "layer_merge", "layer_up", "layer_down", "layer_delete")


class LayersPanel(QWidget):
    """Lists layers, the topmost first.

    Signals, each with the layer's id: `activated(int)`; `changed(int, dict)` with what shall be different;
    `previewed(int, dict)` the same while it is only tried out; `moved(int, int)` with the position, 0 the lowest.
    """

    activated = pyqtSignal(int)
    changed = pyqtSignal(int, dict)
    previewed = pyqtSignal(int, dict)
    moved = pyqtSignal(int, int)

    def __init__(self, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self._active = -1
        self._model = LayerModel(self)
        self._model.renamed.connect(lambda layer, name: self.changed.emit(layer, {"name": name}))
        self.view = LayerList(self._model)
        self.view.chosen.connect(self._on_chosen)
        self.view.eye_clicked.connect(lambda layer: self._turn(layer, "is_visible"))
        self.view.lock_clicked.connect(lambda layer: self._turn(layer, "is_alpha_locked"))
        self.view.dropped.connect(self.moved)
        self.blend = Choice(
            [BLEND_WORDS[blend] for blend in BLENDS], "Blending", "How this layer's paint meets what lies beneath"
        )
        self.blend.activated.connect(lambda index: self.changed.emit(self._active, {"blend": BLENDS[index]}))
        self.opacity = CaptionedSlider(
            "Opacity",
            lowest=0.0,
            highest=1.0,
            shown=percent,
            explains="How much this layer covers",
            is_inline=True,
        )
        self.opacity.value_changed.connect(lambda share: self.previewed.emit(self._active, {"opacity": share}))
        self.opacity.settled.connect(lambda share: self.changed.emit(self._active, {"opacity": share}))
        how = QHBoxLayout()
        how.setSpacing(theme.TIGHT)
        how.addWidget(self.blend, 1)
        lock = command_tool(actions["layer_lock_alpha"], side_px=16)
        lock.setFixedSize(30, 28)
        how.addWidget(lock)
        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        for name in COMMANDS:
            if name == "layer_delete":
                buttons.addStretch(1)
            button = command_tool(actions[name], side_px=16)
            button.setFixedSize(30, 28)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(how)
        column.addWidget(self.opacity)
        column.addWidget(self.view, 1)
        column.addLayout(buttons)

    def show_layers(self, layers: Sequence[Layer], active: int) -> None:
        """Show these layers (the lowest first), of which the active one is marked."""
        self._active = active
        self._model.show_layers(layers)
        self.view.mark(active)
        found = self._model.find(active)
        self.setEnabled(found is not None)
        if found is not None:
            self.blend.setCurrentIndex(BLENDS.index(found.blend))
            self.opacity.set_value(found.opacity)

    @staticmethod
    def thumbnail_size() -> QSize:
        """The room for a small picture of a layer, in device-independent px."""
        return QSize(THUMBNAIL)

    def set_thumbnail(self, layer: int, image: QImage) -> None:
        """Show a small picture of a layer."""
        self._model.set_thumbnail(layer, QPixmap.fromImage(image))

    def thumbnail(self, layer: int) -> QPixmap | None:
        """The small picture that is shown of a layer."""
        return self._model.thumbnails.get(layer)

    def _on_chosen(self, layer: int) -> None:
        if layer != self._active:
            self.activated.emit(layer)

    def _turn(self, layer: int, what: str) -> None:
        found = self._model.find(layer)
        if found is not None:
            self.changed.emit(layer, {what: not getattr(found, what)})
