"""Films as MP4."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app import images
from app.errors import SaveError


def encode(frames: Iterable[NDArray[np.uint8]], rate: Fraction, *, crf: int, what: str) -> bytes:
    """Return an H.264 film of frames, uint8 H x W x 3 in sRGB, all of one shape, `rate` of them a second.

    `crf` is x264's constant rate factor, 0 (lossless) to 51; odd sides get one more px. Raises SaveError, which calls
    the film `what`.
    """
    # Takes a tenth of a second, and the window must open without it.
    import av
    from av.codec.codec import UnknownCodecError
    from av.video.reformatter import ColorRange, Colorspace

    coming = iter(frames)
    first = next(coming)
    height, width = (side + side % 2 for side in first.shape[:2])
    margins = ((0, height - first.shape[0]), (0, width - first.shape[1]), (0, 0))
    try:
        # With the index in front a film plays while it comes; to move it there needs a real file.
        with tempfile.TemporaryDirectory(prefix="pastiche-film-") as folder:
            path = Path(folder) / "film.mp4"
            with av.open(str(path), "w", options={"movflags": "+faststart"}) as film:
                stream = film.add_stream("libx264", rate=rate, options={"crf": str(crf), "preset": "fast"})
                stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
                # Said outright, because players guess the colours of what says nothing by its size.
                stream.codec_context.color_range = ColorRange.MPEG
                stream.codec_context.colorspace = Colorspace.ITU709
                stream.codec_context.color_primaries = stream.codec_context.color_trc = 1
                # The other core is the painter's.
                stream.codec_context.thread_count = 1
                for frame in itertools.chain((first,), coming):
                    picture = av.VideoFrame.from_ndarray(np.pad(frame, margins, mode="edge"), format="rgb24")
                    picture = picture.reformat(
                        format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
                    )
                    film.mux(stream.encode(picture))
                film.mux(stream.encode())
            return path.read_bytes()
    except OSError as error:
        raise SaveError(f"{what} could not be made: {images.why(error)}.", reason=images.why(error)) from error
    except av.FFmpegError as error:
        raise SaveError(f"{what} could not be made: {error.strerror or error}.") from error
    except UnknownCodecError as error:
        raise SaveError(f"{what} could not be made: there is no encoder {error} here.") from error
