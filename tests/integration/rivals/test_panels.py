"""The classic rival's objective in panels: the same loss and gradient as in one piece, with all there is to it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import images
from app.errors import Cancelled
from app.images import Picture
from app.networks import backbone, runtime
from app.rivals import panels
from app.rivals.chain import ConvolutionChain, links_of
from app.rivals.objective import STYLE_TAPS, LossWeights, Objective
from app.rivals.panels import PanelObjective

WEIGHTS = LossWeights(1.0, 80.0, 40.0, 4.0)


def smooth(height: int, width: int, seed: int) -> Picture:
    rng = np.random.default_rng(seed)
    coarse = images.resize(rng.random((4, 5, 3), np.float32), height=height, width=width)
    fine = rng.random((height, width, 3), np.float32)
    return np.clip(0.7 * coarse + 0.3 * fine, 0, 1, dtype=np.float32)


@pytest.fixture(scope="module")
def objective() -> Objective:
    import keras

    runtime.tensorflow()
    keras.utils.set_random_seed(5)
    return Objective(ConvolutionChain(links_of(backbone.build_backbone())), dict.fromkeys(STYLE_TAPS, 1.0))


@settings(deadline=None)
@given(height=st.integers(32, 1500), width=st.integers(32, 1500), panel_px=st.sampled_from([64, 96, 256, 512]))
def test_insides_cover_every_pixel_once_and_begin_where_poolings_do(height: int, width: int, panel_px: int) -> None:
    covered = np.zeros((height, width), np.int8)
    for panel in panels.panels(height, width, panel_px):
        for inside, outside, length in (
            (panel.inside_rows, panel.rows, height),
            (panel.inside_columns, panel.columns, width),
        ):
            assert inside.start % 16 == outside.start % 16 == 0
            assert 0 < inside.stop - inside.start <= panel_px + 15
            assert outside.start == max(0, inside.start - panels.MARGIN_PX)
            assert outside.stop == min(length, inside.stop + panels.MARGIN_PX)
        assert panel.inside().sum() == (panel.inside_rows.stop - panel.inside_rows.start) * (
            panel.inside_columns.stop - panel.inside_columns.start
        )
        covered[panel.rows, panel.columns] += panel.inside().astype(np.int8)
    assert (covered == 1).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("height", "width", "statistics", "is_masked"),
    [(288, 352, "gram", False), (301, 263, "gram", True), (256, 333, "moments", False), (270, 300, "moments", True)],
)
def test_panels_give_the_loss_and_gradient_of_the_whole(
    objective: Objective, height: int, width: int, statistics: str, is_masked: bool
) -> None:
    """To 1e-4 of the loss and of the gradient's largest value: what is left is the rounding of float32."""
    content, picture = smooth(height, width, 0), smooth(height, width, 1) * np.float32(1.2) - np.float32(0.1)
    paintings, shares = [smooth(200, 310, 2), smooth(150, 90, 3)], (0.7, 0.3)
    mask = images.resize(smooth(6, 8, 4), height=height, width=width)[:, :, 0] if is_masked else None
    found: list[tuple[float, Any]] = []
    for aimed in (objective, PanelObjective(objective, 96)):
        aimed.aim(content, paintings, WEIGHTS, shares=shares, statistics=statistics, mask=mask)
        found.append(aimed(picture))
    (whole, gradient), (parts, summed) = found
    assert parts == pytest.approx(whole, rel=1e-4)
    assert summed.shape == gradient.shape
    np.testing.assert_allclose(summed, gradient, rtol=0, atol=1e-4 * float(np.abs(gradient).max()))


def test_a_panels_margin_is_as_wide_as_the_network_sees(objective: Objective) -> None:
    """A pixel just beyond the margin changes nothing inside; one at the network's reach does."""
    picture = smooth(64, 336, 0)
    inside = np.zeros((64, 336), np.float32)
    inside[:, 160:176] = 1

    def deepest(changed: int) -> Any:
        other = picture.copy()
        other[:, changed] = 1 - other[:, changed]
        return objective.look(other, inside).moments["relu5_1"].second.numpy()

    there = objective.look(picture, inside).moments["relu5_1"].second.numpy()
    for beyond in (160 - panels.MARGIN_PX - 1, 176 + panels.MARGIN_PX):
        np.testing.assert_allclose(deepest(beyond), there, rtol=1e-6)
    assert np.abs(deepest(160 - 60) - there).max() > 1e-4 * np.abs(there).max()


def test_a_computation_can_be_stopped_between_panels(objective: Objective) -> None:
    content = smooth(128, 128, 0)
    aimed = PanelObjective(objective, 64)
    aimed.aim(content, [content], WEIGHTS)
    aimed.stop()
    with pytest.raises(Cancelled):
        aimed(content)
