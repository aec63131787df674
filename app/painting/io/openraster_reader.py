"""Reading OpenRaster files, other programs' too: what can be had of them here, and what cannot."""

import math
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QRect, Qt
from PyQt5.QtGui import QImage, QPainter

from app.errors import PictureError
from app.images import MAX_FILE_BYTES, MAX_PIXELS, from_png, png_size, why
from app.painting.document.drawing import MAX_SIDE_PX
from app.painting.engine.composite import MODES
from app.painting.io.openraster_writer import MIMETYPE, OPS, straight
from app.painting.model.layers import MAX_LAYERS, MAX_NAME_LENGTH, Blend, Layer

MAX_STACK_BYTES = 4 * 2**20
MAX_DEPTH = 32
MAX_ENTRIES = 4096
# All layers unpacked at once: 1 GiB.
MAX_ALL_PIXELS = 256 * 2**20

_MEASURES = {"w": "width", "h": "height", "x": "place", "y": "place"}
_BLENDS: dict[str, Blend] = {op: blend for blend, op in OPS.items()} | {"": "normal"}


@dataclass(frozen=True, eq=False)
class OraLayer:
    """One layer of a file that was read.

    Attributes:
        layer: its name, opacity, blend and so on; the ids go up from 0, the lowest first.
        pixels: uint8 [h, w, 4], RGB not multiplied by alpha.
        left, top: where its first pixel lies on the canvas, in px; it may lie partly outside.
    """

    layer: Layer
    pixels: NDArray[np.uint8]
    left: int
    top: int


@dataclass(frozen=True, eq=False)
class OraPicture:
    """What was in a file.

    Attributes:
        width, height: of the canvas, in px.
        layers: 1 to 32, the lowest first; a white lowest layer over all of the canvas is the paper, and left out.
        active: the index of the layer that was in hand.
        remarks: one sentence for each thing that is not here as it was there.
    """

    width: int
    height: int
    layers: tuple[OraLayer, ...]
    active: int = 0
    remarks: tuple[str, ...] = ()


@dataclass
class _Element:
    """An element of stack.xml."""

    tag: str
    facts: Mapping[str, str]
    inside: list["_Element"] = field(default_factory=list)


class _UnfitError(PictureError):
    """Why a file, or one layer of it, cannot be read, to follow its name and "cannot be read: "."""


class _TooMuchError(_UnfitError):
    """Why the whole of a file cannot be read, wherever that was met."""


def read_ora(path: Path) -> OraPicture:
    """Read a file of layers.

    Nested stacks are laid flat: a stack that only gathers becomes its layers, one with an opacity or blend of its own
    becomes one layer, which looks the same. A blend that is not known here becomes a normal one, and a layer that is
    damaged is left out; both are remarked.

    Raises:
        PictureError: no such file, not OpenRaster, damaged, or larger than can be opened.
    """
    name = path.name
    try:
        size_bytes = path.stat().st_size
        if not path.is_file():
            raise _UnfitError("it is not a file")
        if size_bytes > MAX_FILE_BYTES:
            raise _UnfitError(f"it has {size_bytes / 2**20:.0f} MB, at most 512 MB can be read")
        with zipfile.ZipFile(path) as archive:
            return _Reader(archive).read()
    except FileNotFoundError:
        raise PictureError(f"There is no drawing at {path}.") from None
    except zipfile.BadZipFile:
        raise PictureError(f"{name} is not an OpenRaster drawing, or it is damaged.") from None
    except PictureError as error:
        raise PictureError(f"{name} cannot be read: {error}.") from None
    except MemoryError:
        raise PictureError(f"{name} does not fit into memory.") from None
    except (OSError, ValueError, NotImplementedError) as error:
        # The list of an archive's files may be damaged in many ways.
        reason = why(error) if isinstance(error, OSError) else "it is damaged"
        raise PictureError(f"{name} cannot be read: {reason}.") from None


class _Reader:
    """Reads one archive."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._remarks: list[str] = []
        self._unknown: dict[str, list[str]] = {}
        self._pixels_left = MAX_ALL_PIXELS
        self._lost: list[PictureError] = []

    def read(self) -> OraPicture:
        """Everything that is in it."""
        if len(self._archive.namelist()) > MAX_ENTRIES:
            raise _UnfitError("it holds too many files")
        if self._unpack("mimetype", 100).strip() != MIMETYPE:
            raise _UnfitError("it is not an OpenRaster drawing")
        image = _parsed(self._unpack("stack.xml", MAX_STACK_BYTES))
        stack = next((each for each in image.inside if each.tag == "stack"), None)
        if image.tag != "image" or stack is None:
            raise _UnfitError("its list of layers is damaged")
        self._width, self._height = _whole(image.facts, "w"), _whole(image.facts, "h")
        if not (1 <= self._width <= MAX_SIDE_PX and 1 <= self._height <= MAX_SIDE_PX):
            raise _UnfitError(f"it has {self._width} x {self._height} pixels, 1 to {MAX_SIDE_PX} a side can be opened")
        count = _count_of_layers(stack)
        if count > 2 * MAX_LAYERS:
            raise _UnfitError(f"it has {count} layers, at most {MAX_LAYERS} can be opened")
        found = self._of_stack(stack, _whole(stack.facts, "x", 0), _whole(stack.facts, "y", 0))
        if len(found) > 1 and "mypaint:background-tile" in stack.inside[-1].facts and self._is_paper(found[1][0]):
            # The ground without end that MyPaint puts beneath every drawing, here hidden by the paper.
            found = found[1:]
        if len(found) > 1 and self._is_paper(found[0][0]):
            found = found[1:]
        if len(found) > MAX_LAYERS:
            raise _UnfitError(f"it has {len(found)} layers, at most {MAX_LAYERS} can be opened")
        if not found:
            raise self._lost[0] if self._lost else _UnfitError("there is no layer in it")
        layers = tuple(replace(each, layer=replace(each.layer, id=number)) for number, (each, _) in enumerate(found))
        active = next((number for number, (_, is_active) in enumerate(found) if is_active), len(found) - 1)
        blends = [_of_blend(op, names) for op, names in self._unknown.items()]
        return OraPicture(self._width, self._height, layers, active, (*blends, *self._remarks))

    def _of_stack(self, stack: _Element, x: int, y: int) -> list[tuple[OraLayer, bool]]:
        """A stack's layers, the lowest first, each with whether it was in hand."""
        found: list[tuple[OraLayer, bool]] = []
        for element in reversed(stack.inside):
            try:
                found += self._of_element(element, x, y)
            except _TooMuchError:
                raise
            except PictureError as error:
                self._lost.append(error)
                self._remarks.append(f"The layer “{_name(element)}” was left out: {error}.")
        return found

    def _of_element(self, element: _Element, x: int, y: int) -> list[tuple[OraLayer, bool]]:
        if element.tag == "text":
            self._remarks.append("A layer of text was left out.")
        if element.tag not in ("layer", "stack"):
            return []
        left, top = x + _whole(element.facts, "x", 0), y + _whole(element.facts, "y", 0)
        if element.tag == "stack":
            return self._laid_flat(element, left, top)
        layer = self._of_layer(element, left, top)
        return [] if layer is None else [(layer, element.facts.get("selected") == "true")]

    def _of_layer(self, element: _Element, left: int, top: int) -> OraLayer | None:
        layer = self._facts(element)
        source = element.facts.get("src", "")
        if not source.lower().endswith(".png"):
            self._remarks.append(f"The layer “{layer.name}” is no picture of pixels, and was left out.")
            return None
        data = self._unpack(source, MAX_FILE_BYTES)
        width, height = png_size(data)
        self._pixels_left -= width * height
        if self._pixels_left < 0 or width * height > MAX_PIXELS:
            raise _TooMuchError("its layers have too many pixels")
        pixels = from_png(data)
        # What lies outside of the canvas cannot be had again here.
        right, bottom = min(left + width, self._width), min(top + height, self._height)
        if right <= max(left, 0) or bottom <= max(top, 0):
            return OraLayer(layer, np.zeros((1, 1, 4), dtype=np.uint8), 0, 0)
        part = pixels[max(-top, 0) : bottom - top, max(-left, 0) : right - left]
        return OraLayer(layer, np.ascontiguousarray(part), max(left, 0), max(top, 0))

    def _facts(self, element: _Element) -> Layer:
        facts = element.facts
        name = _name(element)
        op = facts.get("composite-op", "").strip()
        blend = _BLENDS.get(op)
        if blend is None:
            self._unknown.setdefault(op[:40], []).append(name)
        try:
            opacity = float(facts.get("opacity", "1"))
        except ValueError:
            raise _UnfitError("its opacity is damaged") from None
        return Layer(
            name=name,
            opacity=1.0 if math.isnan(opacity) else min(max(opacity, 0.0), 1.0),
            blend=blend or "normal",
            is_visible=facts.get("visibility", "visible") != "hidden",
            is_alpha_locked=facts.get("alpha-preserve") == "true",
        )

    def _laid_flat(self, stack: _Element, left: int, top: int) -> list[tuple[OraLayer, bool]]:
        """A stack within a stack as layers."""
        group = self._facts(stack)
        inside = self._of_stack(stack, left, top)
        if not group.is_visible:
            return [(replace(each, layer=replace(each.layer, is_visible=False)), is_held) for each, is_held in inside]
        shown = [each for each, _ in inside if each.layer.is_visible]
        is_plain = group.blend == "normal" and group.opacity == 1
        is_let_through = stack.facts.get("isolation", "isolate") == "auto" or all(
            each.layer.blend == "normal" for each in shown
        )
        if is_plain and is_let_through:
            return inside
        if len(shown) == 1 and shown[0].layer.blend == "normal":
            # Of one layer alone the stack's opacity and blend are as good as its own.
            alone = replace(shown[0].layer, opacity=shown[0].layer.opacity * group.opacity, blend=group.blend)
            return [(replace(each, layer=alone) if each is shown[0] else each, is_held) for each, is_held in inside]
        if not shown:
            return inside
        self._remarks.append(f"The layers of the group “{group.name}” were merged into one, which looks the same.")
        return [(_merged(group, shown), any(is_held for _, is_held in inside))]

    def _is_paper(self, each: OraLayer) -> bool:
        """Whether a lowest layer is what lies beneath a drawing anyway."""
        layer = each.layer
        return (
            layer.is_visible
            and layer.opacity == 1
            and layer.blend == "normal"
            and each.pixels.shape[:2] == (self._height, self._width)
            and bool((each.pixels == 255).all())
        )

    def _unpack(self, name: str, most_bytes: int) -> bytes:
        """A file of the archive, which must not unpack to more than `most_bytes`."""
        try:
            info = self._archive.getinfo(name)
            if info.file_size > most_bytes:
                raise _TooMuchError(f"its {Path(name).name} is too large")
            return self._archive.read(info)
        except KeyError:
            missing = "is not an OpenRaster drawing" if name == "mimetype" else f"lacks {name[:80]}"
            raise _UnfitError(f"it {missing}") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
            raise _UnfitError(f"its {Path(name).name} is damaged") from error


def _name(element: _Element) -> str:
    return element.facts.get("name", "").strip()[:MAX_NAME_LENGTH] or "Layer"


def _of_blend(op: str, names: list[str]) -> str:
    if len(names) == 1:
        return f"“{names[0]}” is blended as {op} there; here it is normal."
    more = f"{len(names) - 1} more"
    return f"“{names[0]}” and {more} are blended as {op} there; here they are normal."


def _merged(group: Layer, layers: list[OraLayer]) -> OraLayer:
    """Several layers as the one that they show as."""
    area = QRect()
    for each in layers:
        area = area.united(QRect(each.left, each.top, each.pixels.shape[1], each.pixels.shape[0]))
    image = QImage(area.size(), QImage.Format_ARGB32_Premultiplied)
    image.fill(Qt.transparent)
    painter = QPainter(image)
    for each in layers:
        height, width = each.pixels.shape[:2]
        painter.setCompositionMode(MODES[each.layer.blend])
        painter.setOpacity(each.layer.opacity)
        sheet = QImage(each.pixels.tobytes(), width, height, 4 * width, QImage.Format_RGBA8888)
        painter.drawImage(each.left - area.left(), each.top - area.top(), sheet)
    painter.end()
    return OraLayer(group, straight(image), area.left(), area.top())


def _parsed(text: bytes) -> _Element:
    """The root of stack.xml. Entities are refused, since a few of them can unpack to more than fits into memory."""
    root = _Element("", {})
    open_elements = [root]

    def begin(tag: str, facts: dict[str, str]) -> None:
        if len(open_elements) > MAX_DEPTH:
            raise _UnfitError("its layers are nested too deeply")
        element = _Element(tag, facts)
        open_elements[-1].inside.append(element)
        open_elements.append(element)

    def end(_tag: str) -> None:
        open_elements.pop()

    def refuse(*_facts: object) -> None:
        raise _UnfitError("its list of layers has a document type, which OpenRaster has not")

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise _UnfitError("its list of layers is damaged") from error
    return root.inside[0]


def _whole(facts: Mapping[str, str], name: str, otherwise: int | None = None) -> int:
    """A whole number, however it is written; MyPaint writes 10, others 10.0."""
    try:
        value = float(facts[name])
        if math.isfinite(value) and abs(value) < 2**31:
            return round(value)
    except KeyError:
        if otherwise is not None:
            return otherwise
    except ValueError:
        pass
    raise _UnfitError(f"its {_MEASURES[name]} is damaged")


def _count_of_layers(stack: _Element) -> int:
    return sum(1 if each.tag == "layer" else _count_of_layers(each) for each in stack.inside)
