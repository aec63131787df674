"""A rival whose best network cannot be loaded paints with the next best; one that is stopped leaves its picture."""

from pathlib import Path

import numpy as np
import pytest

from app.errors import Cancelled, NetworkError
from app.game import jobs
from app.game.jobs import PaintJob, Stopped
from app.networks import store
from app.networks.catalog import NETWORKS
from app.rivals.classic_options import ClassicOptions
from app.rivals.commission import Commission
from app.rivals.rival import Progress

CONTENT = np.linspace(0, 1, 40 * 48 * 3, dtype=np.float32).reshape(40, 48, 3)
STYLE = np.ascontiguousarray(CONTENT[::-1])


@pytest.fixture
def hollow_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A SavedModel whose structure looks sound, but that holds nothing."""
    folder = tmp_path / "networks" / "magenta-hub"
    (folder / "variables").mkdir(parents=True)
    names = b"placeholder placeholder_1 output_0"
    (folder / "saved_model.pb").write_bytes(b"\x08\x01\x12" + names)
    (folder / "variables/variables.index").write_bytes(b"\x57\xfb\x80\x8b\x24\x75\x47\xdb")
    (folder / "variables/variables.data-00000-of-00001").write_bytes(b"nothing")
    monkeypatch.setenv("PASTICHE_NETWORKS", str(tmp_path / "networks"))
    monkeypatch.setenv("PASTICHE_HOME", str(tmp_path / "home"))
    jobs._hired.cache_clear()


def paint(network: str | None) -> object:
    job = PaintJob("magenta", CONTENT, STYLE, Commission(size=64), network)
    return job.run(lambda _progress: None, lambda: False)


@pytest.mark.slow
def test_what_cannot_be_loaded_is_passed_over_and_told(hollow_hub: None) -> None:
    assert store.find("magenta-hub") is not None
    with pytest.raises(NetworkError):
        paint("magenta-hub")
    painting = paint(None)
    assert painting.report.network == "builtin-stylizer"
    assert NETWORKS["magenta-hub"].name in painting.report.note or "SavedModel" in painting.report.note
    assert store.find("magenta-hub") is None
    assert "SavedModel" not in paint(None).report.note, "once is enough"


@pytest.mark.slow
def test_a_stopped_rival_leaves_the_picture_it_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASTICHE_HOME", str(tmp_path))
    options = ClassicOptions(steps=4000, tolerance=0.0, computing="float32")
    told: list[Progress] = []
    job = PaintJob("classic", CONTENT, STYLE, Commission(size=96), None, options)
    with pytest.raises(Stopped) as stopped:
        job.run(told.append, lambda: bool(told) and told[-1].step >= 5)
    painting = stopped.value.painting
    assert painting.picture.shape == (80, 96, 3)
    assert painting.report.is_stopped and painting.report.steps == told[-1].step
    assert painting.report.note == f"Stopped after {told[-1].step} of {told[-1].steps} steps."


def test_a_rival_that_is_stopped_before_its_first_step_leaves_nothing() -> None:
    with pytest.raises(Cancelled) as stopped:
        PaintJob("classic", CONTENT, STYLE, Commission(size=96)).run(lambda _progress: None, lambda: True)
    assert not isinstance(stopped.value, Stopped)
