"""What the duel controller shows the pages, as data: how a rival is, and the two sides of a deal."""

from dataclasses import dataclass
from pathlib import Path

from PyQt5.QtGui import QColor, QImage

from app.desktop.widgets.qimage import to_image
from app.game.deck import Deal
from app.painting.brushes.palette import palette_of


@dataclass(frozen=True)
class RivalState:
    """What a rival is doing. `stage`: idle, waiting, working, finished, failed, stopped.

    `network` is the title of the network that it will use, or has used; "" while that is not known. `seconds` is how
    long its picture took, without the `loading_seconds` of its network.
    """

    name: str
    stage: str = "idle"
    network: str = ""
    step: int = 0
    steps: int = 0
    message: str = ""
    image: QImage | None = None
    seconds: float = 0.0
    loading_seconds: float = 0.0

    @property
    def is_busy(self) -> bool:
        """Whether a picture can still be expected without anybody doing anything."""
        return self.stage in ("waiting", "working")


@dataclass(frozen=True)
class DealtImages:
    """Both sides of a deal as the window shows them, and the painting's colours with their shares of it, 0..1."""

    deal: Deal
    content: QImage
    style: QImage
    colours: list[tuple[QColor, float]]


def show_deal(deal: Deal) -> DealtImages:
    """Make a deal's images, in the thread that read the pictures."""
    colours = [(QColor(*swatch.color), swatch.share) for swatch in palette_of(deal.style_picture)]
    return DealtImages(deal, to_image(deal.content_picture), to_image(deal.style_picture), colours)


@dataclass(frozen=True)
class Unfinished:
    """A drawing that can be gone on with: its journal, its deal's titles, and how far it is."""

    path: Path
    titles: str
    facts: str

    @property
    def sentence(self) -> str:
        """All that is to be said of it, in a line."""
        return f"{self.titles}: {self.facts}"
