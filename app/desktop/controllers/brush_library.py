"""The brush box: the brushes there are, those made for the painting, and editing them."""

from collections.abc import Mapping, Sequence

from PyQt5.QtCore import QObject, QTimer, pyqtSignal
from PyQt5.QtWidgets import QWidget

from app.desktop.app_state.background import Errands
from app.desktop.canvas.tool_state import Hand
from app.game.deck import Deal
from app.painting.brushes.brush import Brush, forget_read_brushes, own_and_players

# Who deals again and again must not wait for the brushes of paintings that were not played.
KIT_AFTER_MS = 700


class BrushLibrary(QObject):
    """Reads brushes and makes a deal's kit in the background.

    Signals: `brushes_read(Mapping)`; `kit_made(Sequence)` of brushes for the deal asked for last;
    `told(sentence, tone)`.
    """

    brushes_read = pyqtSignal(object)
    kit_made = pyqtSignal(object)
    told = pyqtSignal(str, str)

    def __init__(self, window: QWidget, errands: Errands) -> None:
        super().__init__(window)
        self._window, self._errands = window, errands
        self.brushes: Mapping[str, Brush] | None = None
        self._deal: Deal | None = None
        self._side_px = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._make_kit)

    def read(self) -> None:
        """Read our brushes and the player's; `brushes_read` tells."""

        def then(brushes: Mapping[str, Brush]) -> None:
            self.brushes = brushes
            self.brushes_read.emit(brushes)
            if not self._timer.isActive():
                self._make_kit()

        self._errands.send(own_and_players, then, self._tell_bad, leaves_nothing=True)

    def use_deal(self, deal: Deal, side_px: int) -> None:
        """Make the brushes of a deal's painting for a canvas of that longer side, soon; `kit_made` tells."""
        self._deal, self._side_px = deal, side_px
        self.kit_made.emit(())
        self._timer.start(KIT_AFTER_MS)

    def hurry(self) -> None:
        """Make them now, if they are still to be made: somebody is going to paint."""
        if self._timer.isActive():
            self._timer.stop()
            self._make_kit()

    def edit(self, hand: Hand, brushes: Mapping[str, Brush]) -> None:
        """Show the page on which a brush is edited, beginning with the one in hand; what is saved is taken in hand."""
        from app.desktop.brush_editor.editor import BrushEditor

        name = hand.grip().brush
        if name not in brushes:
            return
        editor = BrushEditor(brushes, name, hand.color, self._window, is_smudge=hand.tool == "smudge")
        editor.saved.connect(lambda saved: self._on_edited(hand, saved))
        editor.deleted.connect(lambda _deleted: self._on_edited(hand, ""))
        editor.exec_()

    def _on_edited(self, hand: Hand, name: str) -> None:
        forget_read_brushes()
        if name:
            hand.grip().brush = name
        self.read()

    def _make_kit(self) -> None:
        deal, brushes, side_px = self._deal, self.brushes, self._side_px
        if deal is None or brushes is None:
            return

        def make() -> Sequence[Brush]:
            from app.painting.brushes.style_brushes import kit_of

            return kit_of(deal.style_picture, brushes, side_px).brushes

        def then(kit: Sequence[Brush]) -> None:
            if deal is self._deal:
                self.kit_made.emit(kit)

        self._errands.send(make, then, self._tell_bad, leaves_nothing=True)

    def _tell_bad(self, sentence: str) -> None:
        self.told.emit(sentence, "bad")
