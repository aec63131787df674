"""The proof of the judge as Markdown: rows, what is to be reached, who wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.bench.judge.scorers import JUDGE

Figures = Mapping[str, Any]


@dataclass(frozen=True)
class TableRow:
    """One line: what is measured, where its figure is within a scorer's, what is to be reached, how it is said.

    `unit` is "share" for what is said in per cent, "points" for grades, "" for plain numbers. `less`: less is better.
    `is_promised`: the game promises to reach the goal; the other rows are there to compare.
    """

    what: str
    path: tuple[str, ...]
    goal: float | None = None
    unit: str = ""
    less: bool = False

    def figure(self, judge: Figures) -> Mapping[str, Any] | None:
        """The figure, where it was measured."""
        at: Any = judge
        for name in self.path:
            if not isinstance(at, Mapping) or at.get(name) is None:
                return None
            at = at[name]
        return at if isinstance(at, Mapping) else None

    def is_reached(self, figure: Figures) -> bool:
        """Whether the goal is reached; rows without one are."""
        if self.goal is None:
            return True
        value = float(figure["value"])
        return value < self.goal if self.less else value >= self.goal

    def said(self, figure: Figures) -> str:
        """The figure with its interval."""
        low, high = (self._number(figure[bound]).removesuffix(" %") for bound in ("low", "high"))
        return f"{self._number(figure['value'])} ({low} to {high})"

    def said_goal(self) -> str:
        """What is to be reached."""
        return "" if self.goal is None else ("< " if self.less else "") + self._number(self.goal)

    def _number(self, value: float) -> str:
        match self.unit:
            case "share":
                return f"{100 * value:.3g} %"
            case "points":
                return f"{value:.2f}"
            case _:
                return f"{value:.3f}"


ROWS = (
    TableRow("the same picture gets the top score exactly", ("identity", "exact"), 1.0, "share"),
    TableRow("symmetric to the last bit", ("identity", "symmetric"), 1.0, "share"),
    TableRow("deterministic to the last bit", ("identity", "deterministic"), 1.0, "share"),
    TableRow("matched against another deal's, AUC", ("matched", "another deal"), 0.99),
    TableRow("against another style of the same photograph, AUC", ("matched", "another style"), 0.95),
    TableRow("against another photograph in the same style, AUC", ("matched", "another photograph"), 0.95),
    TableRow("imitations of 400 strokes and more against another deal's, AUC", ("matched", "imitated, another deal")),
    TableRow("imitations against another style, AUC", ("matched", "imitated, another style")),
    TableRow("imitations against another photograph, AUC", ("matched", "imitated, another photograph")),
    *(
        TableRow(f"ladder: {name}, Spearman", ("ladders", name), 0.95)
        for name in ("blur", "noise", "occlusion", "erasing", "hue turn", "contrast", "shift", "strokes")
    ),
    TableRow("re-encodings: 95 % quantile of the change of grade", ("robustness",), 0.3, "points", less=True),
    TableRow("re-encodings: largest change of grade", ("robustness", "most"), 0.3, "points", less=True),
    TableRow("tricks below a 200-stroke imitation: the worst trick", ("tricks",), 0.95, "share"),
    TableRow("tricks below a 200-stroke imitation: mean of all promised", ("tricks", "mean"), None, "share"),
    TableRow("points between sincere attempts of a deal", ("spread",), 5.0, "points"),
    TableRow("agreement with vgg19-16x: style and content", ("agreement",), 0.8),
    TableRow("agreement: style alone", ("agreement", "each", "style")),
    TableRow("agreement: content alone", ("agreement", "each", "content")),
)


def winners(judges: Mapping[str, Figures]) -> dict[str, list[str]]:
    """By row, the names of those who are best in it: several where they are equally good."""
    found = {}
    for row in ROWS:
        figures = {name: figure for name, judge in judges.items() if (figure := row.figure(judge)) is not None}
        if figures:
            best = (min if row.less else max)(float(figure["value"]) for figure in figures.values())
            found[row.what] = [name for name, figure in figures.items() if float(figure["value"]) == best]
    return found


def of(figures: Figures) -> str:
    """The table of all rows that were measured, a column for each judge, and why what is missing is not measured."""
    judges: Mapping[str, Figures] = figures["judges"]
    lines = [
        f"| check | to reach | {' | '.join(judges)} | best |",
        f"|---|---|{'---|' * len(judges)}---|",
    ]
    for row in ROWS:
        own = [row.figure(judge) for judge in judges.values()]
        if any(own):
            said = [_said(row, name, figure) for name, figure in zip(judges, own, strict=True)]
            best = figures["winners"].get(row.what, [])
            lines.append(f"| {row.what} | {row.said_goal()} | {' | '.join(said)} | {_names(best, len(judges))} |")
    if "time" in figures:
        lines.append(_time_line(figures, len(judges)))
    reasons = {reason for judge in judges.values() for reason in judge["reasons"].items()}
    lines += [f"\n{part} is not measured: {reason}" for part, reason in sorted(reasons)]
    return "\n".join(lines)


def time_of(figures: Figures) -> str:
    """The table where only the time was measured."""
    return "\n".join(["| check | to reach | judge | best |", "|---|---|---|---|", _time_line(figures, 1)])


def tricks_of(figures: Figures) -> str:
    """A line for every trick: in how many of the deals it stays below the 200-stroke imitation, and its mean grade."""
    judges: Mapping[str, Figures] = figures["judges"]
    each = {name: judge["tricks"]["each"] for name, judge in judges.items() if "tricks" in judge}
    first = next(iter(each.values()))
    lines = [
        f"| trick | mean grade | by the other painter | {' | '.join(each)} |",
        f"|---|---|---|{'---|' * len(each)}",
    ]
    share = TableRow("", (), unit="share")
    for name in sorted(first, key=lambda name: not first[name]["promised"]):
        told = first[name]
        said = [share.said(tricks[name]) for tricks in each.values()]
        words = name if told["promised"] else f"*{name}*"
        lines.append(f"| {words} | {told['grade']:.2f} | {share.said(told['hasty'])} | {' | '.join(said)} |")
    return "\n".join(lines)


def missed(judge: Figures) -> Sequence[TableRow]:
    """The rows whose goal a judge does not reach."""
    return [row for row in ROWS if (figure := row.figure(judge)) is not None and not row.is_reached(figure)]


def lost(figures: Figures, by: Callable[[TableRow], bool] = lambda _: True) -> Sequence[TableRow]:
    """The rows in which somebody else is better than the shipped judge."""
    won = figures["winners"]
    return [row for row in ROWS if row.what in won and JUDGE not in won[row.what] and by(row)]


def _said(row: TableRow, name: str, figure: Figures | None) -> str:
    if figure is None:
        return "not measured"
    words = row.said(figure)
    return f"**{words}**" if name == JUDGE and row.goal is not None and row.is_reached(figure) else words


def _names(names: Sequence[str], of_how_many: int) -> str:
    return "all" if len(names) == of_how_many > 1 else ", ".join(names)


def _time_line(figures: Figures, judges: int) -> str:
    time = figures["time"]
    said = f"{time['three_opinions_s']:.2f} s; {time['first_opinions_s']:.2f} s at the first use of a deal"
    return f"| three assessments with facets and heat maps, warm | 0.5 s | {said} |{' |' * (judges - 1)} |"
