"""How good our own networks are, measured with `vgg19-16x` as app.training.measure does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app import places
from app.bench.progress import tell
from app.networks import runtime

STYLIZER_DEALS, BACKBONE_DEALS, BACKBONE_STEPS = 24, 6, 150


def measure(
    *, stylizer_deals: int = STYLIZER_DEALS, backbone_deals: int = BACKBONE_DEALS, steps: int = BACKBONE_STEPS
) -> dict[str, Any]:
    """Hold the built-in stylizer against int8 Magenta, and the compact backbone against `vgg19-16x`.

    On pictures that were held out of all training where `../shared/training` is there, else on our own deck's;
    `quality_deals` says which. `builtin_over_int8_content` and `_style` are ratios of mean losses, by each of the two
    yardsticks; `backbone_share` of the fall in style loss, mean and least. Raises NetworkError where the teachers
    are missing.
    """
    runtime.tensorflow()
    # Training is a room of its own, which only this asks in.
    from app.training import teachers
    from app.training.datasets import read_shelf
    from app.training.measure import measure_stylizer
    from app.training.shares import ClassicSettings, measure_backbone
    from app.training.teacher_pictures import unseen_deals

    teachers.load_vgg19_16x()
    contents, styles, words = _folders()
    tell(f"Quality on {words}: reading pictures")
    deals = unseen_deals(read_shelf(contents), read_shelf(styles), deals=stylizer_deals)
    tell(f"Quality of the built-in stylizer beside int8 Magenta, {len(deals)} deals")
    stylizer = measure_stylizer(deals)
    tell(f"Quality of the compact backbone beside vgg19-16x, {backbone_deals} deals")
    backbone = measure_backbone(deals, count=backbone_deals, trial=ClassicSettings(steps=steps))
    return {
        "quality_deals": words,
        **{
            f"builtin_over_int8_{loss}": {
                yardstick: stylizer[f"{loss} loss against int8 Magenta, {yardstick}"]["ratio of means"]
                for yardstick in ("own taps", "mapped taps")
            }
            for loss in ("content", "style")
        },
        "backbone_share": {
            yardstick: backbone[f"share of the fall in style loss, {yardstick}"]
            for yardstick in ("own taps", "mapped taps")
        },
    }


def _folders() -> tuple[Path, Path, str]:
    shared = places.root().parent / "shared" / "training"
    if (shared / "content").is_dir() and (shared / "style").is_dir():
        return shared / "content", shared / "style", "pictures held out of all training"
    return places.contents(), places.styles(), "our own deck"
