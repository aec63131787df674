import json
from pathlib import Path

import pytest

from app import cli, places
from app.errors import NetworkError
from app.networks import store
from app.networks.catalog import NETWORKS
from app.networks.installing import InstallProgress


def told(capsys: pytest.CaptureFixture[str]) -> dict:
    return json.loads(capsys.readouterr().out)


def test_the_list_names_every_network_and_where_it_is(capsys, magenta_int8: Path) -> None:
    assert cli.main(["networks", "list", "--json"]) == 0
    listed = {network["name"]: network for network in told(capsys)["networks"]}
    assert list(listed) == list(NETWORKS)
    assert listed["magenta-int8"]["place"] == "PASTICHE_NETWORKS"
    assert listed["magenta-int8"]["is_installed"] is True
    assert listed["vgg19"]["is_installed"] is False
    assert cli.main(["networks", "list"]) == 0
    assert "magenta-int8" in capsys.readouterr().out


def test_sound_networks_pass_and_the_built_in_ones_are_among_them(capsys) -> None:
    assert cli.main(["networks", "verify", "--json"]) == 0
    verified = told(capsys)
    assert verified["sound"] is True
    assert set(verified["networks"]) == {name for name, network in NETWORKS.items() if network.is_built_in}


def test_a_damaged_network_fails_and_is_named(capsys, magenta_int8: Path) -> None:
    folder = places.installed_networks() / "magenta-int8"
    folder.mkdir(parents=True)
    for file in magenta_int8.glob("*.tflite"):
        content = bytearray(file.read_bytes())
        content[1000] ^= 1
        (folder / file.name).write_bytes(content)
    assert cli.main(["networks", "verify", "magenta-int8", "--json"]) == 1
    verified = told(capsys)
    assert verified["sound"] is False
    assert len(verified["networks"]["magenta-int8"]) == 2
    assert cli.main(["networks", "remove", "magenta-int8"]) == 0
    assert not folder.exists()


def test_verifying_what_is_not_there_fails(capsys) -> None:
    assert cli.main(["networks", "verify", "vgg19"]) == 1
    assert "not installed" in capsys.readouterr().out


def test_an_installation_says_where_it_is(capsys, monkeypatch, tmp_path: Path) -> None:
    def install(name, *, on_progress):
        on_progress(InstallProgress(name, "predict.tflite", 5, 10, "fetching"))
        on_progress(InstallProgress(name, "predict.tflite", 5, None, "fetching"))
        return tmp_path / name

    monkeypatch.setattr(store, "install", install)
    assert cli.main(["networks", "install", "magenta-int8", "--json"]) == 0
    assert told(capsys) == {"installed": "magenta-int8", "path": str(tmp_path / "magenta-int8")}


def test_a_refused_download_is_one_sentence(capsys, monkeypatch) -> None:
    def install(name, *, on_progress):
        raise NetworkError("The server refuses (404).")

    monkeypatch.setattr(store, "install", install)
    assert cli.main(["networks", "install", "magenta-int8"]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "The server refuses (404).\n")


def test_what_is_built_in_is_neither_installed_nor_removed(capsys) -> None:
    assert cli.main(["networks", "install", "builtin-vgg"]) == 1
    assert cli.main(["networks", "remove", "builtin-vgg"]) == 1
    assert capsys.readouterr().err.count("part of Pastiche") == 2
