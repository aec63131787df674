"""How the judge and its second opinion agree: ``python -m app.training.appealing --pictures DIR``.

Imitations of rivals' pictures, painted with 50 to 3200 strokes, are graded by the judge and by
app.judging.metrics.second_opinion.
Two constants of the latter follow. From every other deal, the curve that brings its likeness onto the judge's scale:
isotonic regression over the imitations, an empty canvas, noise and another deal's picture. From the rest of the deals
the margin: what nine of ten imitations stay within.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app import images
from app.judging.judge import Judge
from app.judging.metrics import second_opinion
from app.training.inventions import imitate
from app.training.teacher_pictures import TeacherPictures, read_deals

STROKES = (50, 100, 200, 400, 800, 1600, 3200)
BESIDE = ("empty", "noise", "other", "photograph")
KNOTS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
SIDE_PX = 320
WITHIN = 0.9

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Graded:
    """N deals with what was set beside their pictures, ``STROKES`` then ``BESIDE``: both float64 [N, 11]."""

    judged: Array
    likeness: Array

    def curve(self) -> list[float]:
        """Return the judge's grades at ``KNOTS`` of likeness: rising, from all but the photograph."""
        from scipy.optimize import isotonic_regression

        alike, judged = (values[:, : len(STROKES) + 3].ravel() for values in (self.likeness, self.judged))
        order = np.argsort(alike, kind="stable")
        rising = isotonic_regression(judged[order]).x
        # The same picture is where every curve ends.
        at = np.interp(KNOTS, [*alike[order], 1.0], [*rising, second_opinion.TOP_GRADE])
        # A step of the regression is a chance of these deals; between its neighbours the curve goes straight.
        smooth = np.convolve([0.0, *at, second_opinion.TOP_GRADE], [0.25, 0.5, 0.25], mode="valid")
        return [round(float(value), 2) for value in smooth]

    def apart(self, curve: list[float]) -> Array:
        """Return by how much the second opinion, with that curve, grades higher than the judge: [N, 11]."""
        return np.interp(self.likeness, [0.0, *KNOTS, 1.0], [0.0, *curve, second_opinion.TOP_GRADE]) - self.judged


def grade(deals: TeacherPictures, chosen: NDArray[Any], *, seed: int) -> Graded:
    """Paint imitations of the chosen deals' pictures and let the judge and the second opinion compare them."""
    judge = Judge.load()
    judged, likeness = (np.zeros((len(chosen), len(STROKES) + len(BESIDE))) for _ in range(2))
    for row, number in enumerate(chosen):
        rng = np.random.default_rng([seed, 31, int(number)])
        picture, content, other = (
            images.resize(images.from_bytes(np.asarray(kept)), height=SIDE_PX, width=SIDE_PX)
            for kept in (
                deals.painted[number],
                deals.contents[number],
                deals.painted[chosen[(row + 1) % len(chosen)]],
            )
        )
        beside = [imitate(picture, strokes, rng) for strokes in STROKES]
        beside += [np.ones_like(picture), rng.random(picture.shape, dtype=np.float32), other, content]
        deal_judge = judge.hear(content, images.from_bytes(np.asarray(deals.styles[number])))
        for column, each in enumerate(beside):
            judged[row, column] = deal_judge.grade(each, picture)
            likeness[row, column] = second_opinion.likeness(each, picture)
    return Graded(judged, likeness)


def main(arguments: list[str] | None = None) -> None:
    """Measure the curve and the margin, and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, required=True, help="folder of app.training.teacher_pictures")
    parser.add_argument("--deals", type=int, default=120, help="how many (default: 120)")
    parser.add_argument("--seed", type=int, default=1, help="seed of all chance (default: 1)")
    args = parser.parse_args(arguments)
    deals = read_deals(args.pictures)
    chosen = np.random.default_rng([args.seed, 30]).choice(len(deals), min(args.deals, len(deals)), replace=False)
    fitted, measured = (grade(deals, chosen[half::2], seed=args.seed) for half in (0, 1))
    curve = fitted.curve()
    print(f"_GRADES = (0.0, {', '.join(map(str, curve))}, {second_opinion.TOP_GRADE})")
    apart = measured.apart(curve)
    sincere = apart[:, : len(STROKES)]
    print(f"MARGIN: {np.quantile(np.abs(sincere), WITHIN):.2f} ({len(apart)} deals, {sincere.size} imitations)")
    for column, name in enumerate([*map(str, STROKES), *BESIDE]):
        mean, spread = apart[:, column].mean(), np.quantile(np.abs(apart[:, column]), WITHIN)
        print(
            f"{name:>10}: judge {measured.judged[:, column].mean():.2f}, appeal {mean:+.2f}, 90 % within {spread:.2f}"
        )


if __name__ == "__main__":
    main()
