"""The words of docs/rivals.md.

What the game works with by default is read from where it stands, so that the page cannot say otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.bench import table
from app.bench.rivals.classic import Race
from app.rivals import memory, precision
from app.rivals.classic_options import ClassicOptions
from app.rivals.request import MAX_SIZE_PX, MAX_STYLES, MIN_SIZE_PX, STYLE_SCALES


def text(race: Race, figures: Mapping[str, Any]) -> str:
    """The whole page. `race` is the one that the chart shows; `figures` of `bench rivals`, {} where there are none."""
    return "\n\n".join([_HEAD, _classic(race), _MAGENTA, _wishes(), _numbers(figures), _FOOT]) + "\n"


_HEAD = """# The rivals

Two machines paint every deal. *Magenta* has learnt to paint and needs one look; *classic* has learnt to see, and
changes the picture until it looks right. Neither needs anything that does not come with the game: all pictures on this
page are painted by our own networks, of our own deck, and drawn by a script (at the end it says which).

![Photograph, painting, Magenta's method and the classic one, eight deals](images/rivals-deals.jpg)

*Eight deals of our deck, 384 px: the photograph, the painting, what our own small stylizer makes of them in one pass,
and what the classic rival makes of them on our own compact backbone.*"""


#: What L-BFGS goes by.
_COORDINATES = {
    "pixels": """on the pixels, its first guess of how strongly the loss
  is bent taken, in each pixel, from the slopes there so far, as Adam does.""",
    "spectrum": """in coordinates in which natural pictures are simple: frequencies
  by a cosine transform, weighed by their strength, and brightness apart from colour (Olah, Mordvintsev and Schubert
  2017).""",
}


def _classic(race: Race) -> str:
    options = ClassicOptions()
    reached, plain_s = race.seconds_to_loss, race.plain.seconds[-1]
    told = (
        f"here after {reached:.1f} s, {reached / plain_s:.2f} of the {plain_s:.1f} s that the plain way takes"
        if reached is not None
        else f"which it did not in this run; the plain way took {plain_s:.1f} s"
    )
    averaging = (
        f"\n- **The picture** is the mean of the last {options.averaging:.0%} of the finest scale's steps (Polyak and"
        "\n  Juditsky 1992)."
        if options.averaging
        else ""
    )
    return f"""## Classic

Neural style transfer by optimisation (Gatys, Ecker and Bethge 2016): a network trained to recognise things looks at
photograph, painting and picture, and the picture is changed until the network finds the photograph's things in it and
the painting's manner. What is minimised is the sum of

- **content**: how far the features at relu4_2 are from the photograph's, relative to their size, times
  {options.content_weight:g};
- **style**: how far statistics of the features at relu1_1, relu2_1, relu3_1, relu4_1 and relu5_1 are from the
  painting's, each tap relative to the size of the painting's and the photograph's, times {options.style_weight:g}. They
  are Gram matrices or, if asked for, mean and covariance;
- **smoothness**: squared differences of neighbours, in colour {options.chroma:g} times as much as in brightness, times
  {options.tv_weight:g}.

Values near black and white are bent softly, so that none is ever cut off.

How it gets there:

- **Coarse to fine.** It begins at {options.coarsest_px} px or a little more and goes on in steps of √2, with at most
  {options.steps} evaluations of the network at the finest scale and half as many at each coarser one; large forms are
  settled where they are cheap.
- **L-BFGS** (Nocedal and Wright 2006) {_COORDINATES[options.coordinates]} Where it finds no way down, Adam goes on.
- **A frame**, the picture's own continuation, is looked at too, and what it adds to a slope goes to the pixels that it
  shows; the network pads by reflection: no dark or blurred borders.{averaging}
- **It stops** where nothing improves any more, or when it is told to; a stopped run still yields its picture. The same
  seed on the same machine yields the same picture.
- **Precision**, {" or ".join(precision.QUICK)}, is measured at the first use of a network and remembered.
- **Large pictures**, which would take more than {memory.ONE_PIECE_BYTES / 1e9:.0f} GB or than is free, are worked
  through in panels whose style is added up, so that they come out as if they were painted in one piece; what does not
  fit even so is said beforehand, with the size that would.

Against the plainest way to do the same, Adam on the pixels themselves at one scale, it is measured by the loss of its
pictures at full size, in float32, that of its coarse pictures enlarged: it is to be as far as
{len(race.plain.losses) - 1} plain steps end, {told}.

![The loss over the seconds, the rival's and that of plain Adam](images/rivals-curves.jpg)

*The loss at full size over the seconds. Each step of the rival's curve is a finer scale.*

![The photograph, the painting, and what both ways end with](images/rivals-plainly.jpg)

*What they end with.*"""


_MAGENTA = """## Magenta

Arbitrary stylization in one pass (Ghiasi et al. 2017): a predictor reads 100 numbers from the painting, and they steer
a transformer's instance normalisation. Three networks stand behind one face, the best that is installed first:
Magenta's full SavedModel, its int8 pair for LiteRT, and our own small stylizer, which comes with the game and speaks
the same 100 numbers.

- **Size and aspect** are free. The int8 pair can only 384 x 384 px: narrower pictures are continued by their mirror
  image. What is larger than a network takes at a time (768 px for the other two) is painted in overlapping tiles whose
  coarse part comes from the whole painted in small.
- **Strength** moves the style's numbers from the photograph's own to the painting's.
- **Several paintings** are blended by their numbers, in the shares that are asked for.
- **Strokes** keep their proportion to the picture: small pictures are painted at 384 px and shrunk; large ones are
  painted at 384 px first, and then over what was painted, mixed with the photograph, at about twice the size each time.
- Where a SavedModel's numbers cannot be reached, pictures are mixed in their place, and the report says so."""


def _wishes() -> str:
    least, most = STYLE_SCALES
    return f"""## What can be asked for

In the window under *The rivals...*, on the command line with `python3 main.py stylize` (`--help` explains each).

| wish | command line | classic | Magenta |
|---|---|---|---|
| size, {MIN_SIZE_PX} to {MAX_SIZE_PX} px | `--size` | yes | yes |
| strength | `--strength` | weight of style | numbers between photograph and painting |
| whose colours | `--colours painting`, `photograph`, `matched` | yes | yes |
| larger or smaller strokes, {least:g} to {most:g} | `--style-scale` | yes | yes |
| up to {MAX_STYLES} paintings with weights | `--also`, `--weight` | mixed statistics | mixed numbers |
| a mask | `--mask` | yes; what it leaves out says nothing of the manner | yes |
| where to begin, seed | `--start`, `--start-picture`, `--seed` | yes | begins with the photograph |
| Gram matrices or mean and covariance, L-BFGS or Adam, steps | `--statistics`, `--optimizer`, `--steps` | yes | - |
| a film of how it came about | `--film` | yes | where there is something to see |

![Strength 0.25, 0.5, 0.75 and 1](images/rivals-strength.jpg)

*Strength.*

![The painting's colours, matched ones, the photograph's](images/rivals-colours.jpg)

*Colours: the painting's; the painting's matched to the photograph's beforehand (mean and covariance); the photograph's,
so that only light and dark are painted (both Gatys et al. 2016, Preserving Color in Neural Artistic Style Transfer).*

![Strokes of half, usual and double size](images/rivals-scale.jpg)

*The scale of the strokes.*

![Gram matrices and mean and covariance](images/rivals-statistics.jpg)

*What the classic rival compares: Gram matrices, or mean and covariance of the features.*

![From one painting's manner to another's](images/rivals-blends.jpg)

*Two paintings, in shares.*

![A mask and both rivals' pictures within it](images/rivals-mask.jpg)

*A mask.*"""


def _numbers(figures: Mapping[str, Any]) -> str:
    has_quality = figures.get("builtin_over_int8_content") is not None
    beside = (
        f"""

Beside int8 Magenta, its teacher, our own stylizer's mean content loss is
{table.by_yardstick(figures["builtin_over_int8_content"])} times as large and its style loss
{table.by_yardstick(figures["builtin_over_int8_style"])} times, on {figures["quality_deals"]}. They are measured
with `vgg19-16x`: by its own taps, and by those mapped to the channels of the real VGG19. Of the fall in style loss that
optimising on `vgg19-16x` itself reaches, optimising on our compact backbone reaches
{table.shares(figures["backbone_share"])}."""
        if has_quality
        else ""
    )
    if not figures:
        return "## In numbers\n\n`python3 main.py bench rivals` measures them; docs/benchmarks.md keeps them."
    return f"""## In numbers

Medians on one machine, ratios within one run. The classic rival's time on VGG19 is extrapolated: the evaluations that
the plain way's loss takes on the compact backbone, times what one takes on VGG19 with weights drawn by chance.{beside}

{table.of(figures)}"""


_FOOT = """## How this page is made

```
python3 main.py bench rivals --json > rivals.json
python -m app.bench.report_rivals --figures rivals.json
python -m app.bench.table rivals.json workshop.json
```

The second line paints every picture here anew and writes this page; the third prints a table for docs/benchmarks.md."""
