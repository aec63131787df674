"""What the training scripts share: their arguments, and the card that each checkpoint gets."""

from __future__ import annotations

import argparse
import datetime
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras

from app import places
from app.errors import PasticheError
from app.networks import checkpoints

DATA = (
    "900 photographs (short side 288 px) and 204 artworks (short side 320 px) gathered for training only, of mixed"
    " licences, not redistributable and not part of this repository; 24 of each, spread evenly over the sorted names,"
    " were held out of all training and serve for measuring. Crops, mirrored, with random changes of colour and noise."
)
LICENCE = "GPL-3.0-or-later, as the whole of Pastiche; the teachers' weights are not contained."
VGG_TEACHER = (
    "vgg19-16x: Huan Wang, Yijun Li, Yuehai Wang, Haoji Hu, Ming-Hsuan Yang, Collaborative Distillation for"
    " Ultra-Resolution Universal Style Transfer, CVPR 2020 (MIT licence)"
)
MAGENTA_TEACHER = (
    "Magenta arbitrary image stylization v1-256, int8: Ghiasi, Lee, Kudlur, Dumoulin, Shlens, Exploring the structure"
    " of a real-time, arbitrary neural artistic stylization network, BMVC 2017 (Apache-2.0, Google Magenta)"
)
DESCRIPTIONS: dict[str, dict[str, Any]] = {
    "builtin-vgg": {
        "title": "Compact VGG backbone",
        "what": "Thirteen 3x3 convolutions up to relu5_1, 16 to 128 channels: perceptual features for the classic"
        " rival, the stylizer's style predictor and the judge.",
        "script": "app/training/backbone.py",
        "teachers": [VGG_TEACHER],
    },
    "builtin-stylizer": {
        "title": "Small arbitrary stylizer",
        "what": "A style predictor (statistics of the compact backbone to Magenta's 100 style numbers) and a"
        " transformer that paints any content in the style that the numbers describe.",
        "script": "app/training/stylizer.py",
        "teachers": [MAGENTA_TEACHER, VGG_TEACHER],
    },
    "builtin-autoencoder": {
        "title": "Autoencoder of the judge",
        "what": "An autoencoder of photographs, paintings, rivals' pictures and painted imitations. Its encoder keeps a"
        " map of what is where and a vector of what the whole is like; cosines of both tell how alike pictures are.",
        "script": "app/training/autoencoder.py",
        "teachers": [MAGENTA_TEACHER, VGG_TEACHER],
    },
}


def add_arguments(parser: argparse.ArgumentParser, *, name: str, steps: int) -> None:
    """Add what every training script takes."""
    parser.add_argument("--contents", type=Path, required=True, help="folder of photographs")
    parser.add_argument("--styles", type=Path, required=True, help="folder of paintings")
    parser.add_argument("--out", type=Path, default=places.checkpoints(), help="where checkpoint and card go")
    parser.add_argument("--state", type=Path, help="where an interrupted training is kept (default: OUT/../build)")
    parser.add_argument("--steps", type=int, default=steps, help=f"steps of training (default: {steps})")
    parser.add_argument("--seed", type=int, default=1, help="seed of all chance (default: 1)")
    parser.add_argument("--save-every", type=float, default=120.0, help="seconds between saved states (default: 120)")
    parser.add_argument("--bfloat16", action="store_true", help="compute in bfloat16 (faster where the CPU has it)")
    parser.set_defaults(name=name)


def begin(parser: argparse.ArgumentParser, arguments: list[str] | None) -> argparse.Namespace:
    """Parse, seed all chance and set the precision."""
    args = parser.parse_args(arguments)
    script = Path(DESCRIPTIONS[args.name]["script"]).stem
    given = sys.argv[1:] if arguments is None else arguments
    args.command = " ".join(["python", "-m", f"app.training.{script}", *public(given)])
    if args.state is None:
        args.state = args.out.parent / "build" / f"{args.name}.state"
    keras.utils.set_random_seed(args.seed)
    keras.config.set_dtype_policy("mixed_bfloat16" if args.bfloat16 else "float32")
    return args


def public(arguments: list[str]) -> list[str]:
    """Return the arguments with folders of this machine replaced by words, and places of output left out."""
    shown: list[str] = []
    words = {
        "--contents": "CONTENTS",
        "--styles": "STYLES",
        "--pictures": "PICTURES",
        "--comparisons": "comparisons()",
        "--records": "RECORDS",
        "--start-from": "CHECKPOINT",
    }
    hidden = {"--out", "--state", "--save-every"}
    skip = False
    for argument in arguments:
        if skip:
            skip = False
            continue
        if argument in hidden:
            skip = True
        elif argument in words:
            shown += [argument, words[argument]]
            skip = True
        else:
            shown.append(argument)
    return shown


def run(main: Callable[[], None]) -> None:
    """Run a script; what a person can mend ends it with one sentence instead of a traceback."""
    try:
        main()
    except PasticheError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped. The same command goes on from the last state that was kept.")


def publish(
    name: str,
    models: keras.Model | Mapping[str, keras.Model],
    args: argparse.Namespace,
    figures: Mapping[str, Any],
    **more: Any,
) -> dict[str, Any]:
    """Write the checkpoint and its card into ``args.out``."""
    card = {
        "name": name,
        **DESCRIPTIONS[name],
        "command": args.command,
        "seed": args.seed,
        "data": DATA,
        "licence": LICENCE,
        "date": datetime.date.today().isoformat(),
        "backend": f"Keras {keras.__version__} on {keras.backend.backend()}, {os.cpu_count()} processor cores",
        "figures": dict(figures),
        **more,
    }
    return checkpoints.save_checkpoint(args.out / f"{name}.safetensors", models, card)
