"""Brushes: the recipe of a stroke, as data. One JSON beside one texture PNG, ours and a player's own read alike.

Every number of a brush is declared here once, with range, unit and tooltip; a settings panel and the checks are made
from these declarations. The desktop, the auto-painter and the surface may call.
"""

import dataclasses
import functools
import itertools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app import places
from app.errors import PictureError

Curve = tuple[tuple[float, float], ...]
"""Pairs of pen pressure and what it comes to, each 0..1, from left to right; straight between them."""

FULL: Curve = ((0.0, 1.0), (1.0, 1.0))

MAX_TEXTURE_SIDE_PX = 1024
MAX_VARIANTS = 16
MAX_JSON_BYTES = 64 * 1024
ROTATIONS = ("fixed", "along", "random")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True)
class Setting:
    """What a panel and the loader know about one number of a brush."""

    name: str
    default: Any
    low: float
    high: float
    unit: str
    tooltip: str
    choices: tuple[str, ...] = ()


def _number(default: float, low: float, high: float, unit: str, tooltip: str) -> Any:
    return dataclasses.field(default=default, metadata={"low": low, "high": high, "unit": unit, "tooltip": tooltip})


def _choice(default: str, choices: tuple[str, ...], tooltip: str) -> Any:
    return dataclasses.field(default=default, metadata={"choices": choices, "tooltip": tooltip})


def _curve(tooltip: str) -> Any:
    return dataclasses.field(default=FULL, metadata={"curve": True, "low": 0.0, "high": 1.0, "tooltip": tooltip})


@dataclass(frozen=True)
class Texture:
    """A brush's imprints: one or more squares of coverage and shade, with smaller copies for smaller stamps.

    Attributes:
        coverage: uint8 [variants, side, side]: how much paint each spot of the imprint carries.
        shade: uint8 [variants, side, side]: 128 is the colour itself, less is darker paint, more is lighter.
        reach: the largest distance of any paint from the centre, in half sides (1.41 for a filled square).
    """

    coverage: NDArray[np.uint8]
    shade: NDArray[np.uint8]
    reach: float

    @property
    def variants(self) -> int:
        """How many imprints there are to choose from."""
        return int(self.coverage.shape[0])


@dataclass(frozen=True, eq=False)
class Brush:
    """The recipe of a stroke. Lengths are shares of the stamp's diameter, so that a brush works at every size.

    Attributes without a range: `name` (its file's name), `title` (for people), `hint` (what it is good for),
    `order` (in the panel), `texture` (its imprints), `paper` (uint8 [N, N], the grain, seamless).
    """

    name: str
    title: str
    texture: Texture
    paper: NDArray[np.uint8]
    hint: str = ""
    order: int = 1000

    size_px: float = _number(24.0, 1.0, 512.0, "px", "The size that the brush starts with.")
    opacity: float = _number(1.0, 0.01, 1.0, "", "The opacity that the brush starts with; no stroke ever exceeds it.")
    spacing: float = _number(
        0.1, 0.01, 4.0, "diameters", "The way between two stamps. Small is smooth, large is dotted."
    )
    flow: float = _number(1.0, 0.01, 1.0, "", "How much paint one stamp gives.")
    hardness: float = _number(0.0, 0.0, 1.0, "", "How crisp the stamp's edges are; 0 leaves the texture as it is.")
    scatter_along: float = _number(0.0, 0.0, 4.0, "diameters", "How far stamps stray ahead and back along the stroke.")
    scatter_across: float = _number(0.0, 0.0, 4.0, "diameters", "How far stamps stray to the stroke's sides.")
    size_jitter: float = _number(0.0, 0.0, 1.0, "", "How much smaller a stamp may be, by chance.")
    flow_jitter: float = _number(0.0, 0.0, 1.0, "", "How much less paint a stamp may give, by chance.")
    rotation: str = _choice("fixed", ROTATIONS, "Stamps keep their angle, turn along the stroke, or turn by chance.")
    angle_deg: float = _number(0.0, -180.0, 180.0, "°", "The angle of the stamp; added to the turn along the stroke.")
    rotation_jitter: float = _number(0.0, 0.0, 1.0, "turns", "How far a stamp may turn from its angle, by chance.")
    pressure_size: Curve = _curve("How the pen's pressure changes the stamp's size.")  # noqa: RUF009 - a field, as those above
    pressure_flow: Curve = _curve("How the pen's pressure changes the stamp's paint.")  # noqa: RUF009
    relief: float = _number(0.0, 0.0, 1.0, "", "How much the texture's shade lightens and darkens the paint.")
    wetness: float = _number(0.0, 0.0, 1.0, "", "How much of the paint that it runs through the brush picks up.")
    drag: float = _number(1.0, 0.05, 20.0, "diameters", "How far the brush carries the paint that it picked up.")
    grain: float = _number(0.0, 0.0, 1.0, "", "How much the paper's grain shows through.")
    grain_scale: float = _number(1.0, 0.25, 4.0, "", "How coarse the paper's grain is.")
    edge: float = _number(0.0, 0.0, 1.0, "", "How much pigment gathers at the stroke's edge, as watercolour does.")

    @property
    def is_body(self) -> bool:
        """Whether stamps carry their own colours (relief or wet mixing), and not only how much paint there is."""
        return self.relief > 0.0 or self.wetness > 0.0


def settings() -> tuple[Setting, ...]:
    """All settings of a brush in the order of a panel, with range, unit and tooltip."""
    found = []
    for declared in dataclasses.fields(Brush):
        facts = declared.metadata
        if facts:
            found.append(
                Setting(
                    name=declared.name,
                    default=declared.default,
                    low=facts.get("low", 0.0),
                    high=facts.get("high", 0.0),
                    unit=facts.get("unit", ""),
                    tooltip=facts["tooltip"],
                    choices=facts.get("choices", ()),
                )
            )
    return tuple(found)


def load_brush(path: Path) -> Brush:
    """The brush of a JSON file and of the PNGs that it names, which lie beside it.

    The JSON has "title" and "texture" (a PNG as high as wide, or several squares side by side: the alpha is the
    coverage, the grey the shade), and may have "hint", "order", "paper" (a seamless PNG) and any setting.

    Raises:
        PictureError: the brush cannot be read; one sentence that names the file and what is wrong.
    """
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
            raise PictureError(f"The brush {path.name} is too long to be one.")
        recipe = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PictureError(f"The brush {path.name} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise PictureError(f"The brush {path.name} is not sound JSON: {error}.") from error
    if not isinstance(recipe, dict):
        raise PictureError(f"The brush {path.name} is not a JSON object.")
    if not _NAME.fullmatch(path.stem):
        raise PictureError(f"The brush {path.name} needs a file name of small letters, digits and hyphens.")
    return Brush(
        name=path.stem,
        title=_text(path, recipe, "title", path.stem.replace("-", " ").capitalize()),
        hint=_text(path, recipe, "hint", ""),
        order=int(_checked(path, "order", recipe.pop("order", 1000), -1e6, 1e6)),
        texture=_texture(_beside(path, _text(path, recipe, "texture", f"{path.stem}.png"))),
        paper=_paper(_beside(path, paper) if (paper := _text(path, recipe, "paper", "")) else None),
        **_settings_of(path, recipe),
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


@functools.cache
def _read_once(folder: Path) -> Mapping[str, Brush]:
    return load_brushes(folder)


def _panel_order(item: tuple[str, Brush]) -> tuple[int, str]:
    return item[1].order, item[0]


def _text(path: Path, recipe: dict[str, Any], key: str, default: str) -> str:
    value = recipe.pop(key, default)
    if not isinstance(value, str) or len(value) > 300:
        raise PictureError(f'The brush {path.name} has no sound text for "{key}".')
    return value


def _beside(path: Path, name: str) -> Path:
    if Path(name).name != name or not name.lower().endswith(".png"):
        raise PictureError(f"The brush {path.name} may only name a PNG that lies beside it, not {name!r}.")
    return path.with_name(name)


def _checked(path: Path, key: str, value: object, low: float, high: float) -> float:
    # bool is an int in Python, but no number in a brush.
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise PictureError(f'The brush {path.name} needs "{key}" to be a number from {low:g} to {high:g}.')
    return float(value)


def _settings_of(path: Path, recipe: dict[str, Any]) -> dict[str, Any]:
    declared = {declared.name: declared.metadata for declared in dataclasses.fields(Brush) if declared.metadata}
    unknown = sorted(set(recipe) - set(declared))
    if unknown:
        raise PictureError(f'The brush {path.name} has a setting that is not known: "{unknown[0]}".')
    values: dict[str, Any] = {}
    for key, value in recipe.items():
        facts = declared[key]
        if "choices" in facts:
            if value not in facts["choices"]:
                raise PictureError(f'The brush {path.name} needs "{key}" to be one of {", ".join(facts["choices"])}.')
            values[key] = value
        elif "curve" in facts:
            values[key] = _curve_of(path, key, value)
        else:
            values[key] = _checked(path, key, value, facts["low"], facts["high"])
    return values


def _curve_of(path: Path, key: str, value: object) -> Curve:
    complaint = f'The brush {path.name} needs "{key}" to be 2 to 16 pairs of numbers from 0 to 1, from left to right.'
    if not isinstance(value, list) or not 2 <= len(value) <= 16:
        raise PictureError(complaint)
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in value):
        raise PictureError(complaint)
    curve = tuple((_checked(path, key, x, 0.0, 1.0), _checked(path, key, y, 0.0, 1.0)) for x, y in value)
    if any(right[0] <= left[0] for left, right in itertools.pairwise(curve)):
        raise PictureError(complaint)
    return curve


def _read_png(path: Path) -> NDArray[np.uint8]:
    """The PNG as grey and alpha, uint8 [H, W, 2], and checked for its size before it is decoded."""
    if not path.is_file():
        raise PictureError(f"The brush texture {path.name} is not there.")
    try:
        with Image.open(path, formats=["PNG"]) as image:
            if image.height > MAX_TEXTURE_SIDE_PX or image.width > MAX_TEXTURE_SIDE_PX * MAX_VARIANTS:
                raise PictureError(f"The brush texture {path.name} is larger than {MAX_TEXTURE_SIDE_PX} px.")
            has_alpha = image.has_transparency_data
            pixels = np.array(image.convert("LA"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureError(f"The brush texture {path.name} is not a PNG that can be read.") from error
    if not has_alpha:
        # A texture without an alpha channel is read as ink on paper: dark is paint.
        pixels = np.stack([np.full_like(pixels[..., 0], 128), 255 - pixels[..., 0]], axis=-1)
    return pixels


def _texture(path: Path) -> Texture:
    pixels = _read_png(path)
    side, width = pixels.shape[:2]
    if side < 4 or width % side or width // side > MAX_VARIANTS:
        raise PictureError(f"The brush texture {path.name} must be a square, or up to {MAX_VARIANTS} side by side.")
    shade, coverage = np.ascontiguousarray(
        pixels.reshape(side, width // side, side, 2).transpose(3, 1, 0, 2),
    )
    if not coverage.any():
        raise PictureError(f"The brush texture {path.name} is empty.")
    y, x = np.nonzero(coverage.max(axis=0))
    centre = (side - 1) / 2
    reach = float((np.hypot(x - centre, y - centre).max() + 0.71) / (side / 2))
    return Texture(coverage=coverage, shade=shade, reach=reach)


def _paper(path: Path | None) -> NDArray[np.uint8]:
    if path is None:
        return np.full((1, 1), 255, dtype=np.uint8)
    height = 255 - _read_png(path)[..., 1]
    if height.shape[0] != height.shape[1]:
        raise PictureError(f"The paper {path.name} must be a square.")
    return np.ascontiguousarray(height)
