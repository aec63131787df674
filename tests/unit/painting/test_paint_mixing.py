"""Ink: how coverage becomes paint, the paper's grain, and what a wet brush picks up."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PyQt5.QtCore import QRect

from app.painting.brushes.brush import Brush, Texture, own_and_players
from app.painting.engine.dab_placement import Trail
from app.painting.engine.paint_mixing import Carried, blend_table, coverage_table, grain_of, thinning_table
from app.painting.model.stroke import Stroke

RED, BLUE = (220, 20, 20), (20, 20, 220)


def brush_with(**settings: Any) -> Brush:
    solid = np.full((1, 16, 16), 255, dtype=np.uint8)
    paper = np.arange(256, dtype=np.uint8).reshape(16, 16)
    return Brush(name="plain", title="Plain", texture=Texture(solid, solid, 1.42, b""), paper=paper, **settings)


def row_of_dabs(count: int, travel: float = 0.1) -> Trail:
    ones = np.ones(count)
    return Trail(
        x=20 + 4.0 * np.arange(count),
        y=32 * ones,
        size=16 * ones,
        flow=ones,
        angle=0 * ones,
        variant=np.zeros(count, dtype=np.int64),
        travel=travel * ones,
    )


def painting_of(color: tuple[int, int, int], left: int) -> NDArray[np.uint32]:
    pixels = np.zeros((64, 256), dtype=np.uint32)
    pixels[:, left:] = 255 << 24 | color[0] << 16 | color[1] << 8 | color[2]
    return pixels


def colors_of(tints: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.stack([tints >> 16, tints >> 8 & 255, tints & 255], axis=1)


def test_more_coverage_is_more_paint_and_all_of_it_is_the_color() -> None:
    covered = coverage_table(brush_with())
    assert covered.shape == (256,)
    assert (np.diff(covered) > 0).all()
    assert (covered[0], covered[-1]) == (0.0, 1.0)
    table = blend_table(brush_with(), RED, 1.0)
    assert table[0] == 0
    assert table[255] == 255 << 24 | 220 << 16 | 20 << 8 | 20


@settings(max_examples=40, deadline=None)
@given(
    opacity=st.floats(0, 1),
    color=st.tuples(*[st.integers(0, 255)] * 3),
    edge=st.floats(0, 1),
    grain=st.sampled_from([0.0, 0.4, 1.0]),
)
def test_no_pixel_of_the_table_exceeds_its_opacity_or_its_alpha(
    opacity: float, color: tuple[int, int, int], edge: float, grain: float
) -> None:
    table = blend_table(brush_with(edge=edge, grain=grain), color, opacity)
    assert table.shape == (65536 if grain else 256,)
    pixels = table.view(np.uint8).reshape(-1, 4)
    assert pixels[:, 3].max() <= round(opacity * 255)
    assert (pixels[:, :3] <= pixels[:, 3:]).all()


def test_pigment_gathers_at_the_edge() -> None:
    covered = coverage_table(brush_with(edge=1.0))
    assert covered[51] > covered[255] + 0.2 > covered[10]


def test_paint_touches_the_papers_peaks_first() -> None:
    covered = coverage_table(brush_with(grain=1.0)).reshape(256, 256)
    assert covered[100, 250] > 0.5
    assert covered[100, 5] < 0.05
    assert (np.diff(covered, axis=1) >= 0).all()
    thinning = thinning_table(brush_with(grain=1.0)).reshape(256, 256)
    assert thinning.max() <= 256
    assert thinning[100, 5] < 10 < thinning[100, 250]


def test_the_paper_lies_still() -> None:
    brush = brush_with(grain=0.5)
    whole = grain_of(brush, QRect(0, 0, 64, 48), 1.0)
    assert whole.shape == (48, 64)
    assert np.array_equal(grain_of(brush, QRect(7, 11, 20, 13), 1.0), whole[11:24, 7:27])
    assert np.array_equal(whole[:16, :16], brush.paper)
    # At twice the size each spot of the paper is two pixels.
    assert np.array_equal(grain_of(brush, QRect(0, 0, 64, 48), 2.0)[::2, ::2], whole[:24, :32])


def test_bare_paper_gives_no_paint() -> None:
    carried = Carried(brush_with(wetness=1.0), Stroke(brush="plain", color=BLUE), None)
    tints = carried.tints(np.zeros((64, 256), dtype=np.uint32), row_of_dabs(10), 1.0)
    assert tints.shape == (10,)
    assert np.abs(colors_of(tints) - BLUE).max() <= 3


def test_a_background_that_is_bare_gives_no_paint_either() -> None:
    head = Stroke(brush="plain", color=BLUE)
    tints = Carried(brush_with(wetness=1.0), head, RED).tints(painting_of(RED, 0), row_of_dabs(10), 1.0)
    assert np.abs(colors_of(tints) - BLUE).max() <= 3


def test_what_a_brush_runs_through_it_takes_along_for_a_while() -> None:
    carried = Carried(brush_with(wetness=1.0, drag=0.5), Stroke(brush="plain", color=BLUE), None)
    painting = painting_of(RED, 100)
    painting[:, 160:] = 0
    reds = colors_of(carried.tints(painting, row_of_dabs(50), 1.0))[:, 0]
    before, within, after = reds[10], reds[33], reds[49]
    assert before < 30 < 150 < within
    assert reds[38] > 60 > after


def test_a_wetter_brush_picks_up_more() -> None:
    reds = []
    for wetness in (0.2, 0.8):
        carried = Carried(brush_with(wetness=wetness), Stroke(brush="plain", color=BLUE), None)
        reds.append(colors_of(carried.tints(painting_of(RED, 0), row_of_dabs(30), 1.0))[-1, 0])
    assert reds[0] + 60 < reds[1]


@pytest.mark.parametrize("batch", [1, 3, 7])
def test_batches_do_not_matter(batch: int) -> None:
    trail, painting = row_of_dabs(40), painting_of(RED, 90)
    brush, head = own_and_players()["bristle"], Stroke(brush="bristle", color=BLUE)
    at_once = Carried(brush, head, None).tints(painting, trail, 1.0)
    bit_by_bit = Carried(brush, head, None)
    numbers = np.arange(40)
    parts = [
        bit_by_bit.tints(painting, trail.only((numbers >= start) & (numbers < start + batch)), 1.0)
        for start in range(0, 40, batch)
    ]
    assert np.array_equal(np.concatenate(parts), at_once)
    assert len(bit_by_bit.tints(painting, trail.only(numbers < 0), 1.0)) == 0
