"""Training in the small: it learns, repeats itself by seed, and goes on after an interruption as if there were none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.errors import NetworkError
from app.networks import runtime

runtime.tensorflow()

import keras  # noqa: E402
from keras import layers  # noqa: E402

from app.training import cards  # noqa: E402
from app.training.lesson import Lesson, cosine  # noqa: E402


def lesson(path: Path | None, *, steps: int = 12, width: int = 4, **more) -> Lesson:
    keras.utils.set_random_seed(7)
    picture = keras.Input((3,))
    model = keras.Model(picture, layers.Dense(1)(layers.Dense(width, activation="tanh")(picture)))
    model.compile(optimizer=keras.optimizers.Adam(cosine(0.05, steps, floor=1e-4, warmup=3)), loss="mse")

    def batch(step: int) -> tuple[np.ndarray, np.ndarray]:
        x = np.random.default_rng([1, step]).normal(size=(16, 3)).astype(np.float32)
        return x, x.sum(1, keepdims=True)

    return Lesson(model, batch, steps=steps, state_path=path, print_every=5, **more)


def test_it_learns_and_repeats_itself() -> None:
    first, second = lesson(None, steps=60).run(), lesson(None, steps=60).run()
    assert first == second
    assert np.mean(first[-5:]) < 0.3 * np.mean(first[:5])


def test_an_interrupted_lesson_goes_on_where_it_stopped(tmp_path: Path) -> None:
    whole = lesson(None).run()
    path = tmp_path / "deep" / "a.state"
    begun = lesson(path).run(until=5)
    resumed = lesson(path)
    assert resumed.step == 5
    np.testing.assert_allclose([*begun, *resumed.run()], whole, rtol=1e-5)
    assert lesson(path).run() == []


def test_the_weights_are_averaged_for_who_comes_after(tmp_path: Path) -> None:
    shown: list[np.ndarray] = []
    path = tmp_path / "a.state"
    first = lesson(path, steps=40, averaged_over=20, save_every_s=0.0)
    first.on_save = lambda step: shown.append(first.model.get_weights()[0])
    first.run(until=20)
    last = first.model.get_weights()[0]
    assert np.abs(shown[-1] - last).max() > 1e-4
    resumed = lesson(path, steps=40, averaged_over=20)
    resumed.run()
    whole = lesson(None, steps=40, averaged_over=20)
    whole.run()
    np.testing.assert_allclose(resumed.model.get_weights()[0], whole.model.get_weights()[0], rtol=1e-4)
    plain = lesson(None, steps=40)
    plain.run()
    assert np.abs(plain.model.get_weights()[0] - whole.model.get_weights()[0]).max() > 1e-4


def test_a_state_of_another_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.state"
    lesson(path).run(until=1)
    with pytest.raises(NetworkError, match="does not fit"):
        lesson(path, width=9)
    path.write_bytes(b"nothing")
    with pytest.raises(NetworkError, match="does not fit"):
        lesson(path)


def test_a_loss_that_is_no_number_stops_it() -> None:
    broken = lesson(None)
    broken.batch = lambda step: (np.full((2, 3), np.nan, np.float32), np.zeros((2, 1), np.float32))
    with pytest.raises(NetworkError, match="astray"):
        broken.run()


def test_progress_is_printed_and_saves_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    told: list[int] = []
    lesson(None, on_save=told.append).run()
    assert told == [12]
    assert "step 10/12  loss" in capsys.readouterr().out


def test_the_learning_rate_rises_then_falls() -> None:
    rates = [float(cosine(1.0, 100, floor=0.1, warmup=10)(step)) for step in (0, 10, 55, 100)]
    assert rates[0] < rates[1]
    assert rates[1] == pytest.approx(1.0)
    assert rates[1] > rates[2] > rates[3] == pytest.approx(0.1)


def test_a_card_names_no_folder_of_this_machine() -> None:
    given = ["--contents", "/home/me/a", "--styles", "/b", "--out", "/c", "--steps", "5", "--bfloat16"]
    assert cards.public(given) == ["--contents", "CONTENTS", "--styles", "STYLES", "--steps", "5", "--bfloat16"]
