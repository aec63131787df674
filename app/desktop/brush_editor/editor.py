"""The page on which a brush is edited, tried, and saved as one of the player's own."""

import dataclasses
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from PyQt5.QtCore import QSize, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QKeySequence, QResizeEvent, QShowEvent
from PyQt5.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QShortcut,
    QVBoxLayout,
    QWidget,
)

from app import places
from app.desktop.brush_editor.brush_form import BrushForm
from app.desktop.brush_editor.brush_preview import LIGHT, StrokePreview, bands
from app.desktop.brush_editor.texture_chooser import TextureChooser
from app.desktop.canvas.canvas import Canvas
from app.desktop.canvas.tool_state import SMUDGE_BRUSH, Hand
from app.desktop.widgets import theme
from app.desktop.widgets.controls import frame
from app.desktop.widgets.message_bar import ask
from app.desktop.widgets.status_label import StatusLabel
from app.errors import PasticheError
from app.painting.brushes.brush import Brush, brush_with, load_brush, settings
from app.painting.brushes.texture import Texture
from app.painting.brushes.user_brushes import delete_brush, save_brush
from app.painting.document.drawing import Drawing

EDITED = "brush-being-edited"
"""The name of the brush on the page among the others, so that its stamps are kept apart from theirs."""

FORM_PX = 440


class BrushEditor(QDialog):
    """Changes a copy of a brush; nobody else's brush is touched before it is saved. May be shown or executed.

    Signals: `saved(str)` with the name of the player's brush that was written, and `deleted(str)` with that of one
    that was removed. The brushes must then be read anew (`own_and_players`).
    """

    saved = pyqtSignal(str)
    deleted = pyqtSignal(str)

    def __init__(
        self,
        brushes: Mapping[str, Brush],
        brush: str,
        hand_color: QColor,
        parent: QWidget | None,
        *,
        is_smudge: bool = False,
    ) -> None:
        """`brush` is the name of one of `brushes`, `is_smudge` whether it is held to smudge.

        Raises KeyError for another name.
        """
        super().__init__(parent)
        self.setWindowTitle("Edit the brush")
        self.setWindowFlag(Qt.WindowContextHelpButtonHint, False)
        self._brushes = dict(brushes)
        self._color = QColor(hand_color)
        self._is_smudge = is_smudge or brush == SMUDGE_BRUSH
        self._base = self._edited = self._brushes[brush]
        self.form = BrushForm(settings())
        self.form.changed.connect(lambda _name: self._on_changed())
        self.textures = TextureChooser(each for name, each in self._brushes.items())
        self.textures.chosen.connect(self._on_texture)
        self.textures.refused.connect(lambda sentence: self._says.tell(sentence, "bad"))
        self.form.add_above(theme.label("Texture", "overline"), self.textures)
        self.form.setFixedWidth(FORM_PX)
        self.preview = StrokePreview()
        self.paper = TryPaper(self._brushes, self._color)
        self._origin = theme.label(role="quiet")
        self._says = StatusLabel()

        right = QVBoxLayout()
        right.setSpacing(theme.SMALL)
        right.addWidget(self.preview)
        right.addLayout(self._make_try_line())
        right.addWidget(self.paper, 1)
        middle = QHBoxLayout()
        middle.setSpacing(theme.GAP)
        middle.addWidget(self.form)
        middle.addLayout(right, 1)
        head = QHBoxLayout()
        head.addWidget(theme.label("Edit the brush", "title"))
        head.addSpacing(theme.SMALL)
        head.addWidget(self._origin, 0, Qt.AlignBottom)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(middle, 1)
        column.addWidget(frame("rule"))
        column.addWidget(self._says)
        column.addLayout(self._make_foot())
        self.setMinimumSize(840, 470)
        room = self.screen().availableSize() if self.screen() is not None else QSize(1366, 768)
        self.resize(QSize(1120, 720).boundedTo(room * 0.94))
        self.edit(brush)
        # What one does first; the first button would else look pressed.
        self.paper.canvas.setFocus()

    def _make_try_line(self) -> QHBoxLayout:
        clean = QPushButton("Clean paper")
        clean.setProperty("kind", "ghost")
        clean.setAutoDefault(False)
        clean.clicked.connect(self.paper.clean)
        undo = QShortcut(QKeySequence.Undo, self)
        undo.activated.connect(self.paper.undo)
        line = QHBoxLayout()
        line.addWidget(theme.label("Try it", "overline"))
        line.addStretch(1)
        line.addWidget(clean)
        return line

    def _make_foot(self) -> QHBoxLayout:
        self.title = QLineEdit()
        self.title.setAccessibleName("Name of your brush")
        self.title.setPlaceholderText("Name of your brush")
        self.title.setMaxLength(60)
        self.title.setFixedWidth(190)
        self.title.returnPressed.connect(self.save)
        self._save = QPushButton("Save as my brush")
        self._save.setProperty("kind", "primary")
        self._save.clicked.connect(self.save)
        self._again = QPushButton("Start again")
        self._again.setToolTip("Put every setting back to how the brush came")
        self._again.clicked.connect(self.start_again)
        self._delete = QPushButton("Delete…")
        self._delete.setToolTip("Remove this brush of yours; drawings that used it keep it")
        self._delete.clicked.connect(self.delete)
        close = QPushButton("Close")
        close.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(theme.SMALL)
        foot.addWidget(self._again)
        foot.addWidget(self._delete)
        foot.addStretch(1)
        for widget in (self.title, self._save, close):
            foot.addWidget(widget)
        for button in (self._again, self._delete, self._save, close):
            # Enter in a number's box must save nothing.
            button.setAutoDefault(False)
        return foot

    # What is edited

    def edit(self, name: str) -> None:
        """Begin with another brush; what was not saved is gone. Raises KeyError where there is none of that name."""
        self._base = self._brushes[name]
        is_own = self.is_own()
        self._origin.setText(self._base.title if is_own else f"begun from {self._base.title}")
        self.title.setText(self._base.title if is_own else f"My {self._base.title.lower()}")
        self._delete.setVisible(is_own)
        self.start_again()

    def is_own(self) -> bool:
        """Whether the brush that it began with is one of the player's, which may be replaced and deleted."""
        return _file_of(self._base.name).is_file()

    def brush(self) -> Brush:
        """The brush as it is edited now."""
        return self._edited

    def is_changed(self) -> bool:
        """Whether it differs from the brush that it began with."""
        is_other = any(value != getattr(self._base, name) for name, value in self.form.values().items())
        return is_other or self._texture().png != self._base.texture.png

    def start_again(self) -> None:
        """Put every setting and the texture back to how the brush came."""
        self.form.set_values({setting.name: getattr(self._base, setting.name) for setting in settings()})
        self.textures.choose(self._base.texture, self._base.title)
        self._says.tell("")
        self._on_changed()

    def _texture(self) -> Texture:
        return self.textures.texture() or self._base.texture

    def _on_texture(self, _texture: Texture) -> None:
        self._says.tell("")
        self._on_changed()

    def _on_changed(self) -> None:
        edited = brush_with(self._base, name=EDITED, **self.form.values())
        edited = dataclasses.replace(edited, texture=self._texture())
        if edited.grain > 0 and edited.paper_png is None:
            # On smooth paper the setting would do nothing.
            rough = next((each for each in self._brushes.values() if each.paper_png is not None), edited)
            edited = dataclasses.replace(edited, paper=rough.paper, paper_png=rough.paper_png)
        self._edited = edited
        self.form.mark_changed({setting.name: getattr(self._base, setting.name) for setting in settings()})
        self._again.setEnabled(self.is_changed())
        shown = {**self._brushes, EDITED: edited}
        self.preview.show_brush(edited, shown, self._color, mode="smudge" if self._is_smudge else "paint")
        self.paper.take(edited, is_smudge=self._is_smudge)

    # Keeping and removing

    def save(self) -> None:
        """Save it under the name in the box; one of ours is never replaced, one of the player's after asking."""
        title = self.title.text().strip()
        if not title:
            self._says.tell("Give your brush a name first.", "bad")
            self.title.setFocus()
            return
        name = name_for(title)
        is_there = _file_of(name).is_file()
        if is_there and not ask(
            self,
            f"Replace your brush “{title}”?",
            explains="The brush of that name is gone then. Drawings that used it keep it.",
            yes="Replace it",
            no="Leave it",
        ):
            return
        try:
            self._brushes[name] = load_brush(save_brush(places.own_brushes(), name, title, self._edited, {}))
        except PasticheError as error:
            self._says.tell(str(error), "bad")
            return
        self.edit(name)
        self._says.tell(f"“{title}” is among your brushes now.", "good")
        self.saved.emit(name)

    def delete(self) -> None:
        """Remove the player's brush that it began with, after asking."""
        name, title = self._base.name, self._base.title
        if not self.is_own() or not ask(
            self,
            f"Delete your brush “{title}”?",
            explains="It cannot be brought back. Drawings that used it keep it.",
            yes="Delete it",
            no="Keep it",
        ):
            return
        try:
            delete_brush(places.own_brushes(), name)
        except PasticheError as error:
            self._says.tell(str(error), "bad")
            return
        # What is on the page can be saved again under any name, and nothing is to be asked on leaving.
        self.deleted.emit(name)
        super().reject()

    def reject(self) -> None:
        """Close, after asking where something would be lost."""
        if self.is_changed() and not ask(
            self,
            "Close without saving this brush?",
            explains="The settings that you changed are gone then.",
            yes="Close it",
            no="Go on editing",
        ):
            return
        super().reject()

    def done(self, result: int) -> None:
        """Close, for good: a parent would else keep its papers as long as itself."""
        super().done(result)
        if self.parent() is not None:
            self.deleteLater()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # In a low window the paper to try it on needs the room more.
        self.preview.setFixedHeight(min(max(round(0.29 * self.height()), 132), 204))

    def told(self) -> str:
        """The sentence last told; "" for none."""
        return self._says.told()


class TryPaper(QFrame):
    """A paper to try a brush on with mouse or pen; nothing on it is kept."""

    def __init__(self, brushes: Mapping[str, Brush], color: QColor) -> None:
        super().__init__()
        self._brushes = dict(brushes)
        self._hand = Hand(brush=EDITED, color=QColor(color))
        self._laid = 0  # strokes that were there before the person's
        self.canvas = Canvas(self._hand)
        self.canvas.setMinimumHeight(120)
        self.canvas.setAccessibleName("Paper to try the brush on")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.canvas)

    def take(self, brush: Brush, *, is_smudge: bool = False) -> None:
        """Paint with this brush from now on; what is there stays."""
        self.canvas.finish_stroke()
        self._brushes[EDITED] = brush
        self._hand.tool = "smudge" if is_smudge else "brush"
        self._hand.brush = self._hand.smudge.brush = EDITED
        self._hand.size_px = self._hand.smudge.size_px = brush.size_px
        self._hand.opacity = self._hand.smudge.opacity = brush.opacity
        self.canvas.tool_changed()

    def drawing(self) -> Drawing | None:
        """What was painted on it; None before it was shown."""
        return self.canvas.drawing()

    def clean(self) -> None:
        """Take a clean paper, as large as there is room for; with some paint on it for a brush that mixes it."""
        self.canvas.finish_stroke()
        before = self.canvas.drawing()
        if before is not None:
            before.close()
        ratio = self.devicePixelRatioF()
        width, height = max(16, round(self.width() * ratio)), max(16, round(self.height() * ratio))
        drawing = Drawing(width, height, brushes=self._brushes, background=LIGHT)
        if self._hand.tool == "smudge" or self._brushes[EDITED].wetness > 0:
            for band in bands(self._brushes, width, height):
                drawing.apply(band)
        self._laid = len(drawing.strokes)
        self.canvas.set_drawing(drawing)
        self.canvas.show_actual_size()

    def undo(self) -> None:
        """Take the last stroke back."""
        drawing = self.canvas.drawing()
        self.canvas.finish_stroke()
        if drawing is not None and len(drawing.strokes) > self._laid:
            self.canvas.refresh(drawing.undo())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.canvas.drawing() is None:
            self.clean()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        drawing = self.canvas.drawing()
        if drawing is not None and len(drawing.strokes) == self._laid:
            self.clean()


def name_for(title: str) -> str:
    """The file name for a brush of that title: small letters, digits and hyphens; always the same for a title."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64].strip("-")
    # A title without a Latin letter.
    return name or f"brush-{hashlib.sha256(title.encode()).hexdigest()[:12]}"


def _file_of(name: str) -> Path:
    return places.own_brushes() / f"{name}.json"
