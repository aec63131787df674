"""The store against damaged, missing and misleading files and archives."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest
from networks_server import CONTENT, Server, assert_nothing_counts, install

from app import places
from app.errors import NetworkError
from app.networks import archive, store

pytest_plugins = ["networks_server"]
pytestmark = pytest.mark.usefixtures("home")


def test_damage_is_found_and_repaired(server: Server) -> None:
    folder = install(server)
    damaged = folder / "weights.bin"
    damaged.write_bytes(bytes(len(CONTENT)))
    assert store.verify("tiny") == ["weights.bin does not match its published SHA256 checksum."]
    with pytest.raises(NetworkError, match=r"does not match.*networks repair tiny"):
        store.require("tiny")
    damaged.write_bytes(CONTENT[:10])
    assert store.find("tiny") is None
    assert store.verify("tiny") == [f"weights.bin in {folder} has 10 bytes instead of 300,000."]
    assert store.status("tiny").faults == tuple(store.verify("tiny"))
    install(server)
    assert store.verify("tiny") == []


def test_removing(server: Server) -> None:
    install(server)
    store.remove("tiny")
    assert_nothing_counts()
    with pytest.raises(NetworkError, match="not installed"):
        store.remove("tiny")
    with pytest.raises(NetworkError, match="stays"):
        store.remove("builtin-vgg")


def test_the_extra_folder_is_looked_in_after_the_players(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = tmp_path / "models/tiny"
    extra.mkdir(parents=True)
    (extra / "weights.bin").write_bytes(CONTENT)
    assert store.find("tiny") is None, "the empty string means none"
    monkeypatch.setenv("PASTICHE_NETWORKS", str(tmp_path / "models"))
    assert store.find("tiny") == extra
    assert store.status("tiny").place == "PASTICHE_NETWORKS"
    with pytest.raises(NetworkError, match="not Pastiche's to delete"):
        store.remove("tiny")
    assert extra.exists()
    folder = install(server)
    assert store.find("tiny") == folder
    (folder / "weights.bin").write_bytes(b"")
    assert store.find("tiny") == extra


def test_names_that_are_not_networks(server: Server) -> None:
    for ask in (store.find, store.require, store.verify, store.status, store.remove, store.install):
        with pytest.raises(NetworkError, match="There is no network called wrong"):
            ask("wrong")
    with pytest.raises(NetworkError, match="nothing to install"):
        store.install("builtin-vgg")
    with pytest.raises(NetworkError, match=r"not installed.*networks install vgg19"):
        store.require("vgg19")


def test_built_in_networks_are_held_against_their_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "checkpoints", lambda: tmp_path)
    with pytest.raises(NetworkError, match="is missing from"):
        store.require("builtin-vgg")
    weights = tmp_path / "builtin-vgg.safetensors"
    weights.write_bytes(CONTENT)
    assert any("card" in fault for fault in store.verify("builtin-vgg"))
    weights.with_suffix(".json").write_text(json.dumps({"sha256": hashlib.sha256(CONTENT).hexdigest()}))
    assert store.require("builtin-vgg") == weights
    assert store.status("builtin-vgg").checksum == "its card"
    weights.write_bytes(CONTENT[1:])
    assert store.verify("builtin-vgg") == ["builtin-vgg.safetensors does not match its published SHA256 checksum."]


# Archives


SOUND = {
    "./saved_model.pb": b"\x08\x01\x12 placeholder placeholder_1 output_0",
    "./variables/variables.index": b"table" + b"\x57\xfb\x80\x8b\x24\x75\x47\xdb",
    "./variables/variables.data-00000-of-00001": b"numbers" * 1000,
}


def archive_of(files: dict[str, bytes], *extra: tarfile.TarInfo) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for member in extra:
            tar.addfile(member)
    return buffer.getvalue()


def install_hub(server: Server) -> Path:
    return store.install("magenta-hub", addresses={"magenta-hub.tar.gz": server.url}, timeout_s=5.0)


def test_an_archive_is_unpacked_and_its_hashes_remembered(server: Server) -> None:
    server.content = archive_of(SOUND)
    folder = install_hub(server)
    for name, content in SOUND.items():
        assert (folder / name).read_bytes() == content
    assert store.verify("magenta-hub") == []
    status = store.status("magenta-hub")
    assert status.is_installed
    assert status.checksum.startswith("remembered from 20")
    assert "remembered from" in status.sentence
    assert not (folder / "magenta-hub.tar.gz").exists()
    (folder / "variables/variables.data-00000-of-00001").write_bytes(b"other")
    assert store.verify("magenta-hub") == [
        f"variables/variables.data-00000-of-00001 has changed since it was first used on {status.checksum[-10:]}."
    ]


def linked(name: str, to: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, to
    return member


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(archive_of(SOUND)[:-40], id="cut"),
        pytest.param(b"\x1f\x8b" + bytes(500), id="not gzip"),
        pytest.param(b"plain words", id="not an archive"),
        pytest.param(archive_of({**SOUND, "../outside": b"x"}), id="outside"),
        pytest.param(archive_of({**SOUND, "/tmp/absolute": b"x"}), id="absolute"),
        pytest.param(archive_of(SOUND, linked("link", "/etc/passwd")), id="link"),
        pytest.param(archive_of({"./saved_model.pb": b"x"}), id="incomplete"),
        pytest.param(archive_of({**SOUND, "./saved_model.pb": b"something else"}), id="not a graph"),
        pytest.param(archive_of({**SOUND, "./saved_model.pb": b"\x08\x01\x12 other inputs"}), id="another graph"),
        pytest.param(archive_of({**SOUND, "./variables/variables.index": b"cut"}), id="not an index"),
    ],
)
def test_an_archive_that_is_not_the_network_is_refused(server: Server, content: bytes, home: Path) -> None:
    server.content = content
    with pytest.raises(NetworkError, match="What was sent as magenta-hub is not") as caught:
        install_hub(server)
    assert "\n" not in str(caught.value)
    assert store.find("magenta-hub") is None
    assert not (home / "networks/outside").exists()
    server.content, server.etag = archive_of(SOUND), '"two"'
    install_hub(server)
    assert store.verify("magenta-hub") == []


def test_an_archive_of_enormous_content_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 100_000)
    server.content = archive_of({**SOUND, "./bomb": bytes(200_000)})
    with pytest.raises(NetworkError, match="far larger"):
        install_hub(server)
    assert store.find("magenta-hub") is None
