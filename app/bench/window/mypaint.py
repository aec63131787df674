"""libmypaint beside our own dabs, where Debian's `libmypaint-1.5-1` is installed."""

import ctypes
import time
from collections.abc import Sequence

_LIBRARIES = ("libmypaint-1.5.so.1", "libmypaint-1.6.so.1", "libmypaint.so.0")
GROUP = 8
"""Stamps between two reports of what changed."""


class Rectangle(ctypes.Structure):
    """MyPaintRectangle."""

    _fields_ = (("x", ctypes.c_int), ("y", ctypes.c_int), ("width", ctypes.c_int), ("height", ctypes.c_int))


class MyPaint:
    """A surface of libmypaint's own, a fixed number of tiles in memory (`mypaint-fixed-tiled-surface.h`).

    `dirty` is what the last group of dabs changed.
    """

    def __init__(self, library: ctypes.CDLL, width: int, height: int) -> None:
        number, pointer = ctypes.c_float, ctypes.c_void_p
        for name, returned, given in (
            ("mypaint_fixed_tiled_surface_new", pointer, [ctypes.c_int, ctypes.c_int]),
            ("mypaint_fixed_tiled_surface_interface", pointer, [pointer]),
            ("mypaint_surface_begin_atomic", None, [pointer]),
            ("mypaint_surface_draw_dab", ctypes.c_int, [pointer] + [number] * 13),
            ("mypaint_surface_end_atomic", None, [pointer, ctypes.POINTER(Rectangle)]),
            ("mypaint_surface_unref", None, [pointer]),
        ):
            function = getattr(library, name)
            function.restype, function.argtypes = returned, given
        self._library = library
        self.dirty = Rectangle()
        made = library.mypaint_fixed_tiled_surface_new(width, height)
        if not made:
            raise MemoryError("libmypaint has no memory for a surface")
        self._surface = library.mypaint_fixed_tiled_surface_interface(made)

    @classmethod
    def open(cls, width: int, height: int) -> "MyPaint | None":
        """A surface of the library that is installed; None where there is none."""
        for name in _LIBRARIES:
            try:
                return cls(ctypes.CDLL(name), width, height)
            except (OSError, AttributeError):
                continue
        return None

    def draw(self, places: Sequence[tuple[float, float]], radius_px: float) -> float:
        """Dab a round brush at places (x, y) px, in groups, each with its dirty rectangle; the seconds it took."""
        surface = self._surface
        begin, end = self._library.mypaint_surface_begin_atomic, self._library.mypaint_surface_end_atomic
        draw, told = self._library.mypaint_surface_draw_dab, ctypes.byref(self.dirty)
        groups = [places[start : start + GROUP] for start in range(0, len(places), GROUP)]
        begun = time.perf_counter()
        for group in groups:
            begin(surface)
            for x, y in group:
                # Colour, opacity, hardness, paint (not eraser), aspect, angle, no lock of alpha, no colorizing.
                draw(surface, x, y, radius_px, 0.12, 0.35, 0.63, 1.0, 0.8, 1.0, 1.0, 0.0, 0.0, 0.0)
            end(surface, told)
        return time.perf_counter() - begun

    def close(self) -> None:
        """Let go of the surface."""
        if self._surface:
            self._library.mypaint_surface_unref(self._surface)
            self._surface = None
