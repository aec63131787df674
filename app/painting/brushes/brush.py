"""Brushes: the recipe of a stroke, as data. One JSON beside one texture PNG, ours and a player's own read alike.

Every number of a brush is declared here once, with range, unit, label and tooltip; a panel, an editor and the checks
are made from these declarations.
"""

import dataclasses
import functools
import hashlib
import json
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app import places
from app.errors import PictureError
from app.painting.brushes.setting import Curve, Setting, checked_number, choice, curve, declared_in, number
from app.painting.brushes.texture import MAX_PNG_BYTES, Texture, read_paper, read_texture

MAX_JSON_BYTES = 64 * 1024
ROTATIONS = ("fixed", "along", "random", "tilt")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class BrushSource(NamedTuple):
    """What a brush is made of, as the bytes of files; the PNGs may be shared with other brushes.

    Attributes:
        json: its name, title, hint, order and every setting.
        texture_png: its imprints.
        paper_png: the grain of its paper; None where it has none.
    """

    json: bytes
    texture_png: bytes
    paper_png: bytes | None


@dataclass(frozen=True, eq=False)
class Brush:
    """The recipe of a stroke. Lengths are shares of the dab's diameter, so that a brush works at every size.

    Attributes without a range: `name` (its file's name), `title` (for people), `hint` (what it is good for),
    `order` (in the panel), `texture` (its imprints), `paper` (uint8 [N, N], the grain, seamless) and `paper_png` (the
    file of the grain, None for smooth paper).
    """

    name: str
    title: str
    texture: Texture
    paper: NDArray[np.uint8]
    paper_png: bytes | None = None
    hint: str = ""
    order: int = 1000

    size_px: float = number(24.0, 1.0, 512.0, "Stamp", "Size", "The size that the brush starts with.", unit="px")
    opacity: float = number(
        1.0, 0.01, 1.0, "Stamp", "Opacity", "The opacity that the brush starts with; no stroke ever exceeds it."
    )
    spacing: float = number(
        0.1,
        0.01,
        4.0,
        "Stamp",
        "Spacing",
        "The way between two stamps. Small is smooth, large is dotted.",
        unit="diameters",
    )
    flow: float = number(1.0, 0.01, 1.0, "Stamp", "Flow", "How much paint one stamp gives.")
    hardness: float = number(
        0.0, 0.0, 1.0, "Stamp", "Hardness", "How crisp the stamp's edges are; 0 leaves the texture as it is."
    )
    scatter_along: float = number(
        0.0,
        0.0,
        4.0,
        "Chance",
        "Scatter along",
        "How far stamps stray ahead and back along the stroke.",
        unit="diameters",
    )
    scatter_across: float = number(
        0.0, 0.0, 4.0, "Chance", "Scatter across", "How far stamps stray to the stroke's sides.", unit="diameters"
    )
    size_jitter: float = number(
        0.0, 0.0, 1.0, "Chance", "Size by chance", "How much smaller a stamp may be, by chance."
    )
    flow_jitter: float = number(
        0.0, 0.0, 1.0, "Chance", "Flow by chance", "How much less paint a stamp may give, by chance."
    )
    rotation: str = choice(
        "fixed",
        ROTATIONS,
        "Turn",
        "Turning",
        "Stamps keep their angle, turn along the stroke, by chance, or to where the pen leans.",
    )
    angle_deg: float = number(
        0.0, -180.0, 180.0, "Turn", "Angle", "The angle of the stamp; added to the turn along the stroke.", unit="°"
    )
    rotation_jitter: float = number(
        0.0, 0.0, 1.0, "Turn", "Turning by chance", "How far a stamp may turn from its angle, by chance.", unit="turns"
    )
    pressure_size: Curve = curve(  # noqa: RUF009 - a field, as those above
        "Hand", "Pressure to size", "How the pen's pressure changes the stamp's size."
    )
    pressure_flow: Curve = curve(  # noqa: RUF009
        "Hand", "Pressure to flow", "How the pen's pressure changes the stamp's paint."
    )
    speed_size: float = number(
        0.0, -1.0, 1.0, "Hand", "Speed to size", "How a fast hand changes the stamp's size: below 0 it gets thinner."
    )
    speed_flow: float = number(
        0.0, -1.0, 1.0, "Hand", "Speed to flow", "How a fast hand changes the stamp's paint: below 0 it gets less."
    )
    tilt_size: float = number(
        0.0, 0.0, 4.0, "Hand", "Tilt to size", "How much wider the stamp gets as the pen leans over.", unit="times"
    )
    relief: float = number(
        0.0, 0.0, 1.0, "Paint", "Relief", "How much the texture's shade lightens and darkens the paint."
    )
    wetness: float = number(
        0.0,
        0.0,
        1.0,
        "Paint",
        "Wet mixing",
        "The rate of mixing: how much of the paint that it runs through the brush picks up.",
    )
    drag: float = number(
        1.0,
        0.05,
        20.0,
        "Paint",
        "Mixing length",
        "How far the brush carries the paint that it picked up.",
        unit="diameters",
    )
    edge: float = number(
        0.0, 0.0, 1.0, "Paint", "Wet edge", "How much pigment gathers at the stroke's edge, as watercolour does."
    )
    grain: float = number(0.0, 0.0, 1.0, "Paper", "Grain", "How much the paper's grain shows through.")
    grain_scale: float = number(1.0, 0.25, 4.0, "Paper", "Grain size", "How coarse the paper's grain is.", unit="times")

    @property
    def is_body(self) -> bool:
        """Whether dabs carry their own colours (relief or wet mixing), and not only how much paint there is."""
        return self.relief > 0.0 or self.wetness > 0.0

    @functools.cached_property
    def source(self) -> BrushSource:
        """What it is made of, as bytes; the same for equal recipes."""
        facts: dict[str, Any] = {"name": self.name, "title": self.title, "hint": self.hint, "order": self.order}
        facts |= {setting.name: getattr(self, setting.name) for setting in settings()}
        text = json.dumps(facts, separators=(",", ":")).encode()
        return BrushSource(text, self.texture.png, self.paper_png)

    @functools.cached_property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that only brushes of the very same recipe and textures share."""
        digest = hashlib.sha256()
        for piece in self.source:
            # Lengths too, so that no byte can move from one piece to its neighbour unseen.
            digest.update(b"-" if piece is None else struct.pack("<Q", len(piece)) + piece)
        return digest.hexdigest()[:16]

    @functools.cached_property
    def digests(self) -> Mapping[str, bytes]:
        """The SHA-256 of each file that it is made of, by its name in `source`."""
        return {part: hashlib.sha256(content).digest() for part, content in self.source._asdict().items() if content}

    def prepare(self) -> None:
        """Work out now, in any thread, what writing its first stroke down would else wait for."""
        _ = self.fingerprint, self.digests

    @classmethod
    def from_source(cls, source: BrushSource) -> "Brush":
        """The brush of its bytes, which stay its source as they are.

        Strokes find their brush by its fingerprint: it must not change with a program that knows more settings, or that
        writes JSON otherwise.

        Raises:
            PictureError: they are none.
        """
        if len(source.json) > MAX_JSON_BYTES:
            raise PictureError("A brush is too long to be one.")
        recipe = _recipe_of(source.json, "A brush")
        name = recipe.pop("name", "")
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise PictureError("A brush has no sound name.")
        brush = cls(
            name=name,
            texture=read_texture(source.texture_png, f"of {name}"),
            paper=read_paper(source.paper_png, f"of {name}"),
            paper_png=source.paper_png,
            **_words_and_settings(f"The brush {name}", recipe, name),
        )
        # What the property would make anew; a brush that is made from this one has a source of its own.
        brush.__dict__["source"] = source
        return brush


@functools.cache
def settings() -> tuple[Setting, ...]:
    """All settings of a brush in the order of a panel."""
    return declared_in(Brush)


def brush_with(
    base: Brush,
    *,
    name: str | None = None,
    title: str | None = None,
    hint: str | None = None,
    order: int | None = None,
    **changes: Any,
) -> Brush:
    """A brush like another with some of its settings (see `settings`) or words changed; textures are shared.

    Raises:
        PictureError: a setting that is not known or out of its range.
    """
    words: dict[str, Any] = {"name": name, "title": title, "hint": hint, "order": order}
    given = {key: value for key, value in words.items() if value is not None}
    values = _settings_of(f"The brush {given.get('title', base.title)}", changes)
    return dataclasses.replace(base, **given, **values)


def load_brush(path: Path) -> Brush:
    """The brush of a JSON file and of the PNGs that it names, which lie beside it.

    The JSON has "title" and "texture" (a PNG as high as wide, or several squares side by side: the alpha is the
    coverage, the grey the shade), and may have "hint", "order", "paper" (a seamless PNG) and any setting.

    Raises:
        PictureError: the brush cannot be read; one sentence that names the file and what is wrong.
    """
    who = f"The brush {path.name}"
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
            raise PictureError(f"{who} is too long to be one.")
        recipe = _recipe_of(path.read_bytes(), who)
    except OSError as error:
        raise PictureError(f"{who} cannot be read: {error.strerror}.") from error
    if not NAME.fullmatch(path.stem):
        raise PictureError(f"{who} needs a file name of small letters, digits and hyphens.")
    texture = _beside(path, _text(who, recipe, "texture", f"{path.stem}.png"))
    paper = _beside(path, named) if (named := _text(who, recipe, "paper", "")) else None
    paper_png = None if paper is None else _png_of(paper)
    return Brush(
        name=path.stem,
        texture=read_texture(_png_of(texture), texture.name),
        paper=read_paper(paper_png, paper.name if paper is not None else ""),
        paper_png=paper_png,
        **_words_and_settings(who, recipe, path.stem),
    )


def load_brushes(*folders: Path, on_skipped: Callable[[PictureError], None] | None = None) -> dict[str, Brush]:
    """All sound brushes of the folders by name, in the panel's order; a later folder's brush replaces a namesake.

    A broken brush is skipped; `on_skipped` is called with its PictureError. A folder that is not there is empty.
    """
    found: dict[str, Brush] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
            try:
                brush = load_brush(path)
            except PictureError as error:
                if on_skipped is not None:
                    on_skipped(error)
                continue
            found[brush.name] = brush
    return dict(sorted(found.items(), key=_panel_order))


def own_and_players() -> Mapping[str, Brush]:
    """Our brushes and the player's, each folder read once; the broken ones of the player's left out."""
    both = {**_read_once(places.brushes()), **_read_once(places.own_brushes())}
    return dict(sorted(both.items(), key=_panel_order))


def forget_read_brushes() -> None:
    """Let `own_and_players` read the folders again: a brush was saved or removed."""
    _read_once.cache_clear()


@functools.cache
def _read_once(folder: Path) -> Mapping[str, Brush]:
    found = load_brushes(folder)
    for brush in found.values():
        brush.prepare()
    return found


def _panel_order(item: tuple[str, Brush]) -> tuple[int, str]:
    return item[1].order, item[0]


def _recipe_of(text: bytes, who: str) -> dict[str, Any]:
    try:
        recipe = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise PictureError(f"{who} is not sound JSON: {error}.") from error
    if not isinstance(recipe, dict):
        raise PictureError(f"{who} is not a JSON object.")
    return recipe


def _words_and_settings(who: str, recipe: dict[str, Any], name: str) -> dict[str, Any]:
    """The arguments of Brush that are neither its name nor its textures; takes them out of the recipe."""
    words = {
        "title": _text(who, recipe, "title", name.replace("-", " ").capitalize()),
        "hint": _text(who, recipe, "hint", ""),
        "order": int(checked_number(who, "order", recipe.pop("order", 1000), -1e6, 1e6)),
    }
    return words | _settings_of(who, recipe)


def _text(who: str, recipe: dict[str, Any], key: str, default: str) -> str:
    value = recipe.pop(key, default)
    if not isinstance(value, str) or len(value) > 300:
        raise PictureError(f'{who} has no sound text for "{key}".')
    return value


def _beside(path: Path, name: str) -> Path:
    if Path(name).name != name or not name.lower().endswith(".png"):
        raise PictureError(f"The brush {path.name} may only name a PNG that lies beside it, not {name!r}.")
    return path.with_name(name)


def _png_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_PNG_BYTES:
            raise PictureError(f"The brush texture {path.name} is larger than {MAX_PNG_BYTES >> 20} MB.")
        return path.read_bytes()
    except OSError as error:
        raise PictureError(f"The brush texture {path.name} is not there.") from error


def _settings_of(who: str, recipe: Mapping[str, Any]) -> dict[str, Any]:
    declared = {setting.name: setting for setting in settings()}
    unknown = sorted(set(recipe) - set(declared))
    if unknown:
        raise PictureError(f'{who} has a setting that is not known: "{unknown[0]}".')
    return {key: declared[key].checked(who, value) for key, value in recipe.items()}
