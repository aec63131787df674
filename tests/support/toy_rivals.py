"""Rivals that are quick to paint, and join those of the registry for a test."""

from collections.abc import Sequence

import numpy as np
import pytest

from app import images
from app.images import Picture
from app.rivals.registry import RIVALS, RivalInfo
from app.rivals.request import PLAIN, RivalRequest
from app.rivals.request_pictures import NO_PICTURES, RequestPictures
from app.rivals.rival import IsCancelled, OnProgress, Progress, Report, sized

TOYS = (("mirror", "Mirror", "#8fc79a"), ("negative", "Negative", "#c9b458"), ("hall", "Hall of Mirrors", "#b79be0"))


class Toy:
    """A rival that turns the photograph over."""

    def __init__(self, name: str, title: str) -> None:
        self.name, self.title, self.network = name, title, "builtin-vgg"
        self.report: Report | None = None

    def paint(
        self,
        content: Picture,
        style: Picture,
        request: RivalRequest = PLAIN,
        pictures: RequestPictures = NO_PICTURES,
        *,
        on_progress: OnProgress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> Picture:
        """Paint the photograph, float32 H x W x 3 in [0, 1], the wrong way round."""
        if on_progress is not None:
            on_progress(Progress(1, 1, "Turning"))
        self.report = Report(self.network, 0.01, 1, 0.01)
        picture = (
            images.cover(style, height=64, width=64).mean((0, 1)) * 0.5 + sized(content, request.size)[:, ::-1] / 2
        )
        return np.asarray(picture.clip(0, 1), np.float32)


def join(monkeypatch: pytest.MonkeyPatch, count: int) -> Sequence[str]:
    """Let so many toys, up to three, take part until the test ends; returns their names."""
    for name, title, colour in TOYS[:count]:
        info = RivalInfo(
            name,
            title,
            "It turns the photograph over.",
            colour,
            ("builtin-vgg",),
            False,
            lambda _network, _options, name=name, title=title: Toy(name, title),  # type: ignore[misc]
        )
        monkeypatch.setitem(RIVALS, name, info)
    return [name for name, _, _ in TOYS[:count]]
