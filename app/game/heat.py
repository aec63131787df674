"""Heat maps made visible: where a drawing departs, laid over it in warm colours. The card and the doors call."""

from __future__ import annotations

import numpy as np

from app import images
from app.images import Picture
from app.judging.opinion import Heat

#: From where the picture is as it was (0) to where it departs most (1): colours, sRGB.
_COLOURS = np.array([[0.98, 0.78, 0.28], [0.93, 0.42, 0.16], [0.78, 0.10, 0.16]], np.float32)
#: The picture shows in greys from the one to the other, and beneath the warmest colour a little.
_GREYS, _OPAQUE = (0.16, 0.76), 0.72


def over(picture: Picture, heat: Heat) -> Picture:
    """Lay a heat map, float32 [h, w] in [0, 1], over a picture of any size; float32 of the picture's shape.

    The picture shows in quiet greys, and where the map is warm, the warmer the less.
    """
    height, width = picture.shape[:2]
    warmth = np.repeat(np.clip(heat, 0, 1).astype(np.float32)[:, :, None], 3, axis=2)
    warmth = images.resize(warmth, height=height, width=width)
    light = (picture @ np.array([0.299, 0.587, 0.114], np.float32))[:, :, None]
    grey = _GREYS[0] + (_GREYS[1] - _GREYS[0]) * light
    at = warmth * (len(_COLOURS) - 1)
    stops = np.arange(len(_COLOURS), dtype=np.float32)
    colour = sum(np.maximum(0, 1 - np.abs(at - stop)) * each for stop, each in zip(stops, _COLOURS, strict=True))
    return np.asarray(grey + (colour - grey) * warmth * _OPAQUE, np.float32).clip(0, 1)
