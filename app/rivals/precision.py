"""Which way of computing is the quickest here for a network: measured once, and remembered.

Rounding to bfloat16 halves the time of large convolutions on processors with AVX-512 BF16 or AMX, and multiplies it on
others; XLA compiles anew for every size. So nothing is assumed.
"""

from __future__ import annotations

import contextlib
import json
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app import images, places
from app.errors import RivalError, SaveError
from app.images import Picture
from app.networks import runtime, store
from app.rivals.objective import LossWeights

#: What is compared at first use; the others take long to compile and are compared when `measure` is told to.
QUICK = ("float32", "bfloat16")
#: In whose stead another way must be quicker by this much, and point the same way to this degree (cosine).
USUAL = "float32"
LEAST_GAIN = 0.9
LEAST_AGREEMENT = 0.97
#: Height and width of the picture that is measured on: large enough to keep the processor busy, small enough that the
#: first picture does not wait for it.
MEASURED_PX = (192, 256)
ROUNDS = 3
#: What a compiler costs is spread over this many evaluations, at each of a picture's sizes.
EVALUATIONS = 40


class MeasuredObjective(Protocol):
    """What is measured: an `Objective`."""

    def aim(self, content: Picture, paintings: Sequence[Picture], weights: LossWeights) -> None:
        """Set the targets."""

    def __call__(self, picture: Picture) -> tuple[float, NDArray[np.float32]]:
        """Return loss and gradient."""


Load = Callable[[str], MeasuredObjective]
#: Tells seconds.
Clock = Callable[[], float]


@dataclass(frozen=True)
class Timing:
    """Of one way of computing: seconds for an evaluation, `first` for one of a new size; how well its gradient agrees.

    `agreement` is the cosine between its gradient and that of `USUAL`.
    """

    seconds: float
    first: float
    agreement: float


def best(network: str, load: Load, *, clock: Clock = time.perf_counter) -> str:
    """Return the way of computing to use for a network of the catalog; measured if none is remembered.

    `load` returns the objective on that network for a way of computing. The measurement takes a second or two.
    """
    remembered = _remembered().get(_key(network))
    if remembered is not None:
        return remembered
    chosen, timings = measure(load, clock=clock)
    with contextlib.suppress(SaveError, OSError):
        # Where nothing can be kept, it is measured again next time.
        _remember(_key(network), chosen, timings)
    return chosen


def measure(
    load: Load, computings: Sequence[str] = QUICK, *, clock: Clock = time.perf_counter
) -> tuple[str, dict[str, Timing]]:
    """Compare ways of computing, `USUAL` among them, turn by turn, and return the best one with all figures.

    One that fails is left out.
    """
    content, painting, place = (_pattern(seed) for seed in range(3))
    judged: dict[str, MeasuredObjective] = {}
    first: dict[str, float] = {}
    slopes: dict[str, NDArray[np.float32]] = {}
    for computing in computings:
        try:
            judged[computing] = load(computing)
            judged[computing].aim(content, [painting], LossWeights(1.0, 80.0, 40.0, 4.0))
            began = clock()
            _, slopes[computing] = judged[computing](place)
            first[computing] = clock() - began
        except RivalError:
            judged.pop(computing, None)
            if computing == USUAL:
                raise
    seconds: dict[str, list[float]] = {computing: [] for computing in judged}
    for _ in range(ROUNDS):
        for computing, objective in judged.items():
            began = clock()
            objective(place)
            seconds[computing].append(clock() - began)
    timings = {
        computing: Timing(min(seconds[computing]), first[computing], _cosine(slopes[computing], slopes[USUAL]))
        for computing in judged
    }
    return _choice(timings), timings


def _choice(timings: Mapping[str, Timing]) -> str:
    def cost(computing: str) -> float:
        timing = timings[computing]
        compiling = timing.first / EVALUATIONS if computing.endswith("-xla") else 0.0
        return timing.seconds + compiling

    usual = cost(USUAL)
    sound = [name for name, timing in timings.items() if timing.agreement >= LEAST_AGREEMENT]
    quickest = min(sound, key=cost)
    return quickest if cost(quickest) <= LEAST_GAIN * usual else USUAL


def _pattern(seed: int) -> Picture:
    """Something with large and small shapes, as pictures have."""
    chance = np.random.default_rng(seed)
    height, width = MEASURED_PX
    total = np.zeros((height, width, 3), np.float32)
    for share, cells in ((0.5, 4), (0.3, 16), (0.2, 64)):
        total += share * images.resize(chance.random((cells, cells, 3), np.float32), height=height, width=width)
    return np.clip(total, 0, 1, dtype=np.float32)


def _cosine(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    wide, other = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()
    if not np.isfinite(wide).all():
        return -1.0
    return float(wide @ other / max(float(np.linalg.norm(wide) * np.linalg.norm(other)), 1e-300))


def file() -> Path:
    """Where the choices are remembered."""
    return places.home() / "precision.json"


def _key(network: str) -> str:
    """A network and its file's age: weights that were exchanged are measured anew."""
    return f"{network} {store.require(network).stat().st_mtime_ns}"


def _remembered() -> dict[str, str]:
    """Each network's choice on this machine; nothing where the file is of another one, damaged or not there."""
    try:
        record = json.loads(file().read_text(encoding="utf-8"))
        if record["machine"] != machine():
            return {}
        return {str(key): str(each["chosen"]) for key, each in record["networks"].items() if each["chosen"] in QUICK}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _remember(key: str, chosen: str, timings: Mapping[str, Timing]) -> None:
    """Add a choice to the file. Raises SaveError."""
    try:
        record: Any = json.loads(file().read_text(encoding="utf-8"))
        networks = dict(record["networks"]) if record["machine"] == machine() else {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        networks = {}
    networks[key] = {
        "chosen": chosen,
        "seconds": {name: round(timing.seconds, 4) for name, timing in timings.items()},
        "agreement": {name: round(timing.agreement, 4) for name, timing in timings.items()},
    }
    file().parent.mkdir(parents=True, exist_ok=True)
    images.write_json(file(), {"machine": machine(), "networks": networks})


def machine() -> dict[str, Any]:
    """What a choice depends on besides the network: processor, cores, GPUs, TensorFlow."""
    tf = runtime.tensorflow()
    return {
        "processor": _processor(),
        "cores": runtime.threads(),
        "gpus": [device.name for device in tf.config.list_physical_devices("GPU")],
        "tensorflow": tf.__version__,
    }


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
