"""How much memory is free, what a rival's picture takes, and which size would fit.

Whoever asks first is told in a sentence; nobody is killed for taking too much. The figures below were measured as the
growth of the process's resident memory, and hold in float32; other precisions take less.
"""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.errors import RivalError
from app.rivals.request import MIN_SIZE_PX


@dataclass(frozen=True)
class MemoryDemand:
    """What a network takes: `per_pixel` bytes for each pixel that it works on at once, `own` when it is loaded.

    `features_per_pixel` is what the classic rival keeps of the photograph for each pixel of the picture.
    """

    per_pixel: int
    own: int
    features_per_pixel: int = 0


#: Loss and gradient for the classic rival's networks, one pass for Magenta's.
APPETITES: dict[str, MemoryDemand] = {
    "vgg19": MemoryDemand(2400, 180 * 10**6, 32),
    "builtin-vgg": MemoryDemand(700, 20 * 10**6, 8),
    "magenta-hub": MemoryDemand(1500, 300 * 10**6),
    "magenta-int8": MemoryDemand(420, 60 * 10**6),
    "builtin-stylizer": MemoryDemand(800, 60 * 10**6),
}
#: TensorFlow itself, once it is imported and has computed something.
TENSORFLOW_BYTES = 550 * 10**6
#: One float32 picture.
PICTURE_BYTES = 12
#: How many of them the classic rival holds at a time besides L-BFGS's memory: photograph, place, slope, direction,
#: their successors, how large slopes have been, and what the cosine transforms pass through.
CLASSIC_PICTURES = 17
#: And the rival magenta: photograph, mosaic, its weights, the coarse part, the blur.
MAGENTA_PICTURES = 8

#: How many of its steps L-BFGS remembers, and how many it needs to be worth its name.
MOST_PAIRS, LEAST_PAIRS = 12, 3
#: What L-BFGS's memory may take of a large picture, so that 4096 x 2730 px stay well below 8 GB.
PAIRS_BYTES = 1.2 * 10**9
#: Up to here a picture is worked on in one piece; panels take a third longer, but no more memory for a larger picture.
ONE_PIECE_BYTES = 6 * 10**9
#: Longer sides of a panel's inside that are tried, largest first, and the margin that a panel has on all sides.
PANELS_PX = (1024, 768, 512, 384, 256)
PANEL_MARGIN_PX = 80
#: The share of what is free that is not promised to anybody: other programs go on meanwhile.
RESERVE = 0.1


def free_bytes() -> int:
    """Return how many bytes this process may still take: of the machine, of its container, of its own limits."""
    return min(psutil.virtual_memory().available, *_free_in_groups(), *_free_in_limits())


def pairs(height: int, width: int) -> int:
    """Return how many of its steps L-BFGS may remember for a picture of height x width, 3 to 12."""
    fitting = int(PAIRS_BYTES / (2 * PICTURE_BYTES * height * width))
    return min(MOST_PAIRS, max(LEAST_PAIRS, fitting))


def panel_px(network: str, height: int, width: int) -> int | None:
    """Return the side of the panels that the classic rival works through, a multiple of 16; None: in one piece.

    The largest that fits into what is free; the smallest there is if none does (`check` says so).
    """
    return _panel_px(network, height, width, _promised())


def classic_bytes(network: str, height: int, width: int, panel_px: int | None) -> int:
    """Return what the classic rival takes for height x width px, worked through in panels of `panel_px` or at once."""
    appetite = APPETITES[network]
    worked_on = height * width
    if panel_px is not None:
        side = panel_px + 2 * PANEL_MARGIN_PX
        worked_on = min(height, side) * min(width, side)
    per_pixel = PICTURE_BYTES * (CLASSIC_PICTURES + 2 * pairs(height, width)) + appetite.features_per_pixel
    return _loading_bytes(appetite) + height * width * per_pixel + worked_on * appetite.per_pixel


def magenta_bytes(network: str, height: int, width: int, side_px: int | None) -> int:
    """Return what the rival magenta takes for height x width px in tiles of `side_px`, or in one piece if None."""
    appetite = APPETITES[network]
    worked_on = height * width if side_px is None else min(height, side_px) * min(width, side_px)
    return _loading_bytes(appetite) + height * width * PICTURE_BYTES * MAGENTA_PICTURES + worked_on * appetite.per_pixel


def check(network: str, height: int, width: int, *, side_px: int | None = None) -> None:
    """Refuse a picture that does not fit into what is free; height and width in px, as the rival would paint it.

    `network` says which rival it is; `side_px` is of the rival magenta's tiles, None for one piece. Raises RivalError
    with the size that would fit.
    """
    promised = _promised()
    if _needed(network, height, width, side_px, promised) > promised:
        raise RivalError(_sentence(height, width, promised, _fitting_px(network, height, width, side_px, promised)))


def sentence(network: str, height: int, width: int, *, side_px: int | None = None) -> str:
    """Return what to say of a picture that did not fit although it should have: others took what seemed free."""
    fitting = min(_fitting_px(network, height, width, side_px, _promised()), round(0.7 * max(height, width)))
    return _sentence(height, width, _promised(), fitting)


@contextlib.contextmanager
def watched(network: str, height: int, width: int, *, side_px: int | None = None) -> Iterator[None]:
    """Turn running out of memory meanwhile into the RivalError that `check` would have raised."""
    try:
        yield
    except MemoryError:
        raise RivalError(sentence(network, height, width, side_px=side_px)) from None
    except Exception as error:
        # TensorFlow's own, named without importing it.
        if type(error).__name__ != "ResourceExhaustedError":
            raise
        raise RivalError(sentence(network, height, width, side_px=side_px)) from None


def _panel_px(network: str, height: int, width: int, promised: float) -> int | None:
    if classic_bytes(network, height, width, None) <= min(promised, ONE_PIECE_BYTES):
        return None
    for side in PANELS_PX:
        if classic_bytes(network, height, width, side) <= promised:
            return side
    return PANELS_PX[-1]


def _needed(network: str, height: int, width: int, side_px: int | None, promised: float) -> int:
    if APPETITES[network].features_per_pixel:
        return classic_bytes(network, height, width, _panel_px(network, height, width, promised))
    return magenta_bytes(network, height, width, side_px)


def _fitting_px(network: str, height: int, width: int, side_px: int | None, promised: float) -> int:
    """The longer side of the largest picture of this aspect that fits, in steps of 16 px; 0 if none does."""
    longer = max(height, width)
    least, most = 0, math.ceil(longer / 16)
    while most - least > 1:
        middle = (least + most) // 2
        scale = 16 * middle / longer
        high, wide = max(1, round(height * scale)), max(1, round(width * scale))
        fits = _needed(network, high, wide, side_px, promised) <= promised
        least, most = (middle, most) if fits else (least, middle)
    return 16 * least


def _sentence(height: int, width: int, promised: float, fitting_px: int) -> str:
    start = (
        f"A picture of {width} x {height} px does not fit into the {promised / 10**9:.1f} GB of memory that are free"
    )
    if fitting_px < MIN_SIZE_PX:
        return f"{start}, and no smaller one would; close other programs."
    return f"{start}; {fitting_px} px would."


def _promised() -> float:
    return (1 - RESERVE) * free_bytes()


def _loading_bytes(appetite: MemoryDemand) -> int:
    """What is still to be loaded before anything is painted."""
    return appetite.own + (0 if "tensorflow" in sys.modules else TENSORFLOW_BYTES)


def _free_in_limits() -> list[int]:
    """What the limits of this process leave of its address space and of its data."""
    try:
        import resource
    except ImportError:
        # Windows has no such limits.
        return []
    used = psutil.Process().memory_info()
    free = []
    for limit, taken in ((resource.RLIMIT_AS, used.vms), (resource.RLIMIT_DATA, getattr(used, "data", used.rss))):
        soft, _ = resource.getrlimit(limit)
        if soft != resource.RLIM_INFINITY:
            free.append(max(0, soft - taken))
    return free


def _free_in_groups(root: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")) -> list[int]:
    """What the control groups leave that hold this process: a container's limit is one of them. Linux only."""
    try:
        lines = own.read_text().splitlines()
    except OSError:
        return []
    free = []
    for line in lines:
        _, kinds, path = line.split(":", 2)
        if kinds == "":
            base, names = root, ("memory.max", "memory.current", "inactive_file")
        elif "memory" in kinds.split(","):
            base, names = root / "memory", ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        else:
            continue
        group = base / path.lstrip("/")
        # A container may see its own group as the root, whatever path it is told.
        for folder in {group, *group.parents, base}:
            if folder == base or base in folder.parents:
                free += _free_in_group(folder, *names)
    return free


def _free_in_group(folder: Path, limit: str, usage: str, reclaimable: str) -> list[int]:
    try:
        most, used = (int((folder / name).read_text()) for name in (limit, usage))
        # Files that were read once are dropped before anybody is killed.
        stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
    except (OSError, ValueError):
        # No such group, or "max": no limit.
        return []
    return [max(0, most - used + int(stat.get(reclaimable, 0)))]
