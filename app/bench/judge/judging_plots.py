"""Charts for docs/judging.md, drawn by matplotlib from the figures of `bench grade`."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from app.bench.judge.scorers import JUDGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Figures = Mapping[str, Any]

INK, FAINT, RULE, PAPER = "#2b2926", "#6f6a62", "#d8d3c9", "#fbfaf7"
#: Ochre is the judge's everywhere.
COLOURS = {JUDGE: "#b06a00", "SSIM": "#2d6a9f", "pixels": "#5c5852", "autoencoder": "#4b7f3f"}
MARKS = ("#2d6a9f", "#4b7f3f", "#a23b3b", "#b06a00")
DPI = 100
WIDTH_IN = 9.0

#: The ladders in the order of the chart, and what their degrees are.
LADDERS = {
    "blur": "share of the longer side",
    "noise": "standard deviation",
    "occlusion": "share covered",
    "erasing": "share erased",
    "hue turn": "degrees",
    "contrast": "share lost",
    "shift": "share of the longer side",
    "strokes": "strokes",
}
#: The kinds of pictures in the chart of grades, from what should be graded high to what should not.
MISTAKEN = ("another style", "another photograph", "another deal")


def charts(figures: Figures) -> dict[str, bytes]:
    """Every chart that the figures allow, PNG by name."""
    judges: Figures = figures["judges"]
    drawn = {
        "ladders": (_ladders, "ladders"),
        "kinds": (_kinds, "spread"),
        "roc": (_roc, "matched"),
        "robustness": (_robustness, "robustness"),
        "agreement": (_agreement, "agreement"),
    }
    return {
        name: _packed(draw({who: judge[part] for who, judge in judges.items()}))
        for name, (draw, part) in drawn.items()
        if all(judge.get(part) for judge in judges.values())
    }


def _sheet(rows: int, columns: int, height_in: float, **more: Any) -> tuple[Figure, list[Axes]]:
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    matplotlib.rcParams["svg.hashsalt"] = "pastiche"
    figure = Figure(figsize=(WIDTH_IN, height_in), dpi=DPI, facecolor=PAPER, layout="constrained")
    FigureCanvasAgg(figure)
    axes = np.atleast_1d(figure.subplots(rows, columns, **more)).ravel().tolist()
    for each in axes:
        each.set_facecolor(PAPER)
        each.tick_params(colors=FAINT, labelsize=9, length=3)
        each.grid(visible=True, color=RULE, linewidth=0.6)
        each.set_axisbelow(True)
        for side, spine in each.spines.items():
            spine.set_visible(side in ("left", "bottom"))
            spine.set_color(FAINT)
    return figure, axes


def _name(axes: Axes, title: str = "", across: str = "", up: str = "") -> None:
    axes.set_title(title, color=INK, fontsize=11, loc="left")
    axes.set_xlabel(across, color=FAINT, fontsize=9)
    axes.set_ylabel(up, color=FAINT, fontsize=9)


def _legend(figure: Figure, axes: Axes) -> None:
    handles, names = axes.get_legend_handles_labels()
    figure.legend(
        handles, names, loc="outside lower center", ncols=len(names), frameon=False, fontsize=10, labelcolor=INK
    )


def _ladders(judges: Figures) -> Figure:
    """The mean grade over the degrees of each ladder; the judge's with the band in which 80 % of the deals lie."""
    figure, axes = _sheet(2, 4, 5.2, sharey=True)
    for each, (ladder, unit) in zip(axes, LADDERS.items(), strict=True):
        for who, found in judges.items():
            curve, degrees = found[ladder]["curve"], found[ladder]["degrees"]
            is_judge = who == JUDGE
            if is_judge:
                each.fill_between(degrees, curve["low"], curve["high"], color=COLOURS[who], alpha=0.18, linewidth=0)
            each.plot(
                degrees,
                curve["mean"],
                color=COLOURS.get(who, FAINT),
                linewidth=2.4 if is_judge else 1.1,
                marker="o",
                markersize=4 if is_judge else 2,
                label=who,
                zorder=3 if is_judge else 2,
            )
        each.set_xscale("log")
        each.set_ylim(0, 10.2)
        each.xaxis.set_major_formatter("{x:g}")
        each.xaxis.set_minor_formatter("")
        _name(each, "stroke budget" if ladder == "strokes" else ladder, unit)
    for each in axes[::4]:
        each.set_ylabel("grade", color=FAINT, fontsize=9)
    _legend(figure, axes[0])
    return figure


def _kinds(judges: Figures) -> Figure:
    """The judge's grades, by kind of picture: a dot for each, and a box from the lower to the upper quartile."""
    kinds: Mapping[str, Sequence[float]] = judges[JUDGE]["kinds"]

    def strokes(name: str) -> int:
        return int(name.split(", ")[1].split()[0])

    sincere = {
        who: sorted((name for name in kinds if name.startswith(f"{who}, ")), key=strokes)
        for who in ("imitation", "player")
    }
    mistaken = [name for name in MISTAKEN if name in kinds]
    listed = [*sincere["imitation"], *sincere["player"]]
    rest = [name for name in kinds if name not in listed and name not in mistaken and name != "mild change"]
    tricks = sorted(rest, key=lambda name: -float(np.median(kinds[name])))
    groups = [
        (["mild change"] if "mild change" in kinds else [], COLOURS["autoencoder"]),
        (sincere["imitation"][::-1], COLOURS[JUDGE]),
        (sincere["player"][::-1], MARKS[0]),
        (mistaken, COLOURS["pixels"]),
        (tricks, MARKS[2]),
    ]
    rows = [(name, colour) for names, colour in groups for name in names]
    figure, (axes,) = _sheet(1, 1, 0.8 + 0.235 * len(rows))
    chance = np.random.default_rng(0)
    for place, (name, colour) in enumerate(rows):
        grades = np.asarray(kinds[name])
        axes.scatter(
            grades, place + chance.uniform(-0.28, 0.28, len(grades)), s=7, color=colour, alpha=0.45, linewidths=0
        )
        low, middle, high = np.quantile(grades, [0.25, 0.5, 0.75])
        axes.barh(place, high - low, left=low, height=0.62, color=colour, alpha=0.28, edgecolor=colour, linewidth=0.8)
        axes.plot([middle, middle], [place - 0.36, place + 0.36], color=INK, linewidth=1.6)
    axes.set_yticks(range(len(rows)), [_title(name) for name, _ in rows])
    axes.tick_params(axis="y", length=0)
    for label in axes.get_yticklabels():
        label.set_color(INK)
    axes.grid(visible=False, axis="y")
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(-0.1, 10.1)
    _name(axes, across="grade against the rival's picture")
    return figure


def _title(kind: str) -> str:
    return kind.replace("imitation, ", "imitation of it, ").replace("player, ", "painted from the photograph, ")


def _roc(judges: Figures) -> Figure:
    """How many right pictures are recognised at how many wrong ones."""
    figure, axes = _sheet(2, 3, 6.2, sharex=True, sharey=True)
    for number, each in enumerate(axes):
        kind = ("another deal", "another style", "another photograph")[number % 3]
        name = ("" if number < 3 else "imitated, ") + kind
        for who, found in judges.items():
            if name in found:
                false, true = found[name]["roc"]
                label = f"{who} {found[name]['value']:.3f}"
                each.plot(
                    false, true, color=COLOURS.get(who, FAINT), linewidth=2.2 if who == JUDGE else 1.1, label=label
                )
        each.plot([0, 1], [0, 1], color=RULE, linewidth=1, linestyle="--")
        each.legend(loc="lower right", frameon=False, fontsize=9, labelcolor=INK, title="area", title_fontsize=8)
        _name(each, ("mild change" if number < 3 else "imitation") + f"\nagainst {kind}")
        each.set_xlim(-0.02, 1.02)
        each.set_ylim(-0.02, 1.02)
    for each in axes[3:]:
        each.set_xlabel("share of wrong pictures above", color=FAINT, fontsize=9)
    for each in axes[::3]:
        each.set_ylabel("share of right pictures above", color=FAINT, fontsize=9)
    return figure


def _robustness(judges: Figures) -> Figure:
    """By how much the judge's grades change where nothing that matters does."""
    each: Mapping[str, Figures] = judges[JUDGE]["each"]
    changes = list(dict.fromkeys(name.rpartition(", ")[0] for name in each))
    pictures = list(dict.fromkeys(name.rpartition(", ")[2] for name in each))
    figure, panels = _sheet(1, len(changes), 3.3, sharey=True)
    chance = np.random.default_rng(0)
    for panel, change in zip(panels, changes, strict=True):
        for place, picture in enumerate(pictures):
            values = np.asarray(each[f"{change}, {picture}"]["values"])
            panel.scatter(
                place + chance.uniform(-0.22, 0.22, len(values)), values, s=12, color=COLOURS[JUDGE], alpha=0.55, lw=0
            )
            middle = float(np.median(values))
            panel.plot([place - 0.3, place + 0.3], [middle, middle], color=INK, linewidth=1.6)
        panel.axhline(0.3, color=MARKS[2], linewidth=1, linestyle="--")
        panel.set_xticks(range(len(pictures)), [_shortly(picture) for picture in pictures])
        panel.grid(visible=False, axis="x")
        panel.set_ylim(0, max(0.4, 1.05 * max(max(one["values"]) for one in each.values())))
        _name(panel, change)
    panels[0].set_ylabel("change of grade", color=FAINT, fontsize=9)
    return figure


def _shortly(picture: str) -> str:
    return "itself" if "rival" in picture else picture.replace(" strokes", "\nstrokes")


def _agreement(judges: Figures) -> Figure:
    """Grades over perceptual distance, a dot for every pair."""
    figure, panels = _sheet(1, len(judges), 3.2, sharey=True)
    for panel, (who, found) in zip(panels, judges.items(), strict=True):
        scatter = found["scatter"]
        kinds = list(dict.fromkeys(scatter["kind"]))
        for kind, colour in zip(kinds, MARKS, strict=False):
            chosen = [number for number, of in enumerate(scatter["kind"]) if of == kind]
            panel.scatter(
                [scatter["rank"][number] for number in chosen],
                [scatter["grade"][number] for number in chosen],
                s=8,
                color=colour,
                alpha=0.6,
                linewidths=0,
                label=kind,
            )
        panel.set_ylim(-0.2, 10.2)
        _name(panel, f"{who}: {found['value']:.2f}", "rank of the distance")
    panels[0].set_ylabel("grade", color=FAINT, fontsize=9)
    _legend(figure, panels[0])
    return figure


def _packed(figure: Figure) -> bytes:
    raw = io.BytesIO()
    figure.savefig(raw, format="png", facecolor=PAPER)
    raw.seek(0)
    buffer = io.BytesIO()
    # Few colours: a third of the size.
    with Image.open(raw) as image:
        image.convert("RGB").quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            buffer, "PNG", optimize=True
        )
    return buffer.getvalue()
