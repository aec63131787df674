"""The surface: the pixels that strokes are painted on, changed only within the rectangles that it reports.

A surface is paper with layers on it. What shows is composed anew wherever something changed. Drawings, the auto-painter
and replays call; a canvas shows `image()`.
"""

import contextlib
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QRect
from PyQt5.QtGui import QImage

from app.errors import PictureError
from app.images import Picture
from app.painting.brushes.brush import Brush, own_and_players
from app.painting.engine import stroke_renderer
from app.painting.engine.composite import LayerPixels, layer_pixels, merge, picture_of, place, placed_image
from app.painting.engine.dabs import PixelImage
from app.painting.engine.display import DisplayedImage
from app.painting.engine.tiles import (
    Grid,
    Part,
    Patch,
    Sheet,
    blank_sheet,
    clear_tiles,
    copy_tiles,
    differing,
    grid_shape,
    occupied,
    part_of,
    strips,
)
from app.painting.model.layers import FIRST_LAYER, Arrangement, Layer
from app.painting.model.stroke import Color, Points, Stroke


class Surface:
    """A rectangle of pixels to paint on, with one empty layer (0) at first.

    Strokes are in drawing pixels; the surface has `scale` of its own pixels for each. The `background` is the paper's
    colour; None is transparent. `brushes` are found by name, `recipes` by fingerprint, which comes first.
    """

    def __init__(
        self,
        width: int,
        height: int,
        background: Color | None = (255, 255, 255),
        *,
        brushes: Mapping[str, Brush] | None = None,
        recipes: Mapping[str, Brush] | None = None,
        scale: float = 1.0,
    ) -> None:
        if width < 1 or height < 1:
            raise ValueError("a surface needs at least one pixel")
        self.width, self.height, self.scale = width, height, scale
        self.background = background
        self.brushes = own_and_players() if brushes is None else brushes
        self.recipes: Mapping[str, Brush] = {} if recipes is None else recipes
        self._shape = grid_shape(width, height)
        self._layers: tuple[Layer, ...] = (FIRST_LAYER,)
        self._sheets: dict[int, Sheet] = {FIRST_LAYER.id: blank_sheet(self._shape)}  # all finished strokes
        self._wet = blank_sheet(self._shape)  # one layer, and the stroke in hand
        self._wet_layer = FIRST_LAYER.id
        self._buffer = blank_sheet(self._shape)  # the stroke in hand alone, at full opacity
        self._touched = np.zeros(self._shape, dtype=bool)  # tiles that the stroke in hand changed
        self._showing = DisplayedImage(width, height, background)
        self._films_of: tuple[tuple[Layer, ...], int] | None = None  # the layers, and the wet one, that they show
        self._kept_films: list[LayerPixels] = []
        self._hand: stroke_renderer.StrokeRenderer | None = None
        self.patch: Patch | None = None
        """What the last entry covered: swapping it takes that back. None before the first."""
        self._showing.compose([self.rect], self._films())

    @property
    def rect(self) -> QRect:
        """The whole surface."""
        return QRect(0, 0, self.width, self.height)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """As they lie now, the lowest first."""
        return self._layers

    @property
    def nbytes(self) -> int:
        """How much memory the pixels take at most."""
        return self._buffer.nbytes * (len(self._layers) + 3)

    def image(self) -> QImage:
        """What shows, the stroke in hand and the tracing included: ARGB32_Premultiplied, live, not a copy."""
        return self._showing.image

    def layer_image(self, layer: int) -> QImage:
        """One layer alone, the stroke in hand included: ARGB32_Premultiplied, live. Raises PictureError."""
        self._layer(layer)
        return PixelImage(self._sheet_shown(layer)[: self.height], self.width)

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """What shows, live, as uint8 [H, W, 4] in the order blue, green, red, alpha; premultiplied."""
        return self._showing.sheet.view(np.uint8).reshape(*self._wet.shape, 4)[: self.height, : self.width]

    def picture(self) -> Picture:
        """A copy of what shows without the tracing: float32 RGB [H, W, 3] in 0..1; transparency over white."""
        return picture_of(self._composite_pixels())

    def copied(self) -> NDArray[np.uint8]:
        """A copy of what shows without the tracing, as `pixels`; much quicker had than the `picture_of` it."""
        return self._composite_pixels().copy()

    def set_tracing(self, image: QImage | None, opacity: float) -> None:
        """Show an image between paper and layers, stretched over the surface; None: none any more.

        It shows in `image()` alone. All of it is to be repainted.
        """
        self._showing.trace(image, opacity)
        self._showing.compose([self.rect], self._films())

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """Within this, changes are not shown as they come, which is quicker; at its end all are."""
        showing = self._showing
        if showing.is_waiting:
            yield
            return
        showing.is_waiting = True
        try:
            yield
        finally:
            showing.is_waiting = False
            self._refresh()

    # -- strokes

    @property
    def has_stroke_in_hand(self) -> bool:
        """Whether a stroke has begun and not ended."""
        return self._hand is not None

    def brush_of(self, head: Stroke) -> Brush | None:
        """The brush of a stroke, by its recipe, else by its name; None where there is none."""
        return self.recipes.get(head.recipe) or self.brushes.get(head.brush)

    def begin_stroke(self, head: Stroke) -> None:
        """Begin a stroke; its head's points, if any, are not painted.

        Raises:
            PictureError: the brush or the layer is not there.
        """
        self.abandon_stroke()
        layer, brush = self._layer(head.layer), self.brush_of(head)
        if brush is None and head.mode != "fill":
            raise PictureError(f'The brush "{head.brush}" is not there.')
        if self._wet_layer != layer.id:
            np.copyto(self._wet, self._sheets[layer.id])
            self._wet_layer = layer.id
        ground = stroke_renderer.Ground(
            layer=self._sheets[layer.id],
            wet=self._wet,
            buffer=self._buffer,
            touched=self._touched,
            width=self.width,
            height=self.height,
            scale=self.scale,
            is_alpha_locked=layer.is_alpha_locked,
            composite=lambda: self._composite()[:, : self.width],
        )
        self._hand = stroke_renderer.begin(brush, head, ground)

    def extend(self, points: Points) -> QRect:
        """Paint on through more points, float32 [N, 6]; the rectangle that changed."""
        return self._show(self._in_hand().extend(points))

    def end_stroke(self) -> QRect:
        """Paint the stroke's end and make it part of its layer; the rectangle that still changed."""
        dirty = self._show(self._in_hand().finish())
        layer = self._sheets[self._wet_layer]
        changed = differing(layer, self._wet, self._touched)
        self.patch = Patch(self._layers, (part_of(self._wet_layer, layer, changed),))
        copy_tiles(self._wet, layer, changed)
        self._put_down()
        return dirty

    def abandon_stroke(self) -> QRect:
        """Take the stroke in hand back, if there is one; the rectangle that changed."""
        if self._hand is None:
            return QRect()
        copy_tiles(self._sheets[self._wet_layer], self._wet, self._touched)
        self._showing.mark(self._touched)
        self._put_down()
        return self._refresh()

    def apply(self, entry: Stroke | Arrangement) -> QRect:
        """Paint a whole stroke, clear a layer, or arrange the layers; the rectangle that changed.

        Raises:
            PictureError: a brush, a layer or a placed picture is not there or cannot be read. Nothing has changed.
        """
        if isinstance(entry, Arrangement):
            return self.arrange(entry)
        if entry.mode == "clear":
            return self.clear(entry.layer)
        self.begin_stroke(entry)
        dirty = self.extend(entry.points)
        return dirty.united(self.end_stroke())

    def do_nothing(self) -> QRect:
        """Take a step that changes nothing, for what cannot be painted; an empty rectangle."""
        self.patch = Patch(self._layers)
        return QRect()

    def clear(self, layer: int = 0) -> QRect:
        """Empty a layer; the rectangle that changed. Raises PictureError."""
        self.abandon_stroke()
        self._layer(layer)
        sheet = self._sheets[layer]
        painted = occupied(sheet)
        self.patch = Patch(self._layers, (part_of(layer, sheet, painted),))
        clear_tiles(sheet, painted)
        self._dry({layer})
        self._showing.mark(painted)
        return self._refresh()

    # -- layers

    def show_layers(self, layers: tuple[Layer, ...]) -> QRect:
        """Show the same layers in another order or manner; the rectangle that changed."""
        if {layer.id for layer in layers} != self._sheets.keys():
            raise ValueError("not the same layers")
        self._showing.mark(self._differing(self._layers, layers))
        self._layers = layers
        return self._refresh()

    def arrange(self, arrangement: Arrangement) -> QRect:
        """Let the layers lie as the arrangement says; the rectangle that changed.

        Raises:
            PictureError: its picture cannot be read. Nothing has changed.
        """
        pictures = [(placed, placed_image(placed)) for placed in arrangement.placed]
        self.abandon_stroke()
        before, after = self._layers, arrangement.layers
        parts, gone = [], {layer.id for layer in before} - {layer.id for layer in after}
        self._add_sheets(after)
        had = {layer.id for layer in before}
        if arrangement.merged is not None and had.issuperset(arrangement.merged):
            parts.append(self._merge(*arrangement.merged))
        if arrangement.copied is not None and arrangement.copied[0] in had and arrangement.copied[1] not in had:
            source, target = arrangement.copied
            np.copyto(self._sheets[target], self._sheets[source])
        for placed, image in pictures:
            if placed.layer not in had:
                place(self._sheets[placed.layer], self.width, placed, image, self.scale)
        for layer_id in gone:
            sheet = self._sheets.pop(layer_id)
            parts.append(part_of(layer_id, sheet, occupied(sheet)))
        for layer in after:
            if layer.id not in had:
                self._showing.mark(occupied(self._sheets[layer.id]))
        for part in parts:
            self._showing.mark(part.grid(self._shape))
        self._layers = after
        self._showing.mark(self._differing(before, after))
        self._dry(gone | {part.layer for part in parts})
        self.patch = Patch(before, tuple(parts))
        return self._refresh()

    def swap(self, patch: Patch) -> tuple[Patch, QRect]:
        """Go to the time of a patch; the patch that goes back, and the rectangle that changed."""
        self.abandon_stroke()
        before, had = self._layers, set(self._sheets)
        parts = []
        for layer_id in had - {layer.id for layer in patch.layers}:
            sheet = self._sheets.pop(layer_id)
            parts.append(part_of(layer_id, sheet, occupied(sheet)))
            self._dry({layer_id})
        self._add_sheets(patch.layers)
        for part in patch.parts:
            chosen = part.grid(self._shape)
            if part.layer in had:
                parts.append(part_of(part.layer, self._sheets[part.layer], chosen))
            part.put_on(self._sheets[part.layer])
            if part.layer == self._wet_layer:
                part.put_on(self._wet)
            self._showing.mark(chosen)
        for part in parts:
            self._showing.mark(part.grid(self._shape))
        self._layers = patch.layers
        self._showing.mark(self._differing(before, patch.layers))
        return Patch(before, tuple(parts)), self._refresh()

    def snapshot(self) -> Patch:
        """All layers as they are without the stroke in hand; `restore` makes them so again."""
        parts = (part_of(layer, sheet, occupied(sheet)) for layer, sheet in self._sheets.items())
        return Patch(self._layers, tuple(parts))

    def restore(self, snapshot: Patch) -> QRect:
        """Make everything as it was at a snapshot; the rectangle that changed."""
        self.abandon_stroke()
        wanted = {layer.id for layer in snapshot.layers}
        for layer_id, sheet in list(self._sheets.items()):
            painted = occupied(sheet)
            self._showing.mark(painted)
            if layer_id in wanted:
                clear_tiles(sheet, painted)
            else:
                del self._sheets[layer_id]
        self._add_sheets(snapshot.layers)
        for part in snapshot.parts:
            part.put_on(self._sheets[part.layer])
            self._showing.mark(part.grid(self._shape))
        self._layers, self._wet_layer = snapshot.layers, -1
        return self._refresh()

    def reset(self) -> QRect:
        """Make everything as in a new surface; the rectangle that changed."""
        return self.restore(Patch((FIRST_LAYER,)))

    # -- within

    def _layer(self, layer: int) -> Layer:
        for found in self._layers:
            if found.id == layer:
                return found
        raise PictureError("The layer of this stroke is not there any more.")

    def _add_sheets(self, layers: tuple[Layer, ...]) -> None:
        for layer in layers:
            if layer.id not in self._sheets:
                self._sheets[layer.id] = blank_sheet(self._shape)

    def _in_hand(self) -> stroke_renderer.StrokeRenderer:
        if self._hand is None:
            raise ValueError("no stroke has begun")
        return self._hand

    def _put_down(self) -> None:
        clear_tiles(self._buffer, self._touched)
        self._touched[:] = False
        self._hand = None

    def _dry(self, layers: set[int]) -> None:
        """Have the wet copy made anew when a stroke begins on one of these layers."""
        if self._wet_layer in layers:
            self._wet_layer = -1

    def _sheet_shown(self, layer: int) -> Sheet:
        return self._wet if layer == self._wet_layer else self._sheets[layer]

    def _merge(self, upper: int, lower: int) -> Part:
        """Paint one layer onto another as they show; what the lower one looked like."""
        above, below = self._layer(upper), self._layer(lower)
        painted = occupied(self._sheets[upper])
        if below.opacity < 1:
            painted |= occupied(self._sheets[lower])
        part = part_of(lower, self._sheets[lower], painted)
        merge((above, self._sheets[upper]), (below, self._sheets[lower]), strips(painted), self.width)
        return part

    def _differing(self, before: tuple[Layer, ...], after: tuple[Layer, ...]) -> Grid:
        """The tiles that look different because layers that are there still, or again, lie or show otherwise."""
        stale = np.zeros(self._shape, dtype=bool)
        if before == after:
            return stale
        was, now = ({layer.id: layer for layer in layers} for layers in (before, after))
        stayed = [[layer.id for layer in layers if layer.id in was and layer.id in now] for layers in (before, after)]
        for old_id, new_id in zip(*stayed, strict=True):
            old, new = was[new_id], now[new_id]
            is_same = (old.opacity, old.blend, old.is_visible) == (new.opacity, new.blend, new.is_visible)
            if not (old_id == new_id and is_same):
                stale |= occupied(self._sheets[new_id])
        return stale

    def _films(self) -> list[LayerPixels]:
        made_for = (self._layers, self._wet_layer)
        if made_for != self._films_of:
            self._films_of = made_for
            self._kept_films = [
                layer_pixels(layer, self._sheet_shown(layer.id), self.width)
                for layer in self._layers
                if layer.is_visible and layer.opacity > 0
            ]
        return self._kept_films

    def _show(self, change: stroke_renderer.SurfaceChange) -> QRect:
        self._showing.compose(change.areas, self._films())
        return change.rect

    def _refresh(self) -> QRect:
        """Compose what is stale, now or when all changes are in; the rectangle around it."""
        return self._showing.refresh(self._films())

    def _composite_pixels(self) -> NDArray[np.uint8]:
        return self._composite().view(np.uint8).reshape(self.height, -1, 4)[:, : self.width]

    def _composite(self) -> Sheet:
        """All that shows without the tracing, uint32 [H, at least W]; not to be changed."""
        return self._showing.composite(self._films())
