"""The stack: which layers a drawing has, and which of them is painted on."""

from app.errors import PictureError
from app.painting.model.layers import FIRST_LAYER, Layer


class Stack:
    """The layers as they lie, the lowest first, one of them active.

    Attributes:
        layers: as they lie.
        active: the id of the layer that is painted on next.
        next_id: an id that no layer has or ever had.
    """

    def __init__(self) -> None:
        self.layers: tuple[Layer, ...] = (FIRST_LAYER,)
        self.active = FIRST_LAYER.id
        self.next_id = FIRST_LAYER.id + 1

    def take(self, layers: tuple[Layer, ...]) -> bool:
        """Let the layers lie so; whether they did not. Where the active one is gone, one beside it becomes active."""
        before, self.layers = self.layers, layers
        self.next_id = max(self.next_id, *(layer.id + 1 for layer in layers))
        if not self.has(self.active):
            # The next one beneath it, or above where there is none.
            ids = [layer.id for layer in before]
            at = ids.index(self.active) if self.active in ids else len(ids)
            self.active = next(filter(self.has, (*reversed(ids[:at]), *ids[at + 1 :])), layers[-1].id)
        return layers is not before

    def activate(self, layer: int) -> None:
        """Paint on this layer from now on. Raises PictureError."""
        self.index(layer)
        self.active = layer

    def has(self, layer: int) -> bool:
        """Whether there is a layer of this id."""
        return any(each.id == layer for each in self.layers)

    def index(self, layer: int) -> int:
        """Where a layer lies, 0 the lowest. Raises PictureError."""
        for index, found in enumerate(self.layers):
            if found.id == layer:
                return index
        raise PictureError("The layer is not there any more.")

    def find(self, layer: int) -> Layer:
        """A layer by its id. Raises PictureError."""
        return self.layers[self.index(layer)]
