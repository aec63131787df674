"""The only place where pixels enter and leave: limits, orientation, colour, sizes, atomic saves.

A picture is float32, height x width x 3, RGB in sRGB, each value in [0, 1].
"""

import contextlib
import errno
import io
import json
import math
import os
import secrets
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from app.errors import PictureError, SaveError

#: A picture: float32 H x W x 3, RGB, sRGB, in [0, 1]. Nothing else is called a picture here.
Picture = NDArray[np.float32]

MAX_PIXELS = 100_000_000
MAX_FILE_BYTES = 512 * 2**20
MIN_SIDE_PX = 16
MAX_ASPECT = 16.0
MAX_SIDE_PX = 4096
READABLE = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF")
WRITABLE = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}

# Our own limit, checked from the header before anything is decoded, replaces Pillow's warning.
Image.MAX_IMAGE_PIXELS = None
_reading = threading.Lock()


def read_picture(path: str | os.PathLike[str], *, max_side_px: int | None = None) -> Picture:
    """Read any still picture (of an animation: its first frame) as a person would see it on white paper.

    The EXIF orientation is applied, embedded colour profiles, CMYK, palettes, greys and 16 bits become sRGB,
    transparency lies on white. The result's longer side is at most `max_side_px` (at most 4096).
    Raises PictureError with one sentence for a person.
    """
    picture, alpha = _read(Path(path), max_side_px)
    return picture if alpha is None else np.asarray(picture * alpha + (1 - alpha), dtype=np.float32)


def read_with_alpha(path: str | os.PathLike[str], *, max_side_px: int | None = None) -> NDArray[np.uint8]:
    """Read a picture as `read_picture` does, but keep its transparency: uint8 H x W x 4, RGB not multiplied by alpha.

    Raises PictureError with one sentence for a person.
    """
    picture, alpha = _read(Path(path), max_side_px)
    whole = np.ones((*picture.shape[:2], 1), dtype=np.float32) if alpha is None else alpha
    return to_bytes(np.concatenate([picture, whole], axis=2))


def _read(path: Path, max_side_px: int | None) -> tuple[Picture, NDArray[np.float32] | None]:
    """A picture's colours, and its alpha H x W x 1 in [0, 1] where it has one."""
    name = path.name or str(path)
    side_px = min(max_side_px or MAX_SIDE_PX, MAX_SIDE_PX)
    try:
        size_bytes = path.stat().st_size
        if not path.is_file():
            raise PictureError(f"{name} is not a file.")
        if size_bytes == 0:
            raise PictureError(f"{name} is empty (0 bytes).")
        if size_bytes > MAX_FILE_BYTES:
            raise PictureError(f"{name} is too large: {size_bytes / 2**20:.0f} MB, at most 512 MB can be read.")
        with _opened(path) as image:
            check_size(name, *image.size)
            # JPEG can be decoded at a fraction of its size, which is many times faster.
            image.draft("RGB", (side_px, side_px))
            image.load()
            upright = ImageOps.exif_transpose(image)
            shrink = side_px / max(upright.size)
            if shrink < 1 and upright.mode in ("RGB", "L", "CMYK"):
                upright = upright.resize(_scaled(upright.size, shrink), Image.Resampling.LANCZOS, reducing_gap=3.0)
            picture, alpha = _as_srgb(upright)
    except FileNotFoundError:
        raise PictureError(f"There is no picture at {path}.") from None
    except PermissionError:
        raise PictureError(f"{name} may not be read: its permissions forbid it.") from None
    except MemoryError:
        raise PictureError(f"{name} does not fit into memory.") from None
    except Image.UnidentifiedImageError:
        raise PictureError(
            f"{name} is not a picture that can be read (PNG, JPEG, WebP, AVIF, GIF, BMP, TIFF, PPM)."
        ) from None
    except (
        OSError,
        ValueError,
        SyntaxError,
        TypeError,
        KeyError,
        IndexError,
        EOFError,
        struct.error,
        OverflowError,
    ) as error:
        # Pillow's decoders raise any of these on damaged files.
        raise PictureError(f"{name} is damaged or cut off and cannot be read ({error}).") from None
    if max(picture.shape[:2]) <= side_px:
        return picture, alpha
    if alpha is None:
        return fit_within(picture, side_px), None
    # What cannot be seen must not bleed into what can.
    together = fit_within(np.concatenate([picture * alpha, alpha], axis=2), side_px)
    alpha = together[:, :, 3:]
    return np.clip(together[:, :, :3] / np.maximum(alpha, 1e-6), 0, 1, dtype=np.float32), alpha


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    # Pillow warns about damaged metadata that does not hinder reading; the filters it warns through are global.
    with _reading, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(path, formats=READABLE) as image:
            yield image


def check_size(name: str, width: int, height: int) -> None:
    """Refuse a picture that is too large, too small or too narrow to be played with. Raises PictureError."""
    if width * height > MAX_PIXELS:
        raise PictureError(
            f"{name} is too large: {width} x {height} pixels, at most {MAX_PIXELS // 10**6} million can be read."
        )
    if min(width, height) < MIN_SIDE_PX:
        raise PictureError(f"{name} is too small: {width} x {height} pixels, each side needs at least {MIN_SIDE_PX}.")
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise PictureError(
            f"{name} is too narrow: {width} x {height} pixels, at most {MAX_ASPECT:.0f} to 1 can be read."
        )


def _as_srgb(image: Image.Image) -> tuple[Picture, NDArray[np.float32] | None]:
    """Turn any Pillow mode into a picture, and its alpha where it has one."""
    if image.mode.startswith("I") or image.mode == "F":
        numbers = np.nan_to_num(np.asarray(image, dtype=np.float32))
        top = 65535.0 if image.mode.startswith("I") and numbers.max(initial=0) > 255 else 255.0
        if image.mode.startswith("I;16"):
            top = 65535.0
        elif image.mode == "F" and numbers.max(initial=0) <= 1:
            top = 1.0
        grey = np.clip(numbers / top, 0, 1)
        return np.repeat(grey[:, :, None], 3, axis=2), None
    has_alpha = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    alpha = None
    if has_alpha:
        image = image.convert("RGBA")
        alpha = np.asarray(image.getchannel("A"), dtype=np.float32)[:, :, None] / np.float32(255)
        profile = image.info.get("icc_profile")
        image = image.convert("RGB")
        image.info["icc_profile"] = profile
    return from_bytes(np.asarray(_without_profile(image))), alpha


def _without_profile(image: Image.Image) -> Image.Image:
    """Convert to RGB, through the embedded colour profile where there is a sound one of the right kind."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK", "L"):
        # A profile that cannot be used is treated as absent, as browsers do.
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if converted is not None:
                return converted
    return image.convert("RGB")


def to_bytes(picture: Picture) -> NDArray[np.uint8]:
    """Round a picture to uint8 of the same shape, 0-255."""
    return np.clip(np.rint(picture * 255.0), 0, 255).astype(np.uint8)


def from_bytes(pixels: NDArray[np.uint8]) -> Picture:
    """Turn uint8 H x W x 3 (0-255) into a picture."""
    return pixels.astype(np.float32) / np.float32(255.0)


def resize(picture: Picture, *, height: int, width: int) -> Picture:
    """Resample to exactly height x width px (Lanczos, antialiased), each channel by itself; may stretch."""
    if picture.shape[:2] == (height, width):
        return picture
    channels = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(picture[:, :, c])).resize((width, height), Image.Resampling.LANCZOS)
        )
        for c in range(picture.shape[2])
    ]
    return np.clip(np.stack(channels, axis=2), 0, 1, dtype=np.float32)


def fit_within(picture: Picture, max_side_px: int) -> Picture:
    """Shrink so that the longer side is at most `max_side_px`; never enlarges, keeps the aspect."""
    height, width = picture.shape[:2]
    if max(height, width) <= max_side_px:
        return picture
    width, height = _scaled((width, height), max_side_px / max(height, width))
    return resize(picture, height=height, width=width)


def cover(picture: Picture, *, height: int, width: int) -> Picture:
    """Scale and crop around the centre to exactly height x width px, without stretching."""
    scale = max(height / picture.shape[0], width / picture.shape[1])
    # Crop first, so that a huge picture is not resampled only to be thrown away.
    crop_height = min(picture.shape[0], max(1, round(height / scale)))
    crop_width = min(picture.shape[1], max(1, round(width / scale)))
    top = (picture.shape[0] - crop_height) // 2
    left = (picture.shape[1] - crop_width) // 2
    return resize(picture[top : top + crop_height, left : left + crop_width], height=height, width=width)


def _scaled(size: tuple[int, int], scale: float) -> tuple[int, int]:
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def write_picture(path: str | os.PathLike[str], picture: Picture) -> None:
    """Write as .png, .jpg, .jpeg or .webp, atomically: the file is whole or as it was before. Raises SaveError."""
    if not math.isfinite(float(picture.sum())):
        raise SaveError(f"{Path(path).name} was not written: the picture has values that are not numbers.")
    write_pixels(path, to_bytes(picture))


def write_pixels(path: str | os.PathLike[str], pixels: NDArray[np.uint8]) -> None:
    """As `write_picture`, from uint8 H x W x 3 (0-255): large ones take much less memory. Raises SaveError."""
    path = Path(path)
    file_format = WRITABLE.get(path.suffix.lower())
    if file_format is None:
        raise SaveError(f"{path.name} cannot be written: its name must end in {', '.join(WRITABLE)}.")
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, file_format, quality=92)
    write_bytes(path, buffer.getbuffer())


def to_png(pixels: NDArray[np.uint8]) -> bytes:
    """Pack uint8 H x W x 3 or 4 as PNG, the fast way."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=4)
    return buffer.getvalue()


def png_size(data: bytes) -> tuple[int, int]:
    """Say a PNG's width and height without unpacking it. Raises PictureError."""
    with _opened_png(data) as image:
        return image.size


def from_png(data: bytes) -> NDArray[np.uint8]:
    """Unpack a PNG as uint8 H x W x 4, RGB not multiplied by alpha, 16 bits cut to 8. Raises PictureError.

    A picture of more than 100 million pixels is refused.
    """
    with _opened_png(data) as image:
        if image.width * image.height > MAX_PIXELS:
            raise PictureError(f"a picture in it has {image.width} x {image.height} pixels")
        if image.mode.startswith("I"):
            grey = (np.asarray(image, dtype=np.int32) >> 8).astype(np.uint8)
            return np.dstack([grey, grey, grey, np.full_like(grey, 255)])
        return np.asarray(image.convert("RGBA"))


@contextlib.contextmanager
def _opened_png(data: bytes) -> Iterator[Image.Image]:
    try:
        with _reading, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
                yield image
    except PictureError:
        raise
    except MemoryError:
        raise PictureError("a picture in it does not fit into memory") from None
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, struct.error, zlib.error) as error:
        raise PictureError("a picture in it is damaged") from error


def write_bytes(path: str | os.PathLike[str], content: bytes | memoryview) -> None:
    """Write a file atomically (temporary file beside it, fsync, rename); makes its folder. Raises SaveError."""
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
    except OSError as error:
        raise SaveError(f"{path} could not be written: {why(error)}.", reason=why(error)) from None


def write_json(path: str | os.PathLike[str], content: Any) -> None:
    """Write an object as readable JSON, atomically. Raises SaveError."""
    text = json.dumps(content, indent=2, ensure_ascii=False)
    try:
        data = text.encode()
    except UnicodeEncodeError:
        # The name of a file whose bytes are no UTF-8: JSON can escape what UTF-8 cannot hold.
        data = json.dumps(content, indent=2).encode()
    write_bytes(path, data + b"\n")


def why(error: OSError) -> str:
    """Say in a few words for a person why the system refused to write."""
    reasons = {
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT: "the disk quota is used up",
        errno.EROFS: "the disk is read-only",
        errno.EACCES: "the folder may not be written to",
        errno.EPERM: "the folder may not be written to",
        errno.EISDIR: "there is a folder of that name",
        errno.ENOTDIR: "its folder is a file",
        errno.EEXIST: "its folder is a file",
        errno.ENAMETOOLONG: "the name is too long",
    }
    return reasons.get(error.errno or 0, error.strerror or str(error))
