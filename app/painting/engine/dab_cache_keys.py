"""DabCacheKeys of dabs: which of a brush's dabs are taken for the same, and so are kept for another time. For the dabs.

They are told apart in steps of size, turn and place within a pixel: finer where it shows, coarser where chance rules.
"""

import bisect
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.painting.brushes.brush import Brush
from app.painting.engine.dab_placement import Trail
from app.painting.engine.dab_placement_scalar import FewDabs

#: One number for each of N dabs: int64 [N].
Numbers = NDArray[np.int64]
#: One value for each of N dabs: float64 [N], in px unless it is said.
Floats = NDArray[np.float64]

_MAX_KINDS = 8192
_MAX_KINDS_BYTES = 24 * 2**20
_SIZE_ORIGIN = 512  # keeps size numbers positive
_MOST_OCTAVES = 16


class _Range(NamedTuple):
    """Which dabs are told apart, for some diameters."""

    from_px: float
    turns: int
    phases: int  # places within a pixel, across and down
    is_exact: bool  # whether no two are taken for the same


class DabCacheKeys:
    """The kinds of one brush's dabs, each with a name: a number of its variant, size, turn and place."""

    def __init__(self, brush: Brush) -> None:
        self._brush = brush
        self._turns = brush.rotation != "fixed" or brush.rotation_jitter > 0
        # Where chance turns and sizes the dabs, fine steps would only be more dabs to make.
        by_chance = brush.rotation == "random" or brush.rotation_jitter > 0.1
        self._is_coarse = by_chance and brush.texture.variants > 1
        self._is_strewn = self._is_coarse and max(brush.scatter_along, brush.scatter_across) >= 0.1
        self._sizes_per_octave = 12 if self._is_coarse else 48
        # The size numbers change at these diameters.
        numbers = np.arange(-2 * self._sizes_per_octave, _MOST_OCTAVES * self._sizes_per_octave)
        self._sizes_from = 2.0 ** ((numbers + 0.5) / self._sizes_per_octave)
        self._first_size = int(numbers[0]) + _SIZE_ORIGIN
        ranges = self._ranges()
        self._from_px = np.array([each.from_px for each in ranges[1:]])
        self._turns_of = np.array([each.turns for each in ranges])
        # The angle at which a dab's turn is none; others turn only where a symmetry does.
        self._upright = 0.0 if self._turns else math.radians(brush.angle_deg)
        self._phases_of = np.array([each.phases for each in ranges])
        self._is_exact_of = np.array([each.is_exact for each in ranges])
        self._has_exact = bool(self._is_exact_of.any())
        # The same for a few dabs.
        self._from_list, self._sizes_list = self._from_px.tolist(), self._sizes_from.tolist()
        self._ranges_list = [(each.turns, each.phases, each.is_exact) for each in ranges]

    def kind_of(self, diameter: Floats) -> Numbers:
        """The range of each diameter (px)."""
        return np.searchsorted(self._from_px, diameter, side="right")

    def is_exact(self, kind: Numbers) -> NDArray[np.bool_] | None:
        """Whether dabs of these ranges are all different; None where none of the brush's are."""
        return self._is_exact_of[kind] if self._has_exact else None

    def names(self, trail: Trail, scale: float, diameter: Floats, kind: Numbers) -> tuple[Numbers, ...]:
        """For each dab of a trail: the name it is kept by, and the pixel (x, y) that its centre falls into."""
        phases = self._phases_of[kind]
        fine_x = np.floor(trail.x * (scale * phases) + 0.5).astype(np.int64)
        fine_y = np.floor(trail.y * (scale * phases) + 0.5).astype(np.int64)
        pixel_x, pixel_y = fine_x // phases, fine_y // phases
        name = trail.variant << 11
        name += np.searchsorted(self._sizes_from, diameter, side="right") + self._first_size
        name <<= 9
        turns = self._turns_of[kind]
        name += np.round((trail.angle - self._upright) * (turns / (2 * math.pi))).astype(np.int64) % turns
        for part, bits in ((kind, 4), (fine_x - pixel_x * phases, 3), (fine_y - pixel_y * phases, 3)):
            name <<= bits
            name += part
        return name, pixel_x, pixel_y

    def names_of_few(self, few: FewDabs, flow: list[int], scale: float) -> list[tuple[int, int, int, int]] | None:
        """For each dab with any flow: its name, its pixel (x, y) and its flow; None where one is exact."""
        kind_of, size_of = self._from_list, self._sizes_list
        full_turn, upright, floor, bisect_right = 2 * math.pi, self._upright, math.floor, bisect.bisect_right
        rows = []
        for at_x, at_y, size, strength, angle, variant in zip(
            few.x, few.y, few.size, flow, few.angle, few.variant, strict=True
        ):
            if strength == 0:
                continue
            diameter = size * scale
            if diameter < 0.5:
                diameter = 0.5
            kind = bisect_right(kind_of, diameter)
            turns, phases, is_exact = self._ranges_list[kind]
            if is_exact:
                return None
            fine = scale * phases
            fine_x, fine_y = floor(at_x * fine + 0.5), floor(at_y * fine + 0.5)
            x, y = fine_x // phases, fine_y // phases
            name = (variant << 11) + bisect_right(size_of, diameter) + self._first_size << 9
            if angle != upright:
                name += round((angle - upright) * (turns / full_turn)) % turns
            name = (name << 4 | kind) << 6 | fine_x - x * phases << 3 | fine_y - y * phases
            rows.append((name, x, y, strength))
        return rows

    def told(self, names: Numbers) -> tuple[Numbers, Floats, Floats, Floats, Floats]:
        """What some names tell: variants, diameters, turns in degrees, and places (x, y) within the pixel."""
        rest, phase_y = np.divmod(names, 8)
        rest, phase_x = np.divmod(rest, 8)
        rest, kind = np.divmod(rest, 16)
        rest, turn = np.divmod(rest, 512)
        variant, step = np.divmod(rest, 2048)
        diameter = 2 ** ((step - _SIZE_ORIGIN) / self._sizes_per_octave)
        degrees = turn * 360 / self._turns_of[kind] + (0.0 if self._turns else self._brush.angle_deg)
        return variant, diameter, degrees, phase_x / self._phases_of[kind], phase_y / self._phases_of[kind]

    def _ranges(self) -> list[_Range]:
        """Which dabs are told apart at which diameters, and where too many to be kept for another time."""
        brush = self._brush
        sizes = 1 - math.log2(max(1 - brush.size_jitter, 1 / 64)) * self._sizes_per_octave
        ranges = []
        # A rim moves about half a pixel from one turn to the next. The smaller the dab, the more its place shows.
        for from_px, to_px, fine_turns, fine_phases in (
            (0, 8, 32, 8),
            (8, 16, 64, 4),
            (16, 24, 128, 4),
            (24, 40, 128, 2),
            (40, 96, 256, 2),
            (96, math.inf, 512, 2),
        ):
            turns = 32 if self._is_coarse else fine_turns
            phases = fine_phases
            if self._is_coarse:
                # Where chance places the dabs too, nobody can see where within a pixel they fall.
                phases = 1 if from_px >= (8 if self._is_strewn else 24) else 2 if self._is_strewn else 4
            kinds = brush.texture.variants * (turns if self._turns else 1) * phases**2 * sizes
            largest_px = math.sqrt(_MAX_KINDS_BYTES / (4 * kinds)) / brush.texture.reach
            if kinds > _MAX_KINDS or largest_px <= from_px:
                ranges.append(_Range(from_px, turns, phases, is_exact=True))
                continue
            ranges.append(_Range(from_px, turns, phases, is_exact=False))
            if largest_px < to_px:
                ranges.append(_Range(largest_px, turns, phases, is_exact=True))
        return ranges
