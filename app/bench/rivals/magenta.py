"""What a picture of 384 px costs Magenta's method, beside the bare network."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from app import images
from app.bench.progress import rounded, tell
from app.game.deck import Deal
from app.networks import catalog, runtime, store
from app.rivals.registry import hire
from app.rivals.request import RivalRequest

SIZE_PX = 384
STYLE_PX = 256
RUNS = 25


def measure_int8(deal: Deal, *, runs: int = RUNS) -> dict[str, Any]:
    """Time the int8 pair as a rival and bare, in turns. Raises NetworkError where it is not installed.

    `magenta_int8_384_s` is the rival's median with everything loaded, from both pictures as they are dealt to the
    picture; `magenta_int8_bare_s` that of LiteRT's two calls alone, on pictures already of the networks' sizes;
    `magenta_int8_over_bare` the median of the ratios of neighbouring calls.
    """
    tell("Magenta int8, 384 px, beside the bare LiteRT call")
    bare = _bare_int8(deal)
    rival = _painter(deal, "magenta-int8")
    times = _in_turns([bare, rival], runs)
    return {
        "magenta_int8_384_s": rounded(statistics.median(times[1])),
        "magenta_int8_bare_s": rounded(statistics.median(times[0])),
        "magenta_int8_over_bare": rounded(
            statistics.median(whole / alone for alone, whole in zip(*times, strict=True)), 3
        ),
    }


def measure_builtin(deal: Deal, *, runs: int = RUNS) -> dict[str, Any]:
    """Time the built-in stylizer: `builtin_384_s`, the median with everything loaded. Raises NetworkError."""
    tell("The built-in stylizer, 384 px")
    (times,) = _in_turns([_painter(deal, "builtin-stylizer")], runs)
    return {"builtin_384_s": rounded(statistics.median(times))}


def _painter(deal: Deal, network: str) -> Callable[[], Any]:
    rival = hire("magenta", network=network)
    request = RivalRequest(size=SIZE_PX)
    return lambda: rival.paint(deal.content_picture, deal.style_picture, request)


def _bare_int8(deal: Deal) -> Callable[[], Any]:
    """The two calls that nobody can do without: the style's numbers, and the picture."""
    folder = store.require("magenta-int8")
    predict, transfer = (runtime.interpreter(folder / file.file) for file in catalog.network("magenta-int8").files)
    content = images.cover(deal.content_picture, height=SIZE_PX, width=SIZE_PX)[None]
    style = images.cover(deal.style_picture, height=STYLE_PX, width=STYLE_PX)[None]
    (style_in,) = (detail["index"] for detail in predict.get_input_details())
    (style_out,) = (detail["index"] for detail in predict.get_output_details())
    content_in, numbers_in = (
        detail["index"]
        for detail in sorted(transfer.get_input_details(), key=lambda detail: -int(np.prod(detail["shape"])))
    )
    (picture_out,) = (detail["index"] for detail in transfer.get_output_details())

    def call() -> Any:
        predict.set_tensor(style_in, style)
        predict.invoke()
        transfer.set_tensor(content_in, content)
        transfer.set_tensor(numbers_in, predict.get_tensor(style_out))
        transfer.invoke()
        return transfer.get_tensor(picture_out)

    return call


def _in_turns(calls: list[Callable[[], Any]], runs: int) -> list[list[float]]:
    """The seconds of each call, one after another in every round, so that a busy moment hits all of them."""
    for call in calls:
        # The first picture loads the network.
        call()
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(runs):
        for call, taken in zip(calls, times, strict=True):
            begun = time.perf_counter()
            call()
            taken.append(time.perf_counter() - begun)
    return times
