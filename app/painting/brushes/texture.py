"""A brush's imprints and the grain of its paper, out of PNGs.

PNGs may come from anybody: they are checked for their size before they are decoded.
"""

import functools
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.errors import PictureError

MAX_TEXTURE_SIDE_PX = 1024
MAX_VARIANTS = 16
MAX_PNG_BYTES = 16 * 2**20


@dataclass(frozen=True, eq=False)
class Texture:
    """A brush's imprints: one or more squares of coverage and shade, with smaller copies for smaller dabs.

    Attributes:
        coverage: uint8 [variants, side, side]: how much paint each spot of the imprint carries.
        shade: uint8 [variants, side, side]: 128 is the colour itself, less is darker paint, more is lighter.
        reach: the largest distance of any paint from the centre, in half sides (1.41 for a filled square).
        png: the file that it was read from.
    """

    coverage: NDArray[np.uint8]
    shade: NDArray[np.uint8]
    reach: float
    png: bytes

    @property
    def variants(self) -> int:
        """How many imprints there are to choose from."""
        return int(self.coverage.shape[0])


def read_texture(png: bytes, name: str) -> Texture:
    """The texture of a PNG: a square, or several side by side. Alpha is the coverage, grey the shade.

    A PNG without an alpha channel is read as ink on paper: dark is paint.

    Raises:
        PictureError: it is none; one sentence that says `name`.
    """
    pixels = _decoded(png, name)
    side, width = pixels.shape[:2]
    if side < 4 or width % side or width // side > MAX_VARIANTS:
        raise PictureError(f"The brush texture {name} must be a square, or up to {MAX_VARIANTS} side by side.")
    shade, coverage = np.ascontiguousarray(
        pixels.reshape(side, width // side, side, 2).transpose(3, 1, 0, 2),
    )
    if not coverage.any():
        raise PictureError(f"The brush texture {name} is empty.")
    y, x = np.nonzero(coverage.max(axis=0))
    centre = (side - 1) / 2
    reach = float((np.hypot(x - centre, y - centre).max() + 0.71) / (side / 2))
    return Texture(coverage=coverage, shade=shade, reach=reach, png=png)


# Most brushes lie on the same paper: it is decoded, and kept, once.
@functools.lru_cache(maxsize=8)
def read_paper(png: bytes | None, name: str) -> NDArray[np.uint8]:
    """The height of a paper's grain, uint8 [N, N], seamless: white is highest. None is a smooth paper, 1 x 1.

    Raises:
        PictureError: it is none; one sentence that says `name`.
    """
    if png is None:
        return np.full((1, 1), 255, dtype=np.uint8)
    height = 255 - _decoded(png, name)[..., 1]
    if height.shape[0] != height.shape[1]:
        raise PictureError(f"The paper {name} must be a square.")
    height = np.ascontiguousarray(height)
    height.setflags(write=False)
    return height


def _decoded(png: bytes, name: str) -> NDArray[np.uint8]:
    """The PNG as grey and alpha, uint8 [H, W, 2]."""
    if len(png) > MAX_PNG_BYTES:
        raise PictureError(f"The brush texture {name} is larger than {MAX_PNG_BYTES >> 20} MB.")
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            if image.height > MAX_TEXTURE_SIDE_PX or image.width > MAX_TEXTURE_SIDE_PX * MAX_VARIANTS:
                raise PictureError(f"The brush texture {name} is larger than {MAX_TEXTURE_SIDE_PX} px.")
            has_alpha = image.has_transparency_data
            pixels = np.array(image.convert("LA"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureError(f"The brush texture {name} is not a PNG that can be read.") from error
    if not has_alpha:
        pixels = np.stack([np.full_like(pixels[..., 0], 128), 255 - pixels[..., 0]], axis=-1)
    return pixels
