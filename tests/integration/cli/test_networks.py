"""`networks` on the command line, also against a server and files that misbehave."""

import json
import socket
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from networks_server import CONTENT, Server, part, put_by_hand, state_address

from app import cli, places
from app.errors import NetworkError
from app.networks import store
from app.networks.catalog import NETWORKS
from app.networks.installing import InstallProgress

pytest_plugins = ["networks_server"]


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


# A server that misbehaves


def loop(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(302)
    handler.send_header("Location", handler.path)
    handler.end_headers()


@pytest.mark.parametrize(
    ("manner", "content", "said"),
    [
        ("cut", CONTENT, "broke off after"),
        ("slow", CONTENT, "stopped answering after"),
        ("silent", CONTENT, "does not answer"),
        (403, CONTENT, "refuses to give out weights.bin (403"),
        (404, CONTENT, "no longer has weights.bin (404"),
        ("well", bytes(len(CONTENT)), "does not match its published SHA256 checksum"),
        ("well", CONTENT[:-5], "offers 299,995 bytes as weights.bin instead of 300,000"),
        ("well", CONTENT + b"more", "offers 300,004 bytes"),
        ("loop", CONTENT, "round in circles"),
    ],
)
def test_a_server_that_misbehaves_is_one_sentence(
    capsys, monkeypatch, listed: Server, manner: str | int, content: bytes, said: str
) -> None:
    monkeypatch.setattr(store, "TIMEOUT_S", 0.5)
    monkeypatch.setattr(store, "ATTEMPTS", 2)
    listed.content = content
    listed.manner = {
        "cut": listed.cut_after(40_000),
        "slow": listed.stall_after(50_000),
        "silent": lambda _handler: listed.is_over.wait(20),
        "well": listed.well,
        "loop": loop,
    }.get(manner) or listed.code(manner)
    assert cli.main(["networks", "install", "tiny", "--json"]) == 1
    found = capsys.readouterr()
    assert found.out == ""
    assert said in found.err
    assert found.err.count("\n") == 1
    assert not (places.installed_networks() / "tiny").exists()
    # Once the server has come to its senses, the same command does it.
    listed.content, listed.manner = CONTENT, listed.well
    assert cli.main(["networks", "install", "tiny", "--json"]) == 0
    assert store.verify("tiny") == []


def test_what_was_cut_off_goes_on_with_the_next_command(capsys, monkeypatch, listed: Server) -> None:
    monkeypatch.setattr(store, "ATTEMPTS", 1)
    listed.manner = listed.cut_after(100_000)
    assert cli.main(["networks", "install", "tiny"]) == 1
    had = part().stat().st_size
    assert cli.main(["networks", "list"]) == 0
    assert f"{had / 1e6:.1f} MB of it fetched" in capsys.readouterr().out
    listed.manner = listed.well
    assert cli.main(["networks", "install", "tiny"]) == 0
    assert listed.ranges == [None, f"bytes={had}-"]


def test_a_mirror_takes_over(capsys, monkeypatch, listed: Server) -> None:
    state_address(monkeypatch, f"{listed.url}/official", f"{listed.url}/mirror")
    listed.manner = lambda at: listed.well(at) if at.path.endswith("mirror") else at.send_error(403)
    assert cli.main(["networks", "install", "tiny", "--json"]) == 0
    assert told(capsys)["installed"] == "tiny"


def test_without_room_or_a_connection_there_is_one_sentence(capsys, monkeypatch, listed: Server) -> None:
    with monkeypatch.context() as full:
        full.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": 1000})())
        assert cli.main(["networks", "install", "tiny"]) == 1
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        state_address(monkeypatch, f"http://127.0.0.1:{free.getsockname()[1]}/weights.bin")
    assert cli.main(["networks", "install", "tiny"]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("The disk is full: tiny needs ")
    assert second == "127.0.0.1 cannot be reached (Connection refused)."


# Repairing and carrying


def test_what_is_damaged_is_repaired_and_the_rest_left_alone(capsys, listed: Server) -> None:
    cli.main(["networks", "install", "tiny"])
    damaged = places.installed_networks() / "tiny/weights.bin"
    damaged.write_bytes(bytes(len(CONTENT)))
    capsys.readouterr()
    assert cli.main(["networks", "repair", "--json"]) == 0
    repaired = told(capsys)
    assert repaired["problems"] == {}
    assert repaired["networks"].pop("tiny") == "fetched anew"
    assert set(repaired["networks"].values()) == {"sound"}
    assert damaged.read_bytes() == CONTENT
    assert cli.main(["networks", "repair", "tiny"]) == 0
    assert capsys.readouterr().out.split() == ["tiny", "sound"]


def test_what_cannot_be_repaired_does_not_keep_the_rest_from_it(capsys, monkeypatch, tmp_path, listed: Server) -> None:
    monkeypatch.setattr(places, "checkpoints", lambda: tmp_path / "checkpoints")
    (tmp_path / "checkpoints").mkdir()
    put_by_hand(places.installed_networks() / "tiny", {"weights.bin": b"cut"})
    assert cli.main(["networks", "repair", "--json"]) == 1
    repaired = told(capsys)
    assert repaired["networks"] == {"tiny": "fetched anew"}
    assert set(repaired["problems"]) == {name for name, network in NETWORKS.items() if network.is_built_in}
    assert "from the program anew" in repaired["problems"]["builtin-vgg"]
    assert cli.main(["networks", "repair", "builtin-vgg"]) == 1
    assert "git restore" in capsys.readouterr().err
    assert cli.main(["networks", "repair", "vgg19"]) == 1
    assert "networks install vgg19" in capsys.readouterr().err


def test_the_list_says_who_uses_what_and_what_is_passed_over(capsys, magenta_int8: Path) -> None:
    cli.main(["networks", "list", "--json"])
    found = told(capsys)
    used = {network["name"]: network["used_by"] for network in found["networks"] if network["used_by"]}
    assert used == {"magenta-int8": ["magenta"], "builtin-vgg": ["classic"], "builtin-autoencoder": ["the judge"]}
    assert found["passed_over"] == {}
    folder = put_by_hand(places.installed_networks() / "vgg19", {})
    folder.mkdir(parents=True)
    cli.main(["networks", "list", "--json"])
    found = told(capsys)
    assert found["passed_over"] == {"classic": f"{NETWORKS['vgg19'].title} is damaged and passed over."}
    assert cli.main(["networks", "list"]) == 0
    said = capsys.readouterr().out
    assert "Used now by classic." in said
    assert "is damaged and passed over." in said
    assert "states no checksum: its structure is verified" in said


@pytest.mark.parametrize("folder", ["~nosuchuser/models", "/" + "x" * 6000])
def test_the_list_says_what_cannot_be_looked_at(capsys, monkeypatch, folder: str) -> None:
    monkeypatch.setenv("PASTICHE_NETWORKS", folder)
    assert cli.main(["networks", "list"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.count("(PASTICHE_NETWORKS) cannot be looked at: ") >= 3
    assert "Used now by magenta and classic." in said.out


def test_networks_are_carried_in_one_file(capsys, monkeypatch, tmp_path: Path, listed: Server) -> None:
    cli.main(["networks", "install", "tiny"])
    capsys.readouterr()
    path = str(tmp_path / "networks.zip")
    assert cli.main(["networks", "export", path, "--json"]) == 0
    exported = told(capsys)
    assert exported == {
        "file": path,
        "networks": ["tiny"],
        "size_bytes": Path(path).stat().st_size,
        "left_out": [],
    }
    monkeypatch.setenv("PASTICHE_HOME", str(tmp_path / "elsewhere"))
    assert cli.main(["networks", "import", path, "--json"]) == 0
    assert told(capsys) == {"installed": ["tiny"], "left_alone": []}
    assert store.verify("tiny") == []
    assert cli.main(["networks", "import", path]) == 0
    assert "was there already, and sound" in capsys.readouterr().out


def test_bundles_that_make_no_sense_are_one_sentence(capsys, tmp_path: Path) -> None:
    (tmp_path / "words.zip").write_text("words")
    for arguments, code in (
        (["export", "networks.tar"], 2),
        (["export", str(tmp_path / "a.zip"), "wrong"], 2),
        (["export", str(tmp_path / "a.zip"), "builtin-vgg"], 2),
        (["export", str(tmp_path / "a.zip"), "vgg19"], 1),
        (["export", str(tmp_path / "a.zip")], 1),
        (["import", str(tmp_path / "none.zip")], 2),
        (["import", str(tmp_path / "words.zip")], 2),
        (["import"], 2),
        (["export"], 2),
    ):
        assert cli.main(["networks", *arguments]) == code, arguments
        said = capsys.readouterr()
        assert (said.out, said.err.count("\n")) == ("", 1), arguments
    assert not (tmp_path / "a.zip").exists()
