"""Everything stays playable with any network missing or damaged: rivals fall back, and whoever cannot work says why."""

import shutil
from pathlib import Path

import pytest

from app import places
from app.errors import NetworkError
from app.game.networks_in_use import networks_in_use, passed_over, users_of_networks
from app.images import Picture
from app.judging.judge import Judge
from app.networks import store
from app.networks.catalog import NETWORKS
from app.rivals.classic_options import ClassicOptions
from app.rivals.registry import RIVALS, best_network, hire
from app.rivals.request import RivalRequest

SMALL = RivalRequest(size=96)
BUILT_IN = [name for name, network in NETWORKS.items() if network.is_built_in]
IN_USE = {"magenta": "builtin-stylizer", "classic": "builtin-vgg", "the judge": "builtin-autoencoder"}
#: Who cannot work without which network that is part of Pastiche.
NEEDS = {
    "magenta": {"builtin-stylizer", "builtin-vgg"},
    "classic": {"builtin-vgg"},
    "the judge": {"builtin-autoencoder"},
}


@pytest.fixture
def checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Our own networks, as copies that may be harmed."""
    folder = tmp_path / "checkpoints"
    shutil.copytree(places.checkpoints(), folder)
    monkeypatch.setattr(places, "checkpoints", lambda: folder)
    return folder


def harm(path: Path, how: str) -> None:
    content = path.read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif how == "empty":
        path.write_bytes(b"")
    else:
        path.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])


HOW = ["missing", "cut", "empty", "one bit"]


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", ["magenta-hub", "magenta-int8", "vgg19"])
def test_a_rival_passes_over_a_downloaded_network_that_cannot_be_used(name: str, how: str) -> None:
    """Whatever lies there under the names of the network's files."""
    folder = places.installed_networks() / name
    for number, path in enumerate(NETWORKS[name].paths):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        size = NETWORKS[name].files[number].size if not NETWORKS[name].is_archive else 1000
        with (folder / path).open("wb") as file:
            file.truncate(size)
        harm(folder / path, how)
    rival = next(rival for rival, info in RIVALS.items() if name in info.networks)
    assert best_network(rival) == IN_USE[rival]
    assert networks_in_use() == IN_USE
    assert passed_over() == {rival: f"{NETWORKS[name].title} is damaged and passed over."}
    with pytest.raises(NetworkError, match=f"networks repair {name}"):
        hire(rival, network=name)
    shutil.rmtree(folder)
    assert passed_over() == {}
    with pytest.raises(NetworkError, match=f"networks install {name}"):
        hire(rival, network=name)


@pytest.mark.parametrize("how", HOW)
def test_of_the_real_pair_a_single_bit_is_enough(
    magenta_int8: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    assert best_network("magenta") == "magenta-int8"
    assert users_of_networks()["magenta-int8"] == ("magenta",)
    shutil.copytree(magenta_int8, tmp_path / "models/magenta-int8")
    for path in (tmp_path / "models/magenta-int8").iterdir():
        path.chmod(0o644)
    monkeypatch.setenv("PASTICHE_NETWORKS", str(tmp_path / "models"))
    assert best_network("magenta") == "magenta-int8"
    harm(tmp_path / "models/magenta-int8/transfer.tflite", how)
    assert best_network("magenta") == "builtin-stylizer"
    assert "magenta" in passed_over()


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", BUILT_IN)
def test_who_cannot_work_without_a_built_in_network_says_so(checkpoints: Path, name: str, how: str) -> None:
    harm(checkpoints / f"{name}.safetensors", how)
    in_use = networks_in_use()
    for user, needed in NEEDS.items():
        assert in_use[user] == (None if name in needed else IN_USE[user])
    assert any("from the program anew" in fault for fault in store.status(name).faults)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["missing", "one bit"])
def test_with_a_broken_autoencoder_both_rivals_paint_and_the_judge_says_why(
    checkpoints: Path, photograph: Picture, painting: Picture, how: str
) -> None:
    harm(checkpoints / "builtin-autoencoder.safetensors", how)
    for rival, options in (("magenta", None), ("classic", ClassicOptions(steps=3))):
        painted = hire(rival, options=options).paint(photograph, painting, SMALL)
        assert painted.shape == (72, 96, 3)
    with pytest.raises(NetworkError, match="builtin-autoencoder") as caught:
        Judge.load()
    assert "\n" not in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["missing", "one bit"])
def test_without_its_only_network_a_rival_says_one_sentence_and_the_other_paints(
    checkpoints: Path, photograph: Picture, painting: Picture, how: str
) -> None:
    harm(checkpoints / "builtin-stylizer.safetensors", how)
    with pytest.raises(NetworkError, match="builtin-stylizer") as caught:
        hire("magenta").paint(photograph, painting, SMALL)
    assert "\n" not in str(caught.value)
    assert hire("classic", options=ClassicOptions(steps=3)).paint(photograph, painting, SMALL).shape == (72, 96, 3)


@pytest.mark.slow
def test_without_the_backbone_magenta_paints_with_its_own_pair(
    checkpoints: Path, magenta_int8: Path, photograph: Picture, painting: Picture
) -> None:
    harm(checkpoints / "builtin-vgg.safetensors", "cut")
    assert hire("magenta").paint(photograph, painting, SMALL).shape == (72, 96, 3)
    with pytest.raises(NetworkError, match="builtin-vgg") as caught:
        hire("classic").paint(photograph, painting, SMALL)
    assert "from the program anew" in str(caught.value)
    # The judge looks with it too.
    with pytest.raises(NetworkError, match="builtin-vgg"):
        Judge.load()
