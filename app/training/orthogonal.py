"""Muon for convolutions: momentum whose update is made orthogonal (Jordan et al. 2024, Liu et al. 2025)."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


class ConvolutionMuon(keras.optimizers.Muon):
    """Keras' Muon, which knows matrices only, for kernels too: [3, 3, in, out] counts as a matrix [9 in, out].

    An imitation fails at last in the directions in which its pictures hardly vary, fine colour above all; an
    orthogonal update goes as far along these as along the others, where Adam creeps. Biases get Adam's step.
    """

    def _should_use_adamw(self, variable: Any) -> bool:
        return len(variable.shape) < 2

    def _muon_update_step(self, gradient: Any, variable: Any, lr: Any, m: Any) -> None:
        self.assign_add(m, ops.add(gradient, m * (self.momentum - 1)))
        leaning = ops.reshape(ops.add(gradient, self.momentum * m), (-1, variable.shape[-1]))
        update = self.lr_adjust(lr * self.zeropower_via_newtonschulz5(leaning, self.ns_steps))
        self.assign_sub(variable, ops.reshape(update, variable.shape))
