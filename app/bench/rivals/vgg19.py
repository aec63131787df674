"""The classic rival on VGG19: how fast, and in how much memory.

Time and memory do not depend on what a network has learnt, so weights drawn by chance serve. They lie in a file laid
out as Keras Applications lays out the real one, in a folder that `PASTICHE_NETWORKS` names, for processes of their own:

    python -m app.bench.rivals.vgg19 step|evaluation|memory|picture SIZE [EVALUATIONS]
"""

from __future__ import annotations

import dataclasses
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app import places
from app.bench import child
from app.bench.progress import rounded, tell
from app.bench.rivals import classic
from app.game.deck import Deck
from app.networks import catalog, checksums, runtime
from app.networks.backbone_vgg19 import BLOCKS
from app.rivals.classic import Classic
from app.rivals.classic_options import ClassicOptions
from app.rivals.request import RivalRequest

NAME = "vgg19"
MEMORY_PX, GPU_PX = 512, 1024
#: Enough for L-BFGS to remember all that it ever does.
EVALUATIONS = 16
PLAIN_STEPS_TIMED = 5
LIMIT_S = 900.0


def measure(evaluations_to_loss: float | None, *, size: int = classic.SIZE_PX) -> dict[str, Any]:
    """Time the classic rival on VGG19, and weigh it. Raises PasticheError where a process fails.

    A whole race takes minutes there and, with weights drawn by chance, ends anywhere. So the quality's price is taken
    from the compact backbone: how many evaluations of the network at the finest scale the rival's time to the plain
    way's loss amounts to (`evaluations_to_loss`: that time over what one evaluation takes there, with all that belongs
    to it). Times what an evaluation takes on VGG19 that is the rival's time, which `classic_vgg19_time_ratio` holds
    against 150 times a plain step there. All times include what belongs to them
    (optimiser, previews, scaling), which weighs more on the compact backbone than on VGG19: the ratio is rather too
    high than too low.

    `classic_vgg19_512_mb` is the most memory that a process ever had which paints 512 px, TensorFlow's own included.
    """
    with tempfile.TemporaryDirectory(prefix="pastiche-bench-") as folder:
        write_random(Path(folder))
        tell(f"VGG19 at {size} px: what a plain step of Adam costs")
        plain = _child(folder, "step", size)
        tell(f"VGG19 at {size} px: what an evaluation costs the rival")
        evaluation = _child(folder, "evaluation", size)
        tell(f"VGG19 at {MEMORY_PX} px: memory")
        memory = _child(folder, "memory", MEMORY_PX)
    needed = evaluations_to_loss
    ratio = None if needed is None else needed * evaluation["seconds"] / (classic.PLAIN_STEPS * plain["seconds"])
    return {
        "classic_vgg19_plain_step_s": rounded(plain["seconds"]),
        "classic_vgg19_evaluation_s": rounded(evaluation["seconds"]),
        "classic_evaluations_to_loss": rounded(needed, 1),
        "classic_vgg19_time_ratio": rounded(ratio),
        "classic_vgg19_512_mb": rounded(memory["peak_mb"], 0),
    }


def measure_gpu() -> dict[str, Any]:
    """Paint 1024 px on VGG19 where TensorFlow has a GPU (`classic_vgg19_1024_gpu_s`, else null).

    Raises PasticheError.
    """
    tell("VGG19 at 1024 px on a GPU")
    gpus = [gpu.name for gpu in runtime.tensorflow().config.list_logical_devices("GPU")]
    if not gpus:
        return {"classic_vgg19_1024_gpu_s": None, "gpu": "TensorFlow sees no GPU here."}
    with tempfile.TemporaryDirectory(prefix="pastiche-bench-") as folder:
        write_random(Path(folder))
        found = _child(folder, "picture", GPU_PX)
    return {"classic_vgg19_1024_gpu_s": rounded(found["seconds"], 2), "gpu": ", ".join(gpus)}


def write_random(folder: Path, *, seed: int = 0) -> Path:
    """Write VGG19 with weights drawn by chance (He et al. 2015, so that features keep their size) below `folder`.

    Returns the file, in the layout of Keras Applications: a group for each layer, named in `layer_names`.
    """
    import h5py  # type: ignore[import-untyped]

    chance = np.random.default_rng(seed)
    path = folder / NAME / catalog.network(NAME).files[0].file
    path.parent.mkdir(parents=True)
    before = 3
    with h5py.File(path, "w") as file:
        layers = []
        # The file goes on where the rival's taps end.
        for block, widths in enumerate((*BLOCKS[:-1], 4 * BLOCKS[-1]), start=1):
            for number, channels in enumerate(widths, start=1):
                name = f"block{block}_conv{number}"
                group = file.create_group(name)
                kernel = chance.normal(0, (2 / (9 * before)) ** 0.5, (3, 3, before, channels)).astype(np.float32)
                group[f"{name}_W_1:0"] = kernel
                group[f"{name}_b_1:0"] = np.zeros(channels, np.float32)
                group.attrs["weight_names"] = [f"{name}_W_1:0".encode(), f"{name}_b_1:0".encode()]
                layers.append(name.encode())
                before = channels
        file.attrs["layer_names"] = layers
    return path


def _child(folder: str, what: str, size: int, evaluations: int = EVALUATIONS) -> dict[str, float]:
    """Have a fresh process measure one thing, with nobody's data and the network in `folder`."""
    return child.measured(
        f"VGG19 at {size} px",
        "app.bench.rivals.vgg19",
        [what, str(size), str(evaluations)],
        limit_s=LIMIT_S,
        environment={"PASTICHE_NETWORKS": folder, "PASTICHE_HOME": str(Path(folder) / "player")},
    )


def main(arguments: Sequence[str]) -> None:
    """Measure one thing in this process and print it as JSON. Called as the module's docstring says."""
    what, size, evaluations = arguments[0], int(arguments[1]), int(arguments[2])
    _accept_whatever_is_there()
    deal = Deck.load().deal(0)
    found: dict[str, float]
    match what:
        case "step":
            content, loss = classic.aimed(NAME, deal, size, ClassicOptions())
            loss(content)
            curve, _ = classic.descend_plainly(loss, content, steps=PLAIN_STEPS_TIMED)
            found = {"seconds": curve.seconds[-1] / PLAIN_STEPS_TIMED}
        case "evaluation":
            found = {"seconds": classic.seconds_per_evaluation(NAME, deal, size, evaluations=evaluations)}
        case "memory":
            options = ClassicOptions(steps=evaluations)
            painter = Classic(options, network=NAME)
            painter.paint(deal.content_picture, deal.style_picture, RivalRequest(size=size))
            found = {"peak_mb": peak_bytes() / 1e6}
        case _:
            painter = Classic(network=NAME)
            times = []
            for _ in range(2):
                begun = time.perf_counter()
                painter.paint(deal.content_picture, deal.style_picture, RivalRequest(size=size))
                times.append(time.perf_counter() - begun)
            # The first one compiles.
            found = {"seconds": statistics.median(times[1:])}
    print(json.dumps(found), flush=True)


def peak_bytes() -> int:
    """The most memory that this process ever held at once, in bytes."""
    status = Path("/proc/self/status")
    if status.is_file():
        # Not what getrusage says, which counts the process that ours was forked from.
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return 1024 * int(line.split()[1])
    import psutil

    memory = psutil.Process().memory_info()
    return int(getattr(memory, "peak_wset", 0) or memory.rss)


def _accept_whatever_is_there() -> None:
    """Let the catalog, in this process, hold the file against its own size and checksum."""
    network = catalog.network(NAME)
    folder = places.extra_networks()
    assert folder is not None, "the caller names the folder"
    path = folder / NAME / network.files[0].file
    own = dataclasses.replace(
        network.files[0], size=path.stat().st_size, md5=checksums.digest(path, "md5"), sha256=None
    )
    catalog.NETWORKS[NAME] = dataclasses.replace(network, files=(own,))


if __name__ == "__main__":
    main(sys.argv[1:])
