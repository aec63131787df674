"""What a rival is asked for: plain data that every door can make, check, keep and send.

Only the standard library is imported, so that the command line can name the limits before anything is installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from app.errors import UsageError
from app.rivals.classic_options import ClassicOptions

MIN_SIZE_PX = 32
MAX_SIZE_PX = 4096
#: A deal's painting and up to three more.
MAX_STYLES = 4
#: How much larger or smaller than in the painting its strokes may be asked for.
STYLE_SCALES = (0.25, 4.0)

#: Whose colours the picture has. "painting": as the method makes them. "photograph": only brightness is painted, hue
#: and saturation stay. "matched": the painting's colours are first matched to the photograph's, mean and covariance
#: (Gatys et al. 2016, Preserving Color in Neural Artistic Style Transfer, has both).
COLOURS = ("painting", "photograph", "matched")

#: What a rival that works from one picture to the next begins with.
STARTS = ("photograph", "noise", "picture")

# Whose sums are still numbers.
_MOST = 1e300
_COLOURS_SAID = {"photograph": "in the photograph's colours", "matched": "its colours matched to the photograph's"}
_STARTS_SAID = {"noise": "begun from noise", "picture": "begun from another picture"}


@dataclass(frozen=True)
class RivalRequest:
    """What a rival is asked for besides the deal. A request that exists is sound: making another raises UsageError.

    Pictures are references, such as paths of files; whoever makes a request knows what they refer to.

    Attributes:
        size: longer side of the picture in px, 32 to 4096.
        strength: 0 (the photograph) to 1 (the full manner).
        further_styles: references of up to three paintings besides the deal's.
        weights: the share of the deal's painting and of each further one, at least 0 and not all 0, in any unit; empty
            for equal shares.
        colours: one of `COLOURS`.
        mask: reference of a picture that is white where the manner goes; None for everywhere.
        style_scale: how large strokes are beside the painting's own, 0.25 to 4.
        start: one of `STARTS`; a rival that paints in one pass takes only "photograph".
        start_picture: reference of a picture with the photograph's aspect; with the start "picture" only.
        seed: of whatever is left to chance, at least 0.
        network: name of the catalog; None for the best one that is there.
        options: how the classic rival works; None for its own, and for every rival that takes none.
    """

    size: int = 384
    strength: float = 1.0
    further_styles: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    colours: str = "painting"
    mask: str | None = None
    style_scale: float = 1.0
    start: str = "photograph"
    start_picture: str | None = None
    seed: int = 0
    network: str | None = None
    options: ClassicOptions | None = None

    def __post_init__(self) -> None:
        if not _is_whole(self.size) or not MIN_SIZE_PX <= self.size <= MAX_SIZE_PX:
            raise UsageError(f"The size must lie between {MIN_SIZE_PX} and {MAX_SIZE_PX} px, not at {self.size}.")
        if not _is_number(self.strength) or not 0 <= self.strength <= 1:
            raise UsageError(f"The strength must lie between 0 and 1, not at {self.strength}.")
        if len(self.further_styles) >= MAX_STYLES:
            raise UsageError(f"A picture can be in the manner of {MAX_STYLES} paintings at most.")
        if self.weights and len(self.weights) != 1 + len(self.further_styles):
            paintings = 1 + len(self.further_styles)
            raise UsageError(f"There are {len(self.weights)} weights for {paintings} paintings; give one for each.")
        if not all(_is_number(weight) and weight >= 0 for weight in self.weights) or (
            self.weights and sum(self.weights) == 0
        ):
            raise UsageError("The paintings' weights must be numbers of at least 0, and not all 0.")
        if self.colours not in COLOURS:
            raise UsageError(f"The colours are those of {', '.join(COLOURS)}, not {self.colours}.")
        least, most = STYLE_SCALES
        if not _is_number(self.style_scale) or not least <= self.style_scale <= most:
            raise UsageError(
                f"The scale of the strokes must lie between {least} and {most}, not at {self.style_scale}."
            )
        if self.start not in STARTS:
            raise UsageError(f"A rival starts from {', '.join(STARTS)}, not from {self.start}.")
        if (self.start == "picture") != (self.start_picture is not None):
            raise UsageError("The start from a picture needs that picture, and no other start has one.")
        if not _is_whole(self.seed) or self.seed < 0:
            raise UsageError(f"The seed must be a whole number of at least 0, not {self.seed}.")
        references = (*self.further_styles, *(each for each in (self.mask, self.start_picture) if each is not None))
        if not all(isinstance(each, str) and each for each in references):
            raise UsageError("A picture is named by a text that is not empty.")
        if self.network is not None and not isinstance(self.network, str):
            raise UsageError("A network is named by a text.")

    def shares(self) -> tuple[float, ...]:
        """Return the share of the deal's painting and of each further one; they add up to 1."""
        weights = self.weights or (1.0,) * (1 + len(self.further_styles))
        return tuple(weight / sum(weights) for weight in weights)

    def without_pictures(self) -> RivalRequest:
        """Return what remains of the request when the deal that its pictures were chosen for is gone."""
        start = "photograph" if self.start == "picture" else self.start
        return replace(self, further_styles=(), weights=(), mask=None, start=start, start_picture=None)

    def to_json(self) -> dict[str, Any]:
        """Return the request as JSON has it; of the options those that are not usual."""
        plain = {each.name: _plain(getattr(self, each.name)) for each in fields(self)}
        return plain | {"options": None if self.options is None else _unusual(self.options)}

    @classmethod
    def from_json(cls, found: Any) -> RivalRequest:
        """Read what `to_json` wrote; whatever is absent is as usual. Raises UsageError."""
        if not isinstance(found, Mapping):
            raise UsageError("A request is a set of named values.")
        unknown = sorted(str(name) for name in set(found) - {each.name for each in fields(cls)})
        if unknown:
            raise UsageError(f"Nobody can be asked for {', '.join(unknown)}.")
        given = dict(found)
        for name in ("further_styles", "weights"):
            if not isinstance(given.get(name, ()), list | tuple):
                raise UsageError(f"The {name.replace('_', ' ')} must be a list.")
            given[name] = tuple(given.get(name, ()))
        if given.get("options") is not None:
            given["options"] = ClassicOptions.from_json(given["options"])
        return cls(**given)

    def summary(self) -> dict[str, Any]:
        """Return the request as `duel.json` holds it: pictures are only counted."""
        return {
            "size_px": self.size,
            "strength": round(self.strength, 4),
            "colours": self.colours,
            "style_scale": round(self.style_scale, 4),
            "start": self.start,
            "seed": self.seed,
            "shares": [round(share, 4) for share in self.shares()],
            "mask": self.mask is not None,
            "options": {} if self.options is None else _unusual(self.options),
        }

    def sentence(self) -> str:
        """Say in a few words what makes the picture another than the plain deal's; "" where nothing does."""
        words = []
        if self.strength < 1:
            words.append(f"at {100 * self.strength:.0f} %")
        if self.further_styles:
            words.append(f"after {1 + len(self.further_styles)} paintings")
        if self.colours in _COLOURS_SAID:
            words.append(_COLOURS_SAID[self.colours])
        if self.style_scale != 1:
            words.append(f"strokes {'larger' if self.style_scale > 1 else 'smaller'} × {self.style_scale:.3g}")
        if self.mask is not None:
            words.append("within a mask")
        if self.start in _STARTS_SAID:
            words.append(_STARTS_SAID[self.start])
        return ", ".join(words)


def _unusual(options: ClassicOptions) -> dict[str, Any]:
    usual = asdict(ClassicOptions())
    return {name: _plain(value) for name, value in asdict(options).items() if value != usual[name]}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


# True is a number to Python, without being what is meant.
def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -_MOST < value < _MOST


#: The plain deal at the usual size.
PLAIN = RivalRequest()
