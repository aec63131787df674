"""The player's own brushes: how one is saved, and how it goes. The brush editor calls; `brush.py` reads them."""

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from app import images, places
from app.errors import PictureError, SaveError
from app.painting.brushes.brush import NAME, Brush, brush_with, forget_read_brushes
from app.painting.brushes.texture import read_texture

# A PNG that was saved with a brush, and no other that lies in the folder.
_SAVED_PNG = re.compile(r".*-texture-[0-9a-f]{12}\.png")
MAX_TITLE_LENGTH = 300


def save_brush(
    folder: Path,
    brush_name: str,
    title: str,
    base: Brush,
    settings: Mapping[str, Any],
    texture_png: bytes | None = None,
) -> Path:
    """Save a brush like `base`, with some settings changed, as one of the player's own; the JSON's path.

    A brush of that name in the folder is replaced as a whole: its JSON names textures by what is in them, and is
    written last, so that a JSON never stands beside another brush's texture.

    Args:
        folder: the player's folder of brushes; it is made where it is missing.
        brush_name: small letters, digits and hyphens.
        title: for people.
        base: what it starts from.
        settings: what differs, as in `brush_with`.
        texture_png: another texture.

    Raises:
        PictureError: a name that is not sound or that one of our brushes has, a setting or texture that cannot be.
        SaveError: it cannot be written.
    """
    if not NAME.fullmatch(brush_name):
        raise PictureError("A brush needs a name of small letters, digits and hyphens.")
    ours = places.brushes()
    if folder.resolve() == ours.resolve() or (ours / f"{brush_name}.json").exists():
        raise PictureError(f'"{brush_name}" is one of the brushes that come with Pastiche: give yours another name.')
    if len(title) > MAX_TITLE_LENGTH:
        raise PictureError("The title of a brush is too long.")
    brush = brush_with(base, name=brush_name, title=title.strip() or brush_name, order=1000, **settings)
    if texture_png is not None:
        brush = dataclasses.replace(brush, texture=read_texture(texture_png, "that you chose"))
    recipe = json.loads(brush.source.json)
    del recipe["name"]
    recipe["texture"] = _kept_png(folder, brush_name, brush.texture.png)
    if brush.paper_png is not None:
        recipe["paper"] = _kept_png(folder, "paper", brush.paper_png)
    path = folder / f"{brush_name}.json"
    before = _named_pngs([path])
    images.write_json(path, recipe)
    _remove_pngs(folder, before or set())
    forget_read_brushes()
    return path


def delete_brush(folder: Path, name: str) -> None:
    """Remove a player's brush, and the PNGs that were saved with it where no other brush has them.

    Raises:
        SaveError: it cannot be removed.
    """
    path = folder / f"{name}.json"
    before = _named_pngs([path])
    try:
        path.unlink()
    except OSError as error:
        raise SaveError(f"The brush cannot be deleted: {images.why(error)}.") from error
    _remove_pngs(folder, before or set())
    forget_read_brushes()


def _kept_png(folder: Path, name: str, png: bytes) -> str:
    """Write a PNG under a name made from what is in it, unless it is there already; the name."""
    file = folder / f"{name}-texture-{hashlib.sha256(png).hexdigest()[:12]}.png"
    if not file.is_file() or file.read_bytes() != png:
        images.write_bytes(file, png)
    return file.name


def _named_pngs(paths: Iterable[Path]) -> set[str] | None:
    """The PNGs that brushes name; None where one of these cannot be read."""
    found: set[str] = set()
    for path in paths:
        try:
            recipe = json.loads(path.read_bytes())
            found |= {str(recipe[key]) for key in ("texture", "paper") if key in recipe}
        except (OSError, ValueError, RecursionError, TypeError):
            return None
    return found


def _remove_pngs(folder: Path, names: set[str]) -> None:
    """Remove those of these PNGs that were saved with a brush and that no brush names any more."""
    still_named = _named_pngs(folder.glob("*.json"))
    if still_named is None:
        return
    for name in names - still_named:
        if _SAVED_PNG.fullmatch(name):
            try:
                (folder / name).unlink(missing_ok=True)
            except OSError:
                # A file too many does no harm: the brush itself is as it should be.
                continue
