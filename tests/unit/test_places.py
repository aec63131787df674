"""The player's data moves as a whole with PASTICHE_HOME."""

from pathlib import Path

import pytest

from app import places
from app.errors import UsageError


def test_all_of_a_players_data_moves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASTICHE_HOME", str(tmp_path / "elsewhere"))
    own = [
        places.drawings(),
        places.gallery(),
        places.own_contents(),
        places.own_styles(),
        places.own_brushes(),
        places.installed_networks(),
        places.settings_file(),
    ]
    assert all(path.is_relative_to(tmp_path / "elsewhere") for path in own)
    assert not (tmp_path / "elsewhere").exists()


def test_the_extra_networks_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASTICHE_NETWORKS", str(tmp_path))
    assert places.extra_networks() == tmp_path.resolve()
    monkeypatch.setenv("PASTICHE_NETWORKS", "")
    assert places.extra_networks() is None


def test_folders_that_cannot_be_are_named_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for named in (str(loop), "/" + "x" * 6000, "~nosuchuser/x"):
        monkeypatch.setenv("PASTICHE_NETWORKS", named)
        assert places.extra_networks() == Path(named)
    monkeypatch.setenv("PASTICHE_NETWORKS", "~/models")
    assert places.extra_networks() == (Path.home() / "models").resolve()
    monkeypatch.setenv("PASTICHE_HOME", str(loop))
    assert places.home() == loop
    monkeypatch.setenv("PASTICHE_HOME", "~nosuchuser/x")
    with pytest.raises(UsageError, match=r"^PASTICHE_HOME names ~nosuchuser/x, but there is no such user\.$"):
        places.home()


def test_the_programs_folders_exist() -> None:
    assert (places.root() / "requirements.txt").is_file()
