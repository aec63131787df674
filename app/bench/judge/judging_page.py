"""The words of docs/judging.md.

What the judge decides by is read from where it stands, so that the page cannot say otherwise.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.bench.judge import judging_table
from app.bench.judge.resampling import RESAMPLES
from app.bench.judge.scorers import JUDGE
from app.judging.assessment import FACETS, Assessment, Suggestion
from app.judging.features import views
from app.judging.metrics import scoring, second_opinion

Figures = Mapping[str, Any]

#: Columns of a line.
WIDTH = 120

CHARTS = {
    "ladders": (
        "Grades over the degrees of eight ladders",
        "Ladders: the mean grade over ever worse changes, and over ever more strokes. The judge's with the band in "
        "which four fifths of the pictures lie; the plain measures are scaled so that a white sheet gets 0 and the "
        "same picture 10.",
    ),
    "kinds": (
        "The judge's grades, by kind of picture",
        "Grades of the shipped judge against a rival's picture, a dot for each picture, a box from quartile to "
        "quartile, a line at the median. Green: mild changes of the picture itself. Ochre: the auto-painter, which saw "
        "it. Blue: the auto-painter, which saw only photograph and painting, as a player does. Grey: the wrong rival's "
        "picture. Red: tricks.",
    ),
    "roc": (
        "ROC curves of matched against mismatched pictures",
        "How many right pictures get more than a threshold, over how many wrong ones do, for all thresholds. Above, "
        "mild changes of the right picture; below, imitations of 400 strokes and more.",
    ),
    "robustness": (
        "Changes of grade by shift, scale and JPEG",
        "By how much a grade changes when the first picture is shifted, halved and enlarged, or saved as JPEG: of the "
        "rival's picture itself and of imitations. A dot for each, a line at the median; dashed, what is to be kept.",
    ),
    "agreement": (
        "Grades over perceptual distance",
        "Grades over the distance under `vgg19-16x`, which nothing of ours judges with, a dot for each of the pairs: "
        "differences of Gram matrices at five taps (style) and of features at relu4_2 (content), and the mean of both "
        "ranks. Spearman's correlation above. LPIPS, DISTS and piq come as packages without the networks that they "
        "stand on.",
    ),
}


@dataclass(frozen=True, eq=False)
class Example:
    """What the judge said of one drawing of our own deck, against each rival, and what it advised."""

    titles: tuple[str, str]
    strokes: int
    assessments: Mapping[str, Assessment]
    suggestions: Sequence[Suggestion]
    sentences: Mapping[str, Sequence[str]]


def text(figures: Figures, example: Example, charts: Sequence[str], *, has_reconstructions: bool) -> str:
    """The whole page. `charts` are the names of those that were drawn."""
    parts = [
        _HEAD,
        _example(example),
        _how(),
        _RECONSTRUCTIONS if has_reconstructions else "",
        _proof(figures),
        *(_chart(name) for name in CHARTS if name in charts),
        _tricks(figures),
        _shortfalls(figures),
        _FOOT,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


_HEAD = """# The judge

Two pictures go in, a grade from 0 to 10 comes out, and beside it what a player needs to understand it: four facets with
a plain sentence each, a map of where the drawing departs from the rival's picture, where it stands among a blank sheet,
the bare photograph and the painting itself, how firm the grade is, a second opinion by other means, and what would
raise it. Everything on this page that was measured was measured by `python3 main.py bench grade`; its pictures are of
our own deck."""


def _example(example: Example) -> str:
    content, style = example.titles
    lines = [
        "## An example",
        f"![{content} after {style}: the drawing, both rivals' pictures, heat maps](images/judging-example.jpg)",
        _wrapped(
            f"*{content} after {style}. The drawing is the auto-painter's, {example.strokes} strokes, of photograph "
            "and painting only, as a player would have to. Below, where it departs from each rival's picture, by "
            "facet: the brighter, the further"
            + ("; last, the drawing with what the judge suggests tried on it.*" if example.suggestions else ".*")
        ),
    ]
    for rival, assessment in example.assessments.items():
        anchors = ", ".join(f"{_ANCHORS[name]} {grade:.1f}" for name, grade in assessment.anchors.items())
        second = "" if assessment.second_grade is None else f" Second opinion: {assessment.second_grade:.1f}."
        rows = [f"| {name} | {facet.grade:.1f} | {facet.sentence} |" for name, facet in assessment.facets.items()]
        lines.append(
            _wrapped(
                f"Against {rival}: **{assessment.grade:.1f}** ± {assessment.band:.1f}. "
                f"Beside it, against the same picture: "
                f"{anchors}.{second}"
            )
        )
        lines.append("\n".join(["| facet | grade | in words |", "|---|---|---|", *rows]))
        lines += [f"> {sentence}" for sentence in example.sentences.get(rival, ())]
    if example.suggestions:
        lines.append("What the judge suggests, each tried on the drawing and graded:")
        lines.append("\n".join(f"- {each.sentence}: about +{each.gain:.1f}" for each in example.suggestions))
    return "\n\n".join(lines)


_ANCHORS = {"blank": "a blank sheet", "photograph": "the bare photograph", "painting": "the painting itself"}


def _how() -> str:
    weights = ", ".join(f"{name} {scoring.WEIGHTS[name]:g}" for name in FACETS)
    steps = f"""
**Views.** Both pictures are brought to one shape, that of the deal's photograph, with an area near {views.SIDE_PX} x
{views.SIDE_PX} px: scaled and cropped around the middle as the game shows them, never stretched. Where one is the other
moved by a few pixels, they are laid in register first, and how far they were moved counts a little.

**Descriptions.** *Palette*: how colours are spread in Oklab, over the whole, in windows and place by place, and how
hues are turned. *Composition*: how light and dark are laid out, whatever the colours and the contrast, the
autoencoder's map of embeddings place by place, and the widest features of our compact backbone. *Texture*: means and
spreads of the backbone's early features, in windows and over the whole, the autoencoder's vector, how much there is
at each fineness, and which way strokes run (the structure tensor). *Detail*: the backbone's features place by place.

**Departures.** Each part's distance is divided by what it usually is between pictures that have nothing to do with each
other, bent so that the first steps count more than the last, and averaged within its facet.

**Likeness.** The facets' departures, weighted ({weights}), make one number, 1 for the same picture. A picture that was
mirrored or recoloured keeps at least {_percent(scoring.TURNED_KEEPS)} of it; one that is a copy of the photograph or
of the painting all over, while the other is not, {_percent(scoring.COPIED_KEEPS)}.

**The deal.** A blank sheet, the photograph and the painting are likened to both pictures too, and
{_percent(scoring.FLOOR_SHARE)} of what they reach on average is the floor that a likeness is measured from. A painting
of broad planes is easier to come near to than one of fine strokes; {_percent(scoring.EVENED_SHARE)} of that is evened
out.

**Calibration.** A monotone curve, fitted to other deals than the proof's, leads to the grade. It is stored in the
autoencoder's checkpoint, whose hash covers it. 10.0 is for the same picture only. The few numbers above that are
decided by hand were chosen with an eye on some of the proof's own deals: on other pictures expect a little less.

**The band** is by how much the grade changes when the same drawing is shifted, halved and enlarged, or saved as JPEG.
**The second opinion** compares structure, colours and outlines by classical measures that have nothing to do with the
judge's; where the two are more than {second_opinion.MARGIN:.1f} apart, the verdict says so."""
    listed = [
        textwrap.fill(
            " ".join(step.split()), WIDTH, initial_indent=f"{number}. ", subsequent_indent="   ", break_on_hyphens=False
        )
        for number, step in enumerate(steps.strip().split("\n\n"), start=1)
    ]
    return "## How a grade comes about\n\n" + "\n".join(listed)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _wrapped(paragraph: str) -> str:
    return textwrap.fill(paragraph, WIDTH, break_on_hyphens=False, break_long_words=False)


_RECONSTRUCTIONS = """## What the autoencoder sees

![Pictures, and what the decoder paints from what the encoder keeps of them](images/judging-reconstructions.jpg)

*What the decoder makes of what the encoder keeps: a coarse map of what is where, and a vector of what the whole is
like. Large forms and colours are kept; single strokes are left to the other parts of the judge.*"""


def _proof(figures: Figures) -> str:
    painters = ", ".join(f"{rival} with `{network}`" for rival, network in figures["rivals"].items())
    steps = f" (the classic rival with {figures['classic_steps']} steps)" if figures.get("classic_steps") else ""
    words = f"""{figures["deals"]} deals of {figures["source"]}, dealt by seed {figures["seed"]}, {figures["size_px"]}
px; painted by {painters}{steps}. Each figure stands with the interval in which 95 % of {RESAMPLES} bootstrap
resamples of the deals lie (percentiles, seed {figures["bootstrap_seed"]}). Ties count as ties. The shipped judge is
compared with plain structural similarity of the brightness, the plain mean difference of pixels at 64 px, and the plain
cosine of the autoencoder's embeddings; where points are needed, those are scaled so that a white sheet gets 0 and the
same picture 10. What the judge reaches of what it is to reach is bold."""
    return f"""## The proof

{_wrapped(" ".join(words.split()))}

{judging_table.of(figures)}"""


def _chart(name: str) -> str:
    title, caption = CHARTS[name]
    return f"![{title}](images/judging-{name}.png)\n\n{_wrapped(f'*{caption}*')}"


def _tricks(figures: Figures) -> str:
    if "tricks" not in figures["judges"][JUDGE]:
        return ""
    return f"""## Tricks

In how many of the pictures a trick gets less than an honest imitation of 200 strokes, painted by the game's own
auto-painter; in the second column of shares, by a simpler painter, graded by the judge. In italics, tricks that are
looked at besides those that the game promises about.

{judging_table.tricks_of(figures)}"""


def _shortfalls(figures: Figures) -> str:
    lines = ["## Where it falls short"]
    missed, lost = judging_table.missed(figures["judges"][JUDGE]), judging_table.lost(figures)
    if missed:
        lines.append("Not reached:")
        lines.append(
            "\n".join(
                f"- {row.what}: {row.said(figure)} of {row.said_goal()}"
                for row in missed
                if (figure := row.figure(figures["judges"][JUDGE])) is not None
            )
        )
    else:
        lines.append("Everything in the table that is to be reached is reached.")
    if lost:
        lines.append("Rows in which a plain measure is better:")
        lines.append("\n".join(f"- {row.what}: {' and '.join(figures['winners'][row.what])}" for row in lost))
    else:
        lines.append("No plain measure is better in any row.")
    return "\n\n".join(lines)


_FOOT = """## How this page is made

```
python3 main.py bench grade --pictures FOLDER --held-out --deals 12 --json > grade.json
python -m app.bench.report_judging --figures grade.json
```

The first line deals, paints and measures; the second draws the charts, paints the example of our own deck and writes
this page. Without `--pictures` the deals are our own deck's; `--held-out` takes only those pictures of a folder that
app.training keeps out of all training."""
