"""Which way of computing is chosen, when it is measured, and what is remembered: with objectives made for it."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app import places
from app.errors import RivalError
from app.images import Picture
from app.rivals import precision


class Time:
    """Seconds that pass only when something takes them."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


CLOCK = Time()


class Made:
    """Takes so long, and is off the true gradient by so much."""

    def __init__(self, seconds: float, off: float = 0.0, first: float = 0.0, says: str = "") -> None:
        self.seconds, self.off, self.first, self.says = seconds, off, first, says
        self.calls = 0

    def aim(self, content: Picture, paintings: object, weights: object) -> None:
        assert content.shape == (*precision.MEASURED_PX, 3)

    def __call__(self, picture: Picture) -> tuple[float, NDArray[np.float32]]:
        if self.says:
            raise RivalError(self.says)
        self.calls += 1
        CLOCK.now += self.seconds + (self.first if self.calls == 1 else 0)
        wrong = np.random.default_rng(0).normal(size=picture.shape)
        return 1.0, np.asarray(picture + self.off * wrong, np.float32)


def chosen(**each: Made) -> str:
    names = [name.replace("_", "-") for name in each]
    return precision.measure(lambda name: each[name.replace("-", "_")], names, clock=CLOCK)[0]


def test_the_quickest_is_chosen_if_it_gains_enough_and_points_the_same_way() -> None:
    assert chosen(float32=Made(0.02), bfloat16=Made(0.005)) == "bfloat16"
    assert chosen(float32=Made(0.005), bfloat16=Made(0.02)) == "float32"
    assert chosen(float32=Made(0.02), bfloat16=Made(0.005, off=5.0)) == "float32"
    assert chosen(float32=Made(0.02), bfloat16=Made(0.005, off=float("nan"))) == "float32"
    assert chosen(float32=Made(0.02), bfloat16=Made(0.0, says="It cannot.")) == "float32"


def test_a_compiler_must_earn_what_it_costs() -> None:
    slow = 0.01 * precision.EVALUATIONS
    assert chosen(float32=Made(0.02), float32_xla=Made(0.01, first=2 * slow)) == "float32"
    assert chosen(float32=Made(0.02), float32_xla=Made(0.005, first=0.02)) == "float32-xla"


def test_the_usual_way_must_work() -> None:
    with pytest.raises(RivalError, match="It cannot"):
        chosen(float32=Made(0.0, says="It cannot."))


def test_it_is_measured_once_and_anew_where_the_file_is_damaged_or_of_another_machine(
    own_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []

    def load(computing: str) -> Made:
        loaded.append(computing)
        return Made(0.01 if computing == "float32" else 0.001)

    def is_measured() -> bool:
        loaded.clear()
        assert precision.best("builtin-vgg", load, clock=CLOCK) == "bfloat16"
        return bool(loaded)

    for path in places.checkpoints().glob("builtin-vgg.*"):
        shutil.copy(path, tmp_path)
    weights = tmp_path / "builtin-vgg.safetensors"
    monkeypatch.setattr(places, "checkpoints", lambda: tmp_path)
    assert is_measured()
    assert precision.file().is_relative_to(own_data)
    assert not is_measured()
    for damage in ("", "{", "[]", '{"machine": 1}', '{"networks": {}}', "null", '"text"'):
        precision.file().write_text(damage)
        assert is_measured(), damage
        assert not is_measured()
    record = json.loads(precision.file().read_text())
    record["machine"]["cores"] += 1
    precision.file().write_text(json.dumps(record))
    assert is_measured()
    record = json.loads(precision.file().read_text())
    for each in record["networks"].values():
        each["chosen"] = "int3"
    precision.file().write_text(json.dumps(record))
    assert is_measured()
    os.utime(weights, ns=(1, 1))
    assert is_measured(), "other weights"


def test_where_nothing_can_be_kept_it_is_measured_again(own_data: Path) -> None:
    own_data.parent.mkdir(parents=True, exist_ok=True)
    own_data.write_text("a file where the folder would be")

    def load(computing: str) -> Made:
        return Made(0.01 if computing == "float32" else 0.001)

    for _ in range(2):
        assert precision.best("builtin-vgg", load, clock=CLOCK) == "bfloat16"
    assert own_data.is_file()
