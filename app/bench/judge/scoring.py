"""From a scorer's answers to its figures, each with a bootstrap interval over deals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app.bench.judge import perceptual, resampling, tricks
from app.bench.judge.resampling import Numbers, interval, interval_of_mean
from app.bench.progress import rounded, tell
from app.errors import NetworkError

if TYPE_CHECKING:
    from app.bench.judge.trials import Case, Key, Proof, Score

PARTS = ("identity", "matched", "ladders", "robustness", "tricks", "spread", "agreement")
#: Which trials each part asks about; `same` and `imitation` are always asked.
_NEEDED = {
    "identity": {"player"},
    "matched": {"matched", "mismatched"},
    "ladders": {"ladder"},
    "robustness": {"robustness", "trick"},
    "tricks": {"trick", "hasty"},
    "spread": {"player", "trick"},
    "agreement": set[str](),
}
TOP = 10.0

Figure = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Answered:
    """What a scorer said of a case's trials."""

    case: Case
    scores: dict[Key, float]

    def of(self, part: str, name: str | None = None) -> dict[Key, float]:
        """The answers of a part, or of one name in it."""
        return {
            key: score for key, score in self.scores.items() if key.part == part and (name is None or key.name == name)
        }

    def one(self, part: str, name: str, degree: float = 0.0) -> float:
        """One answer."""
        return next(score for key, score in self.of(part, name).items() if key.degree == degree)


def figures(
    proof: Proof, score: Score, name: str = "scorer", *, is_grade: bool = True, parts: Sequence[str] = ()
) -> dict[str, Any]:
    """Ask a scorer about every trial and return its figures, of `parts` of PARTS or, where it is empty, of all.

    `is_grade`: what it says is a grade from 0 to 10; otherwise it is scaled so that a white sheet gets 0 and the same
    picture 10, where figures need grades.

    Each figure is a dict with `value`, the bounds `low` and `high` of its 95 % bootstrap interval over deals, and what
    it is made of. What cannot be had here is None, and `reasons` says by its part why.
    """
    parts = tuple(parts) or PARTS
    needed = {"same", "imitation"}.union(*(_NEEDED[part] for part in parts))
    if not is_grade:
        needed |= {"trick"}
    answers = []
    for number, case in enumerate(proof.cases):
        tell(f"{name}: deal {case.deal + 1}, {case.rival} ({number + 1} of {len(proof.cases)})")
        answers.append(
            Answered(
                case,
                {
                    trial.key: float(score(trial.make(), case.picture, case.content, case.style))
                    for trial in case.trials()
                    if trial.key.part in needed
                },
            )
        )
    as_grade = _scale(answers) if not is_grade else float
    found: dict[str, Any] = {"name": name, "is_grade": is_grade, "deals": proof.deals, "cases": len(answers)}
    reasons: dict[str, str] = {}
    for part in parts:
        tell(f"{name}: {part}")
        try:
            match part:
                case "identity":
                    found["identity"] = _identity(answers, score, is_grade=is_grade)
                case "matched":
                    found["matched"] = _matched(answers)
                case "ladders":
                    found["ladders"] = _ladders(answers, as_grade)
                case "robustness":
                    found["robustness"] = _robustness(answers, as_grade)
                case "tricks":
                    found["tricks"] = _tricks(answers, as_grade)
                case "spread":
                    found["spread"] = _spread(answers, as_grade)
                case "agreement":
                    found["agreement"] = None
                    found["agreement"] = _agreement(answers, proof, score, as_grade)
        except NetworkError as error:
            reasons[part] = str(error)
    return found | {"reasons": reasons}


def _scale(answers: Sequence[Answered]) -> Callable[[float], float]:
    """From a plain score to a grade: 0 for what a white sheet gets on average, 10 for the same picture."""
    least = float(np.mean([answer.one("trick", "white") for answer in answers]))
    most = float(np.mean([answer.one("same", "same") for answer in answers]))
    reach = most - least
    return lambda score: TOP * min(max((score - least) / reach, 0.0), 1.0) if reach > 0 else 0.0


def _by_deal(answers: Iterable[Answered]) -> list[list[Answered]]:
    deals: dict[int, list[Answered]] = defaultdict(list)
    for answer in answers:
        deals[answer.case.deal].append(answer)
    return list(deals.values())


def _figure(value: float, low: float, high: float, **more: Any) -> Figure:
    return {"value": rounded(value), "low": rounded(low), "high": rounded(high), **more}


def _mean(answers: Sequence[Answered], of: Callable[[Answered], float], **more: Any) -> Figure:
    """The mean over deals of what `of` says of each case."""
    values = [float(np.mean([of(answer) for answer in deal])) for deal in _by_deal(answers)]
    return _figure(*interval_of_mean(values), **more)


def _identity(answers: Sequence[Answered], score: Score, *, is_grade: bool) -> Figure:
    """Shares of cases in which the same picture gets the best score exactly, and in which a score is the same when
    first and second change places, and when it is asked again.
    """
    top = TOP if is_grade else max(answer.one("same", "same") for answer in answers)

    def others(answer: Answered) -> list[tuple[Any, float]]:
        case = answer.case
        few, drawn = min(case.imitations), max(case.players)
        return [
            (case.imitations[few], answer.one("imitation", "imitation", few)),
            (case.players[drawn], answer.one("player", "player", drawn)),
        ]

    def symmetric(answer: Answered) -> float:
        case = answer.case
        pairs = [(picture, known) for picture, known in others(answer)]
        return float(all(score(case.picture, p, case.content, case.style) == known for p, known in pairs))

    def deterministic(answer: Answered) -> float:
        case = answer.case
        pairs = [(picture, known) for picture, known in others(answer)]
        return float(all(score(p.copy(), case.picture, case.content, case.style) == known for p, known in pairs))

    exact = _mean(answers, lambda answer: float(answer.one("same", "same") == top))
    mirrored, again = _mean(answers, symmetric), _mean(answers, deterministic)
    least = min((exact, mirrored, again), key=lambda figure: figure["value"])
    return {**least, "exact": exact, "symmetric": mirrored, "deterministic": again}


def _matched(answers: Sequence[Answered]) -> dict[str, Figure]:
    """The area under the ROC curve, over all deals: mild changes of the right picture against each kind of wrong one.

    `imitated ...`: imitations of at least 400 strokes in the place of mild changes.
    """
    found = {}
    for kind in dict.fromkeys(key.name for answer in answers for key in answer.of("mismatched")):
        for prefix, right in (("", _mild), ("imitated, ", _careful)):
            deals = [
                (
                    np.array([score for answer in deal for score in right(answer)]),
                    np.array([answer.one("mismatched", kind) for answer in deal]),
                )
                for deal in _by_deal(answers)
            ]
            whole = _together(deals)
            false, true = resampling.roc(*whole)
            found[prefix + kind] = _figure(
                *interval(deals, lambda drawn: resampling.auc(*_together(drawn))), roc=[_rounded(false), _rounded(true)]
            )
    return found


def _together(deals: Sequence[tuple[Numbers, Numbers]]) -> tuple[Numbers, Numbers]:
    return np.concatenate([right for right, _ in deals]), np.concatenate([wrong for _, wrong in deals])


def _mild(answer: Answered) -> list[float]:
    return list(answer.of("matched").values())


def _careful(answer: Answered) -> list[float]:
    known = answer.of("imitation")
    return [score for key, score in known.items() if key.degree >= min(400, max(k.degree for k in known))]


def _ladders(answers: Sequence[Answered], as_grade: Callable[[float], float]) -> dict[str, Figure]:
    """Spearman's correlation between degree and score, the mean over deals; a score that never moves counts 0."""
    names = list(dict.fromkeys(key.name for key in answers[0].of("ladder")))
    found = {}
    for name in [*names, "strokes"]:
        part, of, sign = ("imitation", "imitation", 1) if name == "strokes" else ("ladder", name, -1)

        def correlation(answer: Answered, part: str = part, of: str = of, sign: int = sign) -> float:
            known = answer.of(part, of)
            return sign * resampling.spearman([key.degree for key in known], list(known.values()))

        degrees = sorted({key.degree for answer in answers for key in answer.of(part, of)})
        grades = np.array([[as_grade(answer.one(part, of, degree)) for degree in degrees] for answer in answers])
        found[name] = _mean(
            answers,
            correlation,
            degrees=[rounded(degree) for degree in degrees],
            curve={
                "mean": _rounded(grades.mean(0)),
                "low": _rounded(np.quantile(grades, 0.1, axis=0)),
                "high": _rounded(np.quantile(grades, 0.9, axis=0)),
            },
        )
    return found


def _robustness(answers: Sequence[Answered], as_grade: Callable[[float], float]) -> Figure:
    """The 95 % quantile and the largest of all changes of grade by what must not matter; `each` by change and picture.

    Degree 0 is the rival's picture itself, others are imitations with so many strokes.
    """

    def changes(answer: Answered, name: str | None = None, degree: float | None = None) -> list[float]:
        before = {0.0: as_grade(answer.one("same", "same"))} | {
            key.degree: as_grade(score) for key, score in answer.of("imitation").items()
        }
        return [
            abs(as_grade(score) - before[key.degree])
            for key, score in answer.of("robustness", name).items()
            if degree is None or key.degree == degree
        ]

    deals = [np.array([change for answer in deal for change in changes(answer)]) for deal in _by_deal(answers)]
    asked = list(dict.fromkeys((key.name, key.degree) for key in answers[0].of("robustness")))
    each = {}
    for name, degree in asked:
        values = [change for answer in answers for change in changes(answer, name, degree)]
        what = "the rival's picture" if degree == 0 else f"{degree:g} strokes"
        each[f"{name}, {what}"] = {
            "mean": rounded(float(np.mean(values))),
            "p95": rounded(float(np.quantile(values, 0.95))),
            "most": rounded(max(values)),
            "values": _rounded(values),
        }
    within = _mean(answers, lambda answer: float(np.mean([change < 0.3 for change in changes(answer)])))
    return {
        **_figure(*interval(deals, lambda drawn: float(np.quantile(np.concatenate(drawn), 0.95)))),
        "most": _figure(*interval(deals, lambda drawn: float(np.concatenate(drawn).max()))),
        "below 0.3": within,
        "each": each,
    }


def _tricks(answers: Sequence[Answered], as_grade: Callable[[float], float]) -> dict[str, Any]:
    """The share of cases in which a trick scores below the 200-stroke imitation, for each; `value` is the least of
    those that are promised. `hasty`: below the other painter's.
    """

    def below(answer: Answered, name: str, by: float) -> float:
        return float(answer.one("trick", name) < by)

    found: dict[str, Figure] = {}
    for name in dict.fromkeys(key.name for key in answers[0].of("trick")):
        grades = [as_grade(answer.one("trick", name)) for answer in answers]
        found[name] = _mean(
            answers,
            lambda answer, name=name: below(answer, name, answer.one("imitation", "imitation", 200)),  # type: ignore[misc]
            hasty=_mean(answers, lambda answer, name=name: below(answer, name, answer.one("hasty", "hasty", 200))),  # type: ignore[misc]
            grade=rounded(float(np.mean(grades))),
            grades=_rounded(grades),
            promised=name in tricks.PROMISED,
        )
    worst = min((name for name in found if found[name]["promised"]), key=lambda name: found[name]["value"])
    everything = _mean(
        answers,
        lambda answer: float(
            np.mean([below(answer, name, answer.one("imitation", "imitation", 200)) for name in tricks.PROMISED])
        ),
    )
    return {
        **{bound: found[worst][bound] for bound in ("value", "low", "high")},
        "worst": worst,
        "mean": everything,
        "each": found,
    }


def _spread(answers: Sequence[Answered], as_grade: Callable[[float], float]) -> Figure:
    """How many points there are between the lowest and the highest grade of a deal's sincere attempts, on average.

    `kinds`: all grades, by kind, for the charts.
    """

    def span(answer: Answered) -> float:
        grades = [as_grade(score) for score in answer.of("imitation").values()]
        return max(grades) - min(grades)

    spans = [span(answer) for answer in answers]
    kinds: dict[str, list[float]] = defaultdict(list)
    for answer in answers:
        for key, score in answer.scores.items():
            if key.part in ("imitation", "player"):
                who = "imitation" if key.part == "imitation" else "player"
                kinds[f"{who}, {key.degree:g} strokes"].append(as_grade(score))
            elif key.part == "mismatched" or (key.part == "trick" and key.name in tricks.PROMISED):
                kinds[key.name].append(as_grade(score))
            elif key.part == "matched":
                kinds["mild change"].append(as_grade(score))
    return {
        **_mean(answers, span),
        "least": rounded(min(spans)),
        "five points": _mean(answers, lambda answer: float(span(answer) >= 5)),
        "kinds": {kind: _rounded(grades) for kind, grades in kinds.items()},
    }


def _agreement(
    answers: Sequence[Answered], proof: Proof, score: Score, as_grade: Callable[[float], float]
) -> dict[str, Any]:
    """Spearman's correlation of scores with perceptual likeness over mixed pairs, see perceptual.py."""
    if proof.distances is None:
        proof.distances = perceptual.measure(proof.cases, seed=proof.seed)
    distances = proof.distances
    known = {id(answer.case): answer.scores for answer in answers}
    scores = []
    for pair in distances.pairs:
        said_before = known[id(pair.case)].get(pair.trial.key)
        if said_before is None:
            case = pair.case
            said_before = float(score(pair.trial.make(), case.picture, case.content, case.style))
        scores.append(said_before)
    deals = [
        np.flatnonzero([pair.case.deal == deal for pair in distances.pairs])
        for deal in dict.fromkeys(pair.case.deal for pair in distances.pairs)
    ]
    said = np.asarray(scores)
    found: dict[str, Figure] = {}
    for kind, values in distances.by_kind.items():

        def correlation(drawn: Sequence[NDArray[np.intp]], values: Numbers = values) -> float:
            each = np.concatenate(drawn)
            return -resampling.spearman(said[each], values[each])

        found[kind] = _figure(*interval(deals, correlation))
    return {
        **{bound: found["both"][bound] for bound in ("value", "low", "high")},
        "pairs": len(scores),
        "each": found,
        "scatter": {
            "grade": _rounded([as_grade(score) for score in scores]),
            "rank": _rounded(distances.by_kind["both"]),
            "kind": [pair.kind for pair in distances.pairs],
        },
    }


def _rounded(values: Iterable[float], digits: int = 3) -> list[float]:
    return [round(float(value), digits) for value in values]
