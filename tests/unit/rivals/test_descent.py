"""L-BFGS and Adam on functions whose minimum is known, in float64 against scipy."""

import numpy as np
import pytest
from scipy.optimize import minimize, rosen, rosen_der

from app.rivals import descent
from app.rivals.descent import Vector


def rosenbrock(x: Vector) -> tuple[float, Vector]:
    return float(rosen(x)), np.asarray(rosen_der(x))


def test_lbfgs_finds_the_minimum_of_rosenbrock_about_as_fast_as_scipy() -> None:
    start = np.zeros(10)
    calls = 0

    def counted(x: Vector) -> tuple[float, Vector]:
        nonlocal calls
        calls += 1
        return rosenbrock(x)

    *_, last = descent.lbfgs(counted, start, evaluations=200)
    np.testing.assert_allclose(last.place, 1, atol=1e-5)
    reference = minimize(rosenbrock, start, jac=True, method="L-BFGS-B", options={"maxcor": 12, "ftol": 1e-14})
    needed = next(
        point.evaluations for point in descent.lbfgs(rosenbrock, start, evaluations=200) if point.value < 1e-8
    )
    assert needed <= 2 * reference.nfev
    assert calls <= 200


def test_lbfgs_solves_an_ill_conditioned_quadratic_and_always_falls() -> None:
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.normal(size=(40, 40)))[0]
    matrix = basis @ np.diag(np.geomspace(1, 1e3, 40)) @ basis.T
    aim = rng.normal(size=40)

    def quadratic(x: Vector) -> tuple[float, Vector]:
        return float(0.5 * (x - aim) @ matrix @ (x - aim)), matrix @ (x - aim)

    points = list(descent.lbfgs(quadratic, np.zeros(40), evaluations=250))
    values = [point.value for point in points]
    assert values == sorted(values, reverse=True)
    np.testing.assert_allclose(points[-1].place, aim, atol=1e-3)


def test_lbfgs_keeps_to_its_evaluations_and_the_dtype() -> None:
    calls = 0

    def bowl(x: Vector) -> tuple[float, Vector]:
        nonlocal calls
        calls += 1
        assert x.dtype == np.float32
        return float(np.sum(np.cosh(x))), np.sinh(x)

    points = list(descent.lbfgs(bowl, np.linspace(-3, 3, 9, dtype=np.float32), evaluations=7))
    assert calls <= 7
    assert points[-1].evaluations <= 7
    assert points[-1].place.dtype == np.float32


def test_lbfgs_at_the_minimum_and_away_from_what_is_not_a_number() -> None:
    assert len(list(descent.lbfgs(lambda x: (0.0, np.zeros(3)), np.zeros(3), evaluations=9))) == 1

    def walled(x: Vector) -> tuple[float, Vector]:
        if x[0] > 1.0:
            return float("nan"), np.full(1, np.nan)
        return float((x[0] - 0.99) ** 2), 2 * (x - 0.99)

    *_, last = descent.lbfgs(walled, np.zeros(1), evaluations=60, first_step=5.0)
    assert last.place[0] == pytest.approx(0.99, abs=1e-3)


def test_adam_matches_the_reference_formula_and_descends() -> None:
    def bowl(x: Vector) -> tuple[float, Vector]:
        return float(np.sum((x - 0.3) ** 2)), 2 * (x - 0.3)

    start = np.array([1.0, -1.0])
    points = list(descent.adam(bowl, start, evaluations=200, rate=0.05))
    assert len(points) == 200
    # The first step of Adam moves every value by the rate (here: of the cosine's first step).
    np.testing.assert_allclose(np.abs(points[1].place - start), 0.05, rtol=1e-3)
    np.testing.assert_allclose(points[-1].place, 0.3, atol=1e-2)


def test_lbfgs_says_when_it_is_stuck() -> None:
    """A slope that points the wrong way, and a value that is not a number, are no minimum."""
    with pytest.raises(descent.StuckError):
        list(descent.lbfgs(lambda x: (float(x @ x), -2 * x), np.ones(3), evaluations=90))
    with pytest.raises(descent.StuckError):
        list(descent.lbfgs(lambda x: (float("nan"), x), np.ones(3), evaluations=9))


def test_lbfgs_remembers_no_more_steps_than_it_may() -> None:
    """With one pair kept it still arrives, later than with many."""

    def needed(memory: int) -> int:
        points = descent.lbfgs(rosenbrock, np.zeros(6), evaluations=3000, memory=memory)
        return next(point.evaluations for point in points if point.value < 1e-6)

    assert needed(12) < needed(1) < 3000


@pytest.mark.parametrize(
    ("values", "has_settled"),
    [
        ([9.0, 4.0, 2.0, 1.0], False),
        ([9.0, 1.002, 1.001, 1.0005, 1.0], True),
        # Slow for one step only.
        ([9.0, 1.5, 1.0001, 1.0], False),
        ([1.0, 1.0, 1.0], False),
        ([0.0, 0.0, 0.0, 0.0], True),
    ],
)
def test_settled_is_what_hardly_falls_in_several_steps(values: list[float], has_settled: bool) -> None:
    assert descent.has_settled(values, tolerance=0.002) is has_settled


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scaled_lbfgs_makes_up_for_coordinates_of_different_sizes(dtype: type) -> None:
    """A bowl whose coordinates are in units from 1 to 1000."""
    unit = np.geomspace(1, 1e3, 60).astype(dtype)

    def bowl(x: Vector) -> tuple[float, Vector]:
        return float(0.5 * np.sum(unit * (x - 1) ** 2)), unit * (x - 1)

    def at_end(is_scaled: bool) -> float:
        *_, last = descent.lbfgs(bowl, np.zeros(60, dtype), evaluations=40, memory=5, is_scaled=is_scaled)
        assert last.place.dtype == dtype
        return last.value

    assert at_end(True) < 0.5 * at_end(False)
