"""Figures as Markdown: ``python -m app.bench.table FIGURES.json ...`` prints a table of what benches have printed.

Each file is what `bench rivals --json` or `bench worker --json` wrote; later files go before earlier ones.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import PasticheError, UsageError

Figures = Mapping[str, Any]


@dataclass(frozen=True)
class TableLine:
    """One promise: what is measured, by which figures, what is to be reached, and how the measured is said.

    `say` is a form with the first figure for `{}`, or a function of all figures.
    """

    what: str
    needs: tuple[str, ...]
    goal: str
    say: str | Callable[[Figures], str]

    def said(self, figures: Figures) -> str:
        """The measured in words."""
        if any(figures[name] is None for name in self.needs):
            return "not measured"
        return self.say.format(figures[self.needs[0]]) if isinstance(self.say, str) else self.say(figures)


def of(figures: Figures) -> str:
    """The table of everything that the figures hold, a line each, and why what is missing is not measured."""
    rows = ["| what | command | to reach | measured |", "|---|---|---|---|"]
    for command, lines in LINES.items():
        for line in lines:
            if all(name in figures for name in line.needs):
                rows.append(f"| {line.what} | `{command}` | {line.goal} | {line.said(figures)} |")
    rows += [f"\n{part}: {reason}" for part, reason in (figures.get("reasons") or {}).items()]
    return "\n".join(rows)


def by_yardstick(ratios: Mapping[str, float]) -> str:
    """Say a ratio by each of the two yardsticks."""
    return ", ".join(f"{ratio:.2f} ({yardstick})" for yardstick, ratio in ratios.items())


def shares(found: Mapping[str, Mapping[str, float]]) -> str:
    """Say a share, mean and least, by each of the two yardsticks."""
    return ", ".join(
        f"{100 * each['mean']:.1f} % ({yardstick}; least {100 * each['least']:.1f} %)"
        for yardstick, each in found.items()
    )


def _growth(figures: Figures) -> str:
    growth = figures["classic_growth"]
    each = ", ".join(f"{size} px {value:.3g}" for size, value in growth["microseconds_per_pixel"].items())
    return f"{100 * growth['worst']:.0f} % (µs a pixel and evaluation: {each})"


def _time_ratio(figures: Figures) -> str:
    each = ", ".join("never" if ratio is None else f"{ratio:.3f}" for ratio in figures["classic_time_ratios"])
    return f"{figures['classic_time_ratio']:.3f} (each: {each})"


def _on_vgg19(figures: Figures) -> str:
    evaluations, each_s = figures["classic_evaluations_to_loss"], figures["classic_vgg19_evaluation_s"]
    plain_s = figures["classic_vgg19_plain_step_s"]
    ratio = figures["classic_vgg19_time_ratio"]
    return f"{ratio:.3f} ({evaluations:.0f} evaluations of {each_s:.2f} s against 150 plain steps of {plain_s:.2f} s)"


LINES: dict[str, tuple[TableLine, ...]] = {
    "bench rivals": (
        TableLine("Magenta int8, 384 px, warm", ("magenta_int8_384_s",), "0.15 s", "{:.3f} s"),
        TableLine(
            "the same over the bare LiteRT calls",
            ("magenta_int8_over_bare", "magenta_int8_bare_s"),
            "1.1",
            lambda figures: f"{figures['magenta_int8_over_bare']:.2f} (bare {figures['magenta_int8_bare_s']:.3f} s)",
        ),
        TableLine("built-in stylizer, 384 px, warm", ("builtin_384_s",), "0.12 s", "{:.3f} s"),
        TableLine(
            "classic on the compact backbone, 384 px: until its loss is that of 150 plain steps of Adam",
            ("classic_seconds_to_loss", "classic_plain_s"),
            "5 s",
            lambda figures: f"{figures['classic_seconds_to_loss']:.2f} s (plain {figures['classic_plain_s']:.1f} s)",
        ),
        TableLine("that time over theirs", ("classic_time_ratio", "classic_time_ratios"), "0.25", _time_ratio),
        TableLine("the loss of its finished picture over theirs", ("classic_loss_ratio",), "", "{:.2f}"),
        TableLine(
            "the same, from deal to finished picture",
            ("classic_384_s", "classic_first_384_s"),
            "15 s",
            lambda figures: (
                f"{figures['classic_384_s']:.1f} s; the first of a process {figures['classic_first_384_s']:.1f} s"
            ),
        ),
        TableLine("longest wait for a preview of the classic", ("classic_preview_s",), "1 s", "{:.2f} s"),
        TableLine("what previews cost the classic", ("classic_preview_cost",), "0.03", "{:.3f}"),
        TableLine("classic, 256 to 2048 px: worst deviation from linear", ("classic_growth",), "15 %", _growth),
        TableLine(
            "classic on VGG19 (random weights), 384 px: time of the same quality over the plain loop's",
            (
                *("classic_vgg19_time_ratio", "classic_evaluations_to_loss"),
                *("classic_vgg19_evaluation_s", "classic_vgg19_plain_step_s"),
            ),
            "0.33",
            _on_vgg19,
        ),
        TableLine(
            "classic on VGG19, 512 px: most memory of the process", ("classic_vgg19_512_mb",), "1500 MB", "{:.0f} MB"
        ),
        TableLine("classic on VGG19, 1024 px, with a GPU", ("classic_vgg19_1024_gpu_s",), "", "{:.1f} s"),
        TableLine(
            "built-in stylizer over int8 Magenta: content loss",
            ("builtin_over_int8_content",),
            "0.85",
            lambda figures: by_yardstick(figures["builtin_over_int8_content"]),
        ),
        TableLine(
            "the same: style loss",
            ("builtin_over_int8_style",),
            "0.6",
            lambda figures: by_yardstick(figures["builtin_over_int8_style"]),
        ),
        TableLine(
            "compact backbone: share of the fall in style loss",
            ("backbone_share",),
            "99 %",
            lambda figures: shares(figures["backbone_share"]),
        ),
        TableLine("checkpoints in all", ("checkpoints_mb",), "12 MB", "{:.1f} MB"),
    ),
    "bench workshop": (
        TableLine("rivals ready after the window appears", ("ready_s",), "6 s", "{:.1f} s"),
        TableLine(
            "longest freeze of the window meanwhile",
            ("freeze_ms", "freeze_p99_ms"),
            "50 ms",
            lambda figures: f"{figures['freeze_ms']:.0f} ms (99th percentile {figures['freeze_p99_ms']:.1f} ms)",
        ),
        TableLine("a cancel is answered", ("cancel_s",), "0.3 s", "{:.2f} s"),
        TableLine(
            "a killed process is noticed; one that is held",
            ("noticed_s",),
            "2 s",
            lambda figures: f"{figures['noticed_s']['kill']:.2f} s; {figures['noticed_s']['stop']:.2f} s",
        ),
        TableLine("what a second duel loads", ("second_duel_loading_s",), "nothing", "{:.2f} s"),
        TableLine("verdict on busy cores over idle ones", ("busy_verdict_ratio",), "3", "{:.1f}"),
    ),
}


def read(path: Path) -> dict[str, Any]:
    """Read what a bench has printed. Raises UsageError."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} holds no figures: {error}.") from None
    if not isinstance(found, dict):
        raise UsageError(f"{path} holds no figures, but something else.")
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of the files that the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+", metavar="FIGURES.json", help="what a bench has printed")
    figures: dict[str, Any] = {}
    for path in parser.parse_args(arguments).files:
        figures |= read(path)
    print(of(figures))


if __name__ == "__main__":
    try:
        main()
    except PasticheError as failure:
        sys.exit(str(failure))
