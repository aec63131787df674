"""The player's choices that outlive the window, as JSON in `places.settings_file()`. Only the desktop calls this."""

import json
import re
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from app import places
from app.images import write_json

CANVAS_SIDES_PX = (768, 1024, 1536, 2048)
RIVAL_SIDES_PX = (256, 384, 512)


@dataclass(frozen=True)
class Settings:
    """`canvas_side_px`: longer side of a new drawing. `rival_side_px`: longer side of the rivals' pictures.

    `strength` 0..1: how far Magenta goes from the photograph's own style to the painting's.
    `has_speed_pressure`: whether a mouse presses less when it moves fast. `brush`, `color` (as "#1e1e22"),
    `size_px`, `opacity` (0..1): what was last in hand. `folder`: where something was last saved. `keys`: shortcuts
    that differ from the table's, by the command's name. `left`: names of journals that are not to be offered again.
    """

    canvas_side_px: int = 1024
    rival_side_px: int = 384
    strength: float = 1.0
    has_speed_pressure: bool = True
    brush: str = ""
    color: str = "#1e1e22"
    size_px: float = 36.0
    opacity: float = 1.0
    folder: str = ""
    keys: dict[str, list[str]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)


def load_settings() -> Settings:
    """Read the settings; whatever is absent, damaged or out of range is as in a new installation."""
    try:
        found = json.loads(places.settings_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Settings()
    if not isinstance(found, dict):
        return Settings()
    return replace(Settings(), **{f.name: found[f.name] for f in fields(Settings) if _is_sound(f.name, found)})


def save_settings(settings: Settings) -> None:
    """Write the settings, atomically. Raises SaveError."""
    write_json(places.settings_file(), asdict(settings))


def _is_sound(name: str, found: dict[str, Any]) -> bool:
    value = found.get(name)
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    match name:
        case "canvas_side_px":
            return value in CANVAS_SIDES_PX
        case "rival_side_px":
            return value in RIVAL_SIDES_PX
        case "strength" | "opacity":
            return number is not None and 0 <= number <= 1
        case "size_px":
            return number is not None and 1 <= number <= 1000
        case "has_speed_pressure":
            return isinstance(value, bool)
        case "color":
            return isinstance(value, str) and re.fullmatch(r"#[0-9a-f]{6}", value) is not None
        case "keys":
            return isinstance(value, dict) and all(
                isinstance(keys, list) and all(isinstance(key, str) for key in keys) for keys in value.values()
            )
        case "left":
            return isinstance(value, list) and all(isinstance(each, str) for each in value)
        case _:
            return isinstance(value, str)
