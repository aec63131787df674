"""Which drawing stands on the easel, and where it is written down as it comes about. Only `window.py` calls this."""

from collections.abc import Mapping

from app.game.deck import Deal
from app.painting.brush import Brush
from app.painting.drawing import Drawing


def new_drawing(deal: Deal, side_px: int, brushes: Mapping[str, Brush]) -> Drawing:
    """An empty drawing of the photograph's aspect, its longer side `side_px`."""
    height, width = deal.content_picture.shape[:2]
    scale = side_px / max(height, width)
    return Drawing(max(64, round(width * scale)), max(64, round(height * scale)), brushes=brushes)
