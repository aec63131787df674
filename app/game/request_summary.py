"""What a rival was asked for, in words and numbers: what the gallery and the card keep of a commission.

Pictures (further paintings, a mask, one to start from) are only counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from app.rivals.classic_options import ClassicOptions
from app.rivals.commission import PLAIN, Commission

_COLOURS = {"photograph": "in the photograph's colours", "matched": "its colours matched to the photograph's"}
_STARTS = {"noise": "begun from noise", "picture": "begun from another picture"}


@dataclass(frozen=True)
class Asked:
    """A commission without its pictures. `shares`: of the deal's painting and each further one, adding up to 1.

    `options`: those of the classic rival that were not its usual ones.
    """

    size: int = PLAIN.size
    strength: float = PLAIN.strength
    colours: str = PLAIN.colours
    style_scale: float = PLAIN.style_scale
    start: str = PLAIN.start
    seed: int = PLAIN.seed
    shares: tuple[float, ...] = (1.0,)
    has_mask: bool = False
    options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, commission: Commission, options: ClassicOptions | None = None) -> Asked:
        """Leave the pictures out of a commission that a rival has painted."""
        usual = ClassicOptions()
        unusual = {} if options is None else {each.name: getattr(options, each.name) for each in fields(options)}
        return cls(
            size=commission.size,
            strength=commission.strength,
            colours=commission.colours,
            style_scale=commission.style_scale,
            start=commission.start,
            seed=commission.seed,
            shares=commission.shares(),
            has_mask=commission.mask is not None,
            options={name: value for name, value in unusual.items() if value != getattr(usual, name)},
        )

    def record(self) -> dict[str, Any]:
        """As `duel.json` holds it."""
        return {
            "size_px": self.size,
            "strength": round(self.strength, 4),
            "colours": self.colours,
            "style_scale": round(self.style_scale, 4),
            "start": self.start,
            "seed": self.seed,
            "shares": [round(share, 4) for share in self.shares],
            "mask": self.has_mask,
            "options": {name: list(each) if isinstance(each, tuple) else each for name, each in self.options.items()},
        }

    def sentence(self) -> str:
        """Say in a few words what makes the picture another than the plain deal's; "" where nothing does."""
        words = []
        if self.strength < 1:
            words.append(f"at {100 * self.strength:.0f} %")
        if len(self.shares) > 1:
            words.append(f"after {len(self.shares)} paintings")
        if self.colours in _COLOURS:
            words.append(_COLOURS[self.colours])
        if self.style_scale != 1:
            words.append(f"strokes {'larger' if self.style_scale > 1 else 'smaller'} × {self.style_scale:.3g}")
        if self.has_mask:
            words.append("within a mask")
        if self.start in _STARTS:
            words.append(_STARTS[self.start])
        return ", ".join(words)
