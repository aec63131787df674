"""How near classic pictures made on our backbone come to those made on its teacher, vgg19-16x."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray

from app import images
from app.colour import LUMA_601
from app.networks.backbone import load_backbone
from app.networks.stylizer import STYLE_TAPS
from app.training import teachers
from app.training.backbone import tap_scales
from app.training.gatys import TrainedPicture, Yardstick

Array = NDArray[np.float32]
Deals = list[tuple[Array, Array]]
Pooling = Literal["average", "max"]

#: Photographs that the yardsticks' taps are scaled by.
_SCALING = 16
_SCALING_PX = 256
#: The flattest share of a photograph, in which grain and fringes are looked for.
_FLAT = 0.3


@dataclass(frozen=True)
class ClassicSettings:
    """How the classic pictures are made: Adam at rate 0.03 from the bare photograph, on one scale.

    ``pooling``: "average", as networks were trained, or "max", as the rival that plays uses them.
    """

    side_px: int = 256
    steps: int = 150
    pooling: Pooling = "average"


def yardsticks(deals: Deals, *, pooling: Pooling = "average") -> dict[str, Yardstick]:
    """Return vgg19-16x as two yardsticks: its own taps, scaled to a root mean square of 1, and those mapped to the
    channels of the real, normalised VGG19.
    """
    teacher = teachers.load_vgg19_16x(auxiliary=True)
    scales = tap_scales(teacher, _scaling(deals))
    teacher = _pooled(teacher, pooling)
    mapped = [teachers.mapped(tap) for tap in STYLE_TAPS]
    return {"own taps": Yardstick(teacher, scales), "mapped taps": Yardstick(teacher, scales, style_taps=mapped)}


def measure_backbone(
    deals: Deals,
    *,
    count: int | None = None,
    trial: ClassicSettings | None = None,
    backbone: keras.Model | None = None,
    keep: Path | None = None,
    sheet: Path | None = None,
) -> dict[str, Any]:
    """Return what share of the fall in style loss, from the bare photograph, optimising on our backbone reaches.

    Each network's taps are divided by their root mean squares over the same photographs, so that both weigh content
    and style alike. The loss is vgg19-16x's, the whole fall (1.0) that of optimising on vgg19-16x itself. Also
    returned are the content loss, and grain in the flat places, as ratios to those of the teacher's pictures. The
    first ``count`` deals are painted, all of them scale the taps. ``keep``: folder in which the teacher's pictures
    are kept from one measurement to the next; ``sheet``: where a PNG of painting, photograph, theirs and ours goes.
    """
    trial = trial or ClassicSettings()
    small = [(_square(content, trial.side_px), _square(style, trial.side_px)) for content, style in deals[:count]]
    teacher = teachers.load_vgg19_16x()
    scales = tap_scales(teacher, _scaling(deals))
    theirs = _kept(TrainedPicture(_pooled(teacher, trial.pooling), scales, side_px=trial.side_px), small, trial, keep)
    student = backbone or load_backbone()
    canvas = TrainedPicture(
        _pooled(student, trial.pooling), tap_scales(student, _scaling(deals)), side_px=trial.side_px
    )
    ours = [canvas.paint(content, style, steps=trial.steps) for content, style in small]
    figures: dict[str, Any] = {"deals": len(small), "steps": trial.steps, "side_px": trial.side_px}
    figures["pooling"] = trial.pooling
    for name, yardstick in yardsticks(deals, pooling=trial.pooling).items():
        shares, contents = [], []
        for (content, style), their, our in zip(small, theirs, ours, strict=True):
            bare = yardstick.style_loss(content, style)
            shares.append((bare - yardstick.style_loss(our, style)) / (bare - yardstick.style_loss(their, style)))
            contents.append(yardstick.content_loss(our, content) / yardstick.content_loss(their, content))
        figures[f"share of the fall in style loss, {name}"] = {
            "mean": round(float(np.mean(shares)), 4),
            "least": round(float(np.min(shares)), 4),
        }
        figures["content loss against the teacher's picture"] = round(float(np.mean(contents)), 3)
    grain = [
        (grain_in_flat_places(our, content), grain_in_flat_places(their, content))
        for (content, _), their, our in zip(small, theirs, ours, strict=True)
    ]
    for i, kind in enumerate(("brightness", "colour")):
        ratios = [our[i] / max(their[i], 1e-6) for our, their in grain]
        figures[f"grain in flat places against the teacher's picture, {kind}"] = round(float(np.mean(ratios)), 3)
    if sheet is not None:
        rows = [np.concatenate([s, c, t, o], axis=1) for (c, s), t, o in zip(small, theirs, ours, strict=True)]
        images.write_picture(sheet, np.concatenate(rows))
    return figures


def grain_in_flat_places(picture: Array, content: Array) -> tuple[float, float]:
    """Return the root mean squares of fine brightness and of fine colour where the content is flattest.

    Both pictures float32 [H, W, 3]; fine is what a Gaussian blur of 1.5 px takes away.
    """
    steep: Any = np.gradient(_blurred(content, 2.0).mean(axis=-1))
    slope = np.hypot(*steep)
    flat = slope <= np.quantile(slope, _FLAT)
    fine = (picture - _blurred(picture, 1.5))[flat]
    brightness = fine @ LUMA_601
    colour = fine - brightness[:, None]
    return float(np.sqrt(np.mean(brightness**2))), float(np.sqrt(np.mean(colour**2)))


def _blurred(picture: Array, sigma: float) -> Array:
    reach = int(3 * sigma + 0.5)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    blurred: NDArray[Any] = picture
    for axis in (0, 1):
        margin = [(reach, reach) if i == axis else (0, 0) for i in range(3)]
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(blurred, margin, mode="edge"), len(bell), axis=axis)
        blurred = windows @ (bell / bell.sum())
    return blurred.astype(np.float32)


def _square(picture: Array, side_px: int) -> Array:
    return images.resize(picture, height=side_px, width=side_px)


def _scaling(deals: Deals) -> Array:
    return np.stack([_square(content, _SCALING_PX) for content, _ in deals[:_SCALING]])


def _pooled(network: keras.Model, pooling: Pooling) -> keras.Model:
    """Return the network itself, or the same weights with the greatest instead of the mean of every 2 x 2 places."""
    if pooling == "average":
        return network

    def cloned(layer: Any) -> Any:
        if isinstance(layer, keras.layers.AveragePooling2D):
            return keras.layers.MaxPooling2D(layer.pool_size, name=layer.name)
        return layer.__class__.from_config(layer.get_config())

    clone = keras.models.clone_model(network, clone_function=cloned)
    clone.set_weights(network.get_weights())
    clone.trainable = False
    return clone


def _kept(canvas: TrainedPicture, deals: Deals, trial: ClassicSettings, folder: Path | None) -> list[Array]:
    """Return the canvas' pictures of the deals, those that lie in the folder from there."""
    painted: list[Array] = []
    for content, style in deals:
        if folder is None:
            painted.append(canvas.paint(content, style, steps=trial.steps))
            continue
        deal = hashlib.sha256(content.tobytes() + style.tobytes() + repr(trial).encode()).hexdigest()[:16]
        path = folder / f"{deal}.npy"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            np.save(path, canvas.paint(content, style, steps=trial.steps))
        painted.append(np.load(path))
    return painted
