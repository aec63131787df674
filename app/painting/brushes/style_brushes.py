"""The brushes of a painting: our brushes, fitted to how it was painted."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.images import Picture
from app.painting.brushes.brush import Brush, brush_with
from app.painting.brushes.style_analysis import Manner, manner_of


@dataclass(frozen=True)
class Kit:
    """The brushes that suit a painting, the most useful first.

    Attributes:
        stroke_width_px: how wide the painting's strokes are on the canvas.
        direction_spread: 0..1, see `Manner.spread`.
        roughness: 0..1, see `Manner.roughness`.
        brushes: three to five, named "kit-...", whose hints say what was measured.
    """

    stroke_width_px: float
    direction_spread: float
    roughness: float
    brushes: tuple[Brush, ...]


def kit_of(style: Picture, brushes: Mapping[str, Brush], canvas_side_px: int) -> Kit:
    """The kit of a style picture for a canvas whose longer side is `canvas_side_px`.

    `brushes` are those that it may be made from; those that are not there are left out.
    """
    manner = manner_of(style)
    return Kit(
        stroke_width_px=manner.width * canvas_side_px,
        direction_spread=manner.spread,
        roughness=manner.roughness,
        brushes=_fitted(manner, brushes, canvas_side_px),
    )


def _fitted(manner: Manner, brushes: Mapping[str, Brush], canvas_side_px: int) -> tuple[Brush, ...]:
    """Our brushes as that manner would have them: the one that most of it is painted with comes first."""
    width = manner.width * canvas_side_px
    found: list[Brush] = []

    def add(base: str, name: str, title: str, hint: str, size_px: float, **changes: object) -> None:
        if base in brushes and len(found) < 5:
            declared = {"size_px": float(np.clip(size_px, 2.0, 512.0)), **changes}
            brush = brush_with(brushes[base], name=f"kit-{name}", title=title, hint=hint, order=0, **declared)
            brush.prepare()
            found.append(brush)

    about = f"about {max(round(width), 1)} px wide"
    ways = "side by side" if manner.spread < 0.25 else "swirling" if manner.spread < 0.5 else "every which way"
    is_dotted = manner.coherence < 0.4 and manner.flatness < 0.25
    is_flat = manner.flatness > 0.25
    is_graphic = manner.coherence >= 0.62 and manner.roughness < 0.7
    is_tangled = manner.spread > 0.6 and manner.width < 0.009 and not is_graphic

    if is_dotted:
        dot = width * 1.3
        about_dots = f"Dots {about}, in no direction"
        add("round", "dots", "Its dots", f"{about_dots}.", dot, **_dots(1.3, manner))
        add(
            "round",
            "broad-dots",
            "Its broad dots",
            f"{about_dots}: twice as large, for the ground.",
            dot * 2,
            **_dots(1.0, manner),
        )
        add(
            "flat",
            "touches",
            "Its touches",
            f"{about_dots}: short flat ones.",
            dot * 1.4,
            spacing=0.8,
            rotation="random",
            scatter_across=1.1,
            scatter_along=0.4,
            size_jitter=0.3,
            pressure_size=((0, 0.7), (1, 1)),
            relief=_relief(manner),
        )
        add("flat", "ground", "Its ground", f"{about_dots}: broad and even, to lie below.", canvas_side_px * 0.09)
        add("splatter", "spray", "Its sprinkling", f"{about_dots}: many at once.", dot * 9, spacing=0.5)
    elif is_flat:
        part = f"{round(100 * manner.flatness)} % of it is flat colour"
        if manner.coherence > 0.75:
            add(
                "marker",
                "fields",
                "Its fields",
                f"{part}, with hard edges.",
                canvas_side_px * 0.07,
                opacity=1.0,
                angle_deg=0.0,
                spacing=0.03,
            )
        elif manner.lightness > 0.75:
            add(
                "watercolour",
                "washes",
                "Its washes",
                f"{part}, pale and soft at the edges.",
                canvas_side_px * 0.11,
                grain=0.05 + 0.2 * manner.roughness,
            )
            add(
                "watercolour",
                "pools",
                "Its pools",
                f"Marks {about}, wet into the pale ground.",
                width * 3.0,
                opacity=0.8,
            )
        else:
            add(
                "flat",
                "fields",
                "Its fields",
                f"{part}: broad and soft.",
                canvas_side_px * 0.16,
                hardness=0.0,
                spacing=0.02,
                flow=0.5,
                relief=0.25,
                wetness=0.5,
                drag=4.0,
            )
            add(
                "dry-brush",
                "veils",
                "Its veils",
                f"{part}: thin layers that let the ground through.",
                canvas_side_px * 0.13,
            )
        if manner.width < 0.03:
            add("ink", "lines", "Its lines", f"Lines and marks {about}.", max(width * 0.55, 2.0))
        else:
            add("flat", "bands", "Its bands", f"Broad bands, {about}.", width * 1.1, hardness=0.0, relief=0.2)
        add(
            "charcoal" if manner.roughness > 0.5 else "round",
            "edges",
            "Its edges",
            f"Marks {about}, between the fields.",
            min(width * 1.6, canvas_side_px * 0.06),
        )
    elif is_graphic or is_tangled:
        if is_tangled:
            add(
                "ink",
                "threads",
                "Its threads",
                f"Lines {about}, {ways}.",
                width * 1.1,
                pressure_size=((0, 0.5), (1, 1)),
                speed_size=-0.35,
            )
            add("splatter", "drops", "Its drops", f"Drops flung among lines {about}.", width * 14, spacing=0.7)
        else:
            add("ink", "lines", "Its lines", f"Crisp lines {about}, {ways}.", width, pressure_size=((0, 0.25), (1, 1)))
        add("marker", "shapes", "Its shapes", f"Even colour between lines {about}.", width * 3.5, opacity=1.0)
        add(
            "flat",
            "ground",
            "Its ground",
            f"Broad and even, below lines {about}.",
            canvas_side_px * 0.09,
            relief=_relief(manner),
        )
        if not is_tangled:
            add(
                "palette-knife" if manner.roughness > 0.5 else "round",
                "cuts",
                "Its cuts",
                f"Broad marks, crisp as lines {about}.",
                width * 2.0,
            )
    else:
        rough = (
            "rough with hair" if manner.roughness > 0.75 else "with some hair" if manner.roughness > 0.5 else "smooth"
        )
        main = "impasto" if manner.roughness > 0.8 else "bristle" if manner.roughness > 0.5 else "filbert"
        stroke = width * 1.1
        said = f"Strokes {about}, {ways}, {rough}"
        add(main, "strokes", "Its strokes", f"{said}.", stroke, **_strokes(manner))
        add(
            "bristle",
            "broad",
            "Its broad strokes",
            f"{said}: twice as broad, for the first layer.",
            stroke * 2.2,
            **_strokes(manner),
        )
        if manner.width > 0.012:
            add("palette-knife", "slabs", "Its slabs", f"{said}: pressed on in slabs.", stroke * 1.5)
        add(
            "flat",
            "ground",
            "Its ground",
            f"{said}: four times as broad, for the ground.",
            stroke * 4,
            relief=_relief(manner),
        )
        add(
            "filbert",
            "touches",
            "Its touches",
            f"{said}: half as broad, for accents.",
            stroke * 0.6,
            pressure_size=((0, 0.3), (1, 1)),
        )
    return tuple(found)


def _dots(scatter: float, manner: Manner) -> dict[str, object]:
    return {
        # Several beside each other, so that a stroke lays a field of dots and no string of pearls.
        "spacing": 0.6,
        "hardness": 0.85,
        "scatter_across": scatter,
        "scatter_along": 0.5,
        "size_jitter": 0.35,
        "flow_jitter": 0.1,
        "relief": 0.0,
        "pressure_size": ((0, 0.6), (1, 1)),
        "grain": 0.12 * manner.roughness,
    }


def _strokes(manner: Manner) -> dict[str, object]:
    """A stroke's body: the rougher, the more relief; a swirling hand turns its brush, a straight one keeps it."""
    return {
        "relief": _relief(manner),
        "wetness": 0.15 + 0.2 * (1 - manner.roughness),
        "rotation_jitter": 0.02 + 0.03 * manner.spread,
        "flow_jitter": 0.15 * manner.roughness,
        "pressure_size": ((0, 0.6), (1, 1)),
    }


def _relief(manner: Manner) -> float:
    return 0.3 + 0.6 * manner.roughness
