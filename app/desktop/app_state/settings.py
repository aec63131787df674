"""The player's choices that outlive the window, as JSON in `places.settings_file()`."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from app import places
from app.desktop.app_state.rival_settings import are_requests, of_both

CANVAS_SIDES_PX = (768, 1024, 1536, 2048)
UNDO_MEMORIES_MB = (64, 128, 256, 512, 1024)
STABILISERS = ("none", "rope", "average")
MAX_LIST = 10_000

_Check = Callable[[Any], bool]


def _kept(default: Any, check: _Check) -> Any:
    """A field that a file's value replaces only where `check` finds it sound."""
    return field(default=default, metadata={"check": check})


def _one_of(*allowed: object) -> _Check:
    # 1024.0 and True are equal to numbers that are allowed, without being what is meant.
    return lambda value: any(type(value) is type(each) and value == each for each in allowed)


def _number(low: float, high: float) -> _Check:
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_color(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"#[0-9a-f]{6}", value) is not None


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MAX_LIST and all(isinstance(each, str) for each in value)


def _is_size(value: Any) -> bool:
    return isinstance(value, list) and len(value) in (0, 2) and all(type(px) is int and 0 < px < 2**15 for px in value)


def _is_keys(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_texts(keys) for keys in value.values())


_SIZE_PX = _number(1, 1000)
_SHARE = _number(0, 1)


@dataclass(frozen=True)
class Settings:
    """What the player chose, or last had in hand.

    Attributes:
        canvas_side_px: longer side of a new drawing.
        rivals: what each rival is asked for in every duel, where that is not the usual; see `rival_settings.py`.
        is_strict: whether the next drawing is one without tracing and without placed pictures; one that has been begun
            says so itself, in its journal.
        has_speed_pressure: whether a mouse presses less when it moves fast.
        finger_paints: whether one finger paints while no pen has been seen; else it moves the canvas.
        stabiliser, stabiliser_strength (0..1): how strokes are steadied.
        trace_opacity: 0..1, how strongly the photograph shows as a tracing.
        is_trace_over: whether the tracing lies over the paint instead of under it.
        undo_memory_mb: how much memory undo may take; older strokes are painted anew instead.
        brush, color (as "#1e1e22"), size_px, opacity (0..1): what was last in hand.
        eraser_size_px, eraser_opacity, smudge_size_px, smudge_opacity: how these two were last held.
        fill_tolerance: 0..1, how far colours may lie from the one that a fill is poured on.
        window_px: width and height of the window when it was last closed; empty for as large as suits the screen.
        is_maximised: whether it then filled the screen.
        wheel_px: how high the colour wheel was made by hand; -1 for as suits the window.
        folder: where something was last saved.
        keys: shortcuts that differ from the table's, by the command's name.
        left: names of journals that are not to be offered again.
    """

    canvas_side_px: int = _kept(1024, _one_of(*CANVAS_SIDES_PX))
    rivals: dict[str, dict[str, Any]] = field(default_factory=dict, metadata={"check": are_requests})
    is_strict: bool = _kept(False, _is_flag)
    has_speed_pressure: bool = _kept(True, _is_flag)
    finger_paints: bool = _kept(True, _is_flag)
    stabiliser: str = _kept("none", _one_of(*STABILISERS))
    stabiliser_strength: float = _kept(0.5, _SHARE)
    trace_opacity: float = _kept(0.35, _SHARE)
    is_trace_over: bool = _kept(False, _is_flag)
    undo_memory_mb: int = _kept(256, _one_of(*UNDO_MEMORIES_MB))
    brush: str = _kept("", _is_text)
    color: str = _kept("#1e1e22", _is_color)
    size_px: float = _kept(36.0, _SIZE_PX)
    opacity: float = _kept(1.0, _SHARE)
    eraser_size_px: float = _kept(36.0, _SIZE_PX)
    eraser_opacity: float = _kept(1.0, _SHARE)
    smudge_size_px: float = _kept(48.0, _SIZE_PX)
    smudge_opacity: float = _kept(0.8, _SHARE)
    fill_tolerance: float = _kept(0.1, _SHARE)
    window_px: list[int] = field(default_factory=list, metadata={"check": _is_size})
    is_maximised: bool = _kept(False, _is_flag)
    wheel_px: int = _kept(-1, lambda value: type(value) is int and -1 <= value <= 2000)
    folder: str = _kept("", _is_text)
    keys: dict[str, list[str]] = field(default_factory=dict, metadata={"check": _is_keys})
    left: list[str] = field(default_factory=list, metadata={"check": _is_texts})


def load_settings() -> Settings:
    """Read the settings; whatever is absent, damaged or out of range is as in a new installation."""
    try:
        found = json.loads(places.settings_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Settings()
    if not isinstance(found, dict):
        return Settings()
    sound = {
        each.name: found[each.name]
        for each in fields(Settings)
        if each.name in found and each.metadata["check"](found[each.name])
    }
    own = sound.get("rivals", {})
    # Settings are written without these two, so they are read once.
    both = {name: request | own.get(name, {}) for name, request in of_both(found).items()}
    return replace(Settings(), **sound | {"rivals": own | both})


def save_settings(settings: Settings) -> None:
    """Write the settings, atomically. Raises SaveError."""
    from app.images import write_json

    write_json(places.settings_file(), asdict(settings))
