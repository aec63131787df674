"""One lesson: a seeded, resumable training loop in pure Keras 3, whatever the backend."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from app.errors import NetworkError
from app.training.bar import TrainingBar

Batch = tuple[Any, Any]

#: The running mean of the weights takes in every so many steps one.
_AVERAGED_EVERY = 10


class Lesson:
    """Trains ``model`` (compiled, with its own ``compute_loss``) on batches that depend on seed and step alone.

    ``batch(step)`` must give (x, y) of the same shapes at every step. The state (weights, optimizer, step) goes to
    ``state_path`` every ``save_every_s`` seconds; a new Lesson on the same path goes on where the last one stopped.
    With ``averaged_over`` steps a running mean of the weights is kept beside them (Polyak and Juditsky 1992):
    ``on_save`` finds it in the model, and so does who comes after the last step.
    """

    def __init__(
        self,
        model: keras.Model,
        batch: Callable[[int], Batch],
        *,
        steps: int,
        state_path: Path | None = None,
        save_every_s: float = 120.0,
        print_every: int = 100,
        on_save: Callable[[int], None] | None = None,
        averaged_over: int = 0,
    ) -> None:
        self.model, self.batch, self.steps = model, batch, steps
        self.state_path, self.save_every_s, self.print_every = state_path, save_every_s, print_every
        self.on_save = on_save
        self.step = 0
        self.model.optimizer.build(self.model.trainable_variables)
        self._averaged_over = averaged_over
        self._means: list[NDArray[np.float32]] = []
        if state_path is not None and state_path.exists():
            self._resume(state_path)
        if averaged_over and not self._means:
            self._means = _values(self.model.trainable_variables)

    def run(self, *, until: int | None = None) -> list[float]:
        """Train up to ``until`` (all steps by default) and return every step's loss."""
        last = self.steps if until is None else min(until, self.steps)
        losses: list[float] = []
        saved_at = time.monotonic()
        bar = TrainingBar(last, first=self.step, line_every=self.print_every)
        while self.step < last:
            x, y = self.batch(self.step)
            logs: Mapping[str, Any] = self.model.train_on_batch(x, y, return_dict=True)
            losses.append(float(logs["loss"]))
            if not np.isfinite(losses[-1]):
                raise NetworkError(f"Training went astray at step {self.step}: the loss is no longer a number.")
            self.step += 1
            if self._averaged_over and self.step % _AVERAGED_EVERY == 0:
                share = min(1.0, _AVERAGED_EVERY / self._averaged_over)
                for mean, value in zip(self._means, _values(self.model.trainable_variables), strict=True):
                    mean += share * (value - mean)
            bar.show(self.step, {name: float(value) for name, value in logs.items()})
            if self.step % self.print_every == 0 or self.step == last:
                self.model.reset_metrics()
            if time.monotonic() - saved_at > self.save_every_s or self.step == last:
                self._save()
                saved_at = time.monotonic()
        if self._averaged_over and self.step == self.steps:
            self._put(self._means)
        return losses

    def _put(self, values: Sequence[NDArray[np.float32]]) -> None:
        for variable, value in zip(self.model.trainable_variables, values, strict=True):
            variable.assign(value)

    def _variables(self) -> Sequence[Any]:
        return [*self.model.trainable_variables, *self.model.optimizer.variables]

    def _save(self) -> None:
        if self.state_path is not None:
            self.state_path.parent.mkdir(parents=True, exist_ok=True)
            values = {f"{i:05d}": value for i, value in enumerate(_values(self._variables()))}
            values |= {f"mean{i:05d}": mean for i, mean in enumerate(self._means)}
            draft = self.state_path.with_suffix(".draft")
            save_file(values, draft, metadata={"step": json.dumps(self.step)})
            draft.replace(self.state_path)
        if self.on_save is not None:
            current = _values(self.model.trainable_variables)
            if self._averaged_over:
                self._put(self._means)
            self.on_save(self.step)
            self._put(current)

    def _resume(self, path: Path) -> None:
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, framework="numpy") as file:
                self.step = int(json.loads((file.metadata() or {})["step"]))
            values = load_file(path)
            for i, variable in enumerate(self._variables()):
                if f"{i:05d}" in values:
                    variable.assign(values[f"{i:05d}"].reshape(tuple(variable.shape)))
            if self._averaged_over:
                self._means = [values[key] for key in sorted(values) if key.startswith("mean")]
        except (OSError, KeyError, ValueError, SafetensorError) as error:
            raise NetworkError(f"The interrupted training in {path} does not fit: {error}") from error
        print(f"Going on from step {self.step}.", flush=True)


def _values(variables: Sequence[Any]) -> list[NDArray[Any]]:
    return [np.array(keras.ops.convert_to_numpy(keras.ops.copy(v)), order="C") for v in variables]


def cosine(
    peak: float, steps: int, *, floor: float, warmup: int = 0
) -> keras.optimizers.schedules.LearningRateSchedule:
    """Return the learning rate that rises over ``warmup`` steps to ``peak``, then falls to ``floor`` as a cosine."""
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=peak / 10 if warmup else peak,
        decay_steps=max(1, steps - warmup),
        alpha=floor / peak,
        warmup_target=peak if warmup else None,
        warmup_steps=warmup,
    )
