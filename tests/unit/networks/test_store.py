"""The store against damaged, missing and misleading files and archives."""

import errno
import hashlib
import json
import os
import tarfile
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import graphs
import pytest
from networks_server import (
    CONTENT,
    HUB,
    TINY,
    Server,
    archive_of,
    assert_nothing_counts,
    install,
    part,
    put_by_hand,
    state_address,
)

from app import places
from app.errors import Cancelled, NetworkError, SaveError
from app.game.networks_in_use import passed_over
from app.networks import archive, catalog, store
from app.rivals.registry import best_network

pytest_plugins = ["networks_server"]
pytestmark = pytest.mark.usefixtures("home")

OTHER_GRAPH = graphs.saved_model().replace(b"output_0", b"output_9")


def test_damage_is_found_and_repaired(server: Server) -> None:
    folder = install(server)
    damaged = folder / "weights.bin"
    damaged.write_bytes(bytes(len(CONTENT)))
    assert store.verify("tiny") == [f"weights.bin in {folder} does not match its published SHA256 checksum."]
    with pytest.raises(NetworkError, match=r"does not match.*networks repair tiny"):
        store.require("tiny")
    damaged.write_bytes(CONTENT[:10])
    assert store.find("tiny") is None
    assert store.verify("tiny") == [f"weights.bin in {folder} has 10 bytes instead of 300,000."]
    assert store.status("tiny").faults == tuple(store.verify("tiny"))
    install(server)
    assert store.verify("tiny") == []


def test_what_is_damaged_is_passed_over_until_it_is_whole_again(server: Server) -> None:
    folder = install(server)
    assert store.find("tiny") == folder
    (folder / "weights.bin").write_bytes(CONTENT[:-1] + bytes([CONTENT[-1] ^ 1]))
    assert store.find("tiny") is None
    status = store.status("tiny")
    assert not status.is_installed
    assert status.is_removable
    assert status.faults == (f"weights.bin in {folder} does not match its published SHA256 checksum.",)
    assert "does not match" in status.sentence
    (folder / "weights.bin").write_bytes(CONTENT)
    assert store.find("tiny") == folder


def test_a_change_is_noticed_though_the_size_stays(server: Server) -> None:
    """Also once a file is so old that what was found of it is believed."""
    file = install(server) / "weights.bin"
    for age_s, content in ((100, CONTENT), (90, bytes(len(CONTENT))), (80, CONTENT)):
        file.write_bytes(content)
        when = time.time_ns() - age_s * 10**9
        os.utime(file, ns=(when, when))
        for _ in range(2):
            assert (store.find("tiny") is not None) == (content == CONTENT)


def test_what_cannot_be_loaded_is_passed_over_until_it_changes(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = put_by_hand(tmp_path / "models/tiny", {"weights.bin": CONTENT})
    monkeypatch.setenv("PASTICHE_NETWORKS", str(tmp_path / "models"))
    folder = install(server)
    store.distrust("tiny", "It cannot be loaded.")
    assert store.find("tiny") == extra
    assert store.status("tiny").faults == ("It cannot be loaded.",)
    store.distrust("tiny", "Nor can this.")
    assert store.find("tiny") is None
    store.distrust("tiny", "There is nothing left.")
    os.utime(folder / "weights.bin")
    assert store.find("tiny") == folder


def test_repairing_fetches_what_is_damaged_and_nothing_else(server: Server) -> None:
    addresses = {"weights.bin": server.url}
    with pytest.raises(NetworkError, match=r"not installed.*networks install tiny"):
        store.repair("tiny", addresses=addresses)
    folder = install(server)
    assert store.repair("tiny", addresses=addresses) is False
    assert len(server.ranges) == 1
    (folder / "weights.bin").write_bytes(bytes(len(CONTENT)))
    assert store.repair("tiny", addresses=addresses) is True
    assert len(server.ranges) == 2
    assert store.verify("tiny") == []


def test_a_damaged_copy_stays_where_it_cannot_be_repaired(server: Server) -> None:
    folder = install(server)
    (folder / "weights.bin").write_bytes(b"half of it")
    server.manner = server.code(404)
    with pytest.raises(NetworkError, match="404"):
        store.repair("tiny", addresses={"weights.bin": server.url})
    assert (folder / "weights.bin").read_bytes() == b"half of it"


def test_the_sound_files_of_a_damaged_network_are_kept(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    second = replace(TINY.files[0], file="more.bin")
    monkeypatch.setitem(catalog.NETWORKS, "tiny", replace(TINY, files=(TINY.files[0], second)))
    addresses = {"weights.bin": server.url, "more.bin": server.url}
    folder = store.install("tiny", addresses=addresses)
    assert len(server.ranges) == 2
    (folder / "more.bin").write_bytes(b"")
    store.repair("tiny", addresses=addresses)
    assert len(server.ranges) == 3
    assert store.verify("tiny") == []


def test_a_damaged_copy_elsewhere_is_repaired_in_the_players_data(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = put_by_hand(tmp_path / "models/tiny", {"weights.bin": b"cut"})
    monkeypatch.setenv("PASTICHE_NETWORKS", str(tmp_path / "models"))
    assert store.repair("tiny", addresses={"weights.bin": server.url}) is True
    assert store.find("tiny") == places.installed_networks() / "tiny"
    assert (extra / "weights.bin").read_bytes() == b"cut"
    assert store.repair("tiny") is False


def test_a_damaged_built_in_network_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "checkpoints", lambda: tmp_path / "checkpoints")
    (tmp_path / "checkpoints").mkdir()
    for ask in (store.repair, store.require):
        with pytest.raises(NetworkError, match=r"missing from .*builtin-vgg\.json from the program anew.*git restore"):
            ask("builtin-vgg")
    assert "git restore" in store.status("builtin-vgg").sentence
    assert "builtin-vgg" in store.present()


def test_two_do_not_install_the_same_at_once(server: Server) -> None:
    server.manner = server.stall_after(1000)
    is_over = threading.Event()
    failed: list[Exception] = []

    def first() -> None:
        try:
            install(server, cancelled=is_over.is_set, timeout_s=20.0)
        except Cancelled as error:
            failed.append(error)

    thread = threading.Thread(target=first)
    thread.start()
    while not part().exists():
        time.sleep(0.01)
    with pytest.raises(NetworkError, match="changed by another window or command"):
        install(server)
    with pytest.raises(NetworkError, match="changed by another window or command"):
        store.remove("tiny")
    is_over.set()
    thread.join()
    assert len(failed) == 1
    server.manner = server.well
    install(server)


def test_verifying_tells_how_far_it_is_and_can_be_stopped(server: Server) -> None:
    install(server)
    told: list[tuple[int, int]] = []
    assert store.verify("tiny", on_bytes=lambda done, total: told.append((done, total))) == []
    assert told[-1] == (len(CONTENT), len(CONTENT))
    with pytest.raises(Cancelled):
        store.verify("tiny", cancelled=lambda: True)
    assert store.find("tiny") is not None


def test_what_is_half_fetched_is_told_and_removed(server: Server) -> None:
    server.manner = server.cut_after(100_000)
    with pytest.raises(NetworkError):
        install(server, attempts=1)
    status = store.status("tiny")
    assert status.half_fetched_bytes >= part().stat().st_size > 0
    assert status.is_removable
    assert "MB of it fetched" in status.sentence
    store.remove("tiny")
    assert not part().exists()
    assert store.status("tiny").half_fetched_bytes == 0


def test_a_mirror_takes_over_and_its_bytes_are_checked_as_well(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    state_address(monkeypatch, f"{server.url}/official", f"{server.url}/mirror")
    server.manner = lambda handler: server.well(handler) if "mirror" in handler.path else handler.send_error(404)
    store.install("tiny")
    assert store.verify("tiny") == []
    store.remove("tiny")
    server.content = bytes(len(CONTENT))
    with pytest.raises(NetworkError, match=r"404.*does not match its published SHA256"):
        store.install("tiny")
    assert_nothing_counts()


def test_a_mirror_goes_on_where_the_official_address_broke_off(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    state_address(monkeypatch, f"{server.url}/official", f"{server.url}/mirror")

    def manner(handler: BaseHTTPRequestHandler) -> None:
        (server.well if "mirror" in handler.path else server.cut_after(40_000))(handler)

    server.manner = manner
    store.install("tiny", attempts=1)
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


def forbid(monkeypatch: pytest.MonkeyPatch, below: Path) -> None:
    """Let nobody look below a folder, not even whoever may read everything."""
    stat = Path.stat

    def refuse(path: Path, **options: bool) -> os.stat_result:
        if below in path.parents:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", refuse)


@pytest.fixture(params=["unreadable", "loop", "nobody", "too long"])
def unseen(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """PASTICHE_NETWORKS names what cannot be looked at; the reason."""
    folder, reason = str(tmp_path / "models"), "its permissions forbid it"
    if request.param == "unreadable":
        put_by_hand(Path(folder) / "tiny", {"weights.bin": CONTENT})
        forbid(monkeypatch, Path(folder))
    elif request.param == "loop":
        if os.name == "nt":
            pytest.skip("links need rights there")
        Path(folder).symlink_to(folder)
        reason = "its links lead in a circle"
    elif request.param == "nobody":
        folder, reason = "~nosuchuser/models", "there is no such user"
    else:
        folder, reason = "/" + "x" * 6000, "the name is too long"
    monkeypatch.setenv("PASTICHE_NETWORKS", folder)
    return reason


def test_a_folder_that_cannot_be_looked_at_is_a_sentence(server: Server, unseen: str) -> None:
    assert store.find("tiny") is None
    assert store.find("builtin-vgg") is not None
    assert "tiny" not in store.present()
    (fault,) = store.status("tiny").faults
    assert fault.endswith(f"(PASTICHE_NETWORKS) cannot be looked at: {unseen}.")
    assert len(fault) < 300
    assert fault in store.status("tiny").sentence
    assert store.verify("tiny") == ["A tiny network is not installed.", fault]
    with pytest.raises(NetworkError, match=r"not installed.*cannot be looked at"):
        store.require("tiny")
    with pytest.raises(NetworkError, match="not installed"):
        store.remove("tiny")
    # What is wrong is mended where it can be.
    assert store.repair("tiny", addresses={"weights.bin": server.url}) is True
    assert store.find("tiny") == places.installed_networks() / "tiny"
    assert store.status("tiny").faults == ()
    assert store.verify("tiny") == []


@pytest.mark.parametrize("rival", ["magenta", "classic"])
def test_rivals_go_on_where_a_folder_cannot_be_looked_at(unseen: str, rival: str) -> None:
    assert best_network(rival).startswith("builtin-")
    assert unseen in passed_over()[rival]


def test_a_copy_whose_files_cannot_be_looked_at_is_passed_over(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = put_by_hand(tmp_path / "models/tiny", {"weights.bin": CONTENT})
    monkeypatch.setenv("PASTICHE_NETWORKS", str(tmp_path / "models"))
    forbid(monkeypatch, folder)
    assert store.find("tiny") is None
    assert store.status("tiny").faults == (f"weights.bin in {folder} cannot be looked at: its permissions forbid it.",)


def test_players_data_that_cannot_be_looked_at_is_a_sentence(server: Server, own_data: Path, monkeypatch) -> None:
    forbid(monkeypatch, places.home())
    assert store.find("tiny") is None
    assert "(player's data) cannot be looked at" in store.status("tiny").sentence
    with pytest.raises(SaveError, match="networks"):
        store.remove("tiny")


def test_what_vanishes_while_it_is_looked_at_is_not_counted(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another window's download ends: its parts are renamed at any moment."""
    server.manner = server.cut_after(100_000)
    with pytest.raises(NetworkError):
        install(server, attempts=1)
    stat, fetched = Path.stat, part()

    def look(path: Path, **options: bool) -> os.stat_result:
        found = stat(path, **options)
        if path == fetched:
            path.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(Path, "stat", look)
    assert store.status("tiny").half_fetched_bytes >= 0
    assert not fetched.exists()
    assert store.status("tiny").half_fetched_bytes < 100_000


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
    with pytest.raises(
        NetworkError, match=r"is part of Pastiche, but builtin-vgg\.json, the network's card, "
    ) as missing:
        store.require("builtin-vgg")
    assert str(missing.value).count("Fetch") == 1
    weights.with_suffix(".json").write_text(json.dumps({"sha256": hashlib.sha256(CONTENT).hexdigest()}))
    assert store.require("builtin-vgg") == weights
    assert store.status("builtin-vgg").checksum == "its card"
    weights.write_bytes(CONTENT[1:])
    assert store.verify("builtin-vgg") == [
        f"builtin-vgg.safetensors in {weights.parent} does not match its published SHA256 checksum."
    ]


# Archives


def install_hub(server: Server) -> Path:
    return store.install("magenta-hub", addresses={"magenta-hub.tar.gz": server.url}, timeout_s=5.0)


def test_an_archive_is_unpacked_and_its_hashes_remembered(server: Server) -> None:
    server.content = archive_of(HUB)
    folder = install_hub(server)
    for name, content in HUB.items():
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
        pytest.param(archive_of(HUB)[:-40], id="cut"),
        pytest.param(b"\x1f\x8b" + bytes(500), id="not gzip"),
        pytest.param(b"plain words", id="not an archive"),
        pytest.param(archive_of({**HUB, "../outside": b"x"}), id="outside"),
        pytest.param(archive_of({**HUB, "/tmp/absolute": b"x"}), id="absolute"),
        pytest.param(archive_of(HUB, linked("link", "/etc/passwd")), id="link"),
        pytest.param(archive_of({"./saved_model.pb": b"x"}), id="incomplete"),
        pytest.param(archive_of({**HUB, "./saved_model.pb": b"something else"}), id="not a graph"),
        pytest.param(
            archive_of({**HUB, "./saved_model.pb": graphs.saved_model().replace(b"output_0", b"output_9")}),
            id="another graph",
        ),
        pytest.param(archive_of({**HUB, "./variables/variables.index": b"cut"}), id="not an index"),
    ],
)
def test_an_archive_that_is_not_the_network_is_refused(server: Server, content: bytes, home: Path) -> None:
    server.content = content
    with pytest.raises(NetworkError, match="What was sent as magenta-hub is not") as caught:
        install_hub(server)
    assert "\n" not in str(caught.value)
    assert store.find("magenta-hub") is None
    assert not (home / "networks/outside").exists()
    server.content, server.etag = archive_of(HUB), '"two"'
    install_hub(server)
    assert store.verify("magenta-hub") == []


def test_an_archive_of_enormous_content_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 100_000)
    server.content = archive_of({**HUB, "./bomb": bytes(200_000)})
    with pytest.raises(NetworkError, match="far larger"):
        install_hub(server)
    assert store.find("magenta-hub") is None


def test_a_publisher_that_changes_what_was_installed_is_not_believed(server: Server) -> None:
    server.content = archive_of(HUB)
    folder = install_hub(server)
    (folder / "saved_model.pb").write_bytes(b"damaged")
    server.content = archive_of({**HUB, "./saved_model.pb": graphs.saved_model(graphs.node("Relu"))})
    server.etag = '"two"'
    with pytest.raises(NetworkError, match=r"not what was installed on \d{4}-.*networks remove magenta-hub"):
        install_hub(server)
    assert store.find("magenta-hub") is None
    server.content = archive_of(HUB)
    install_hub(server)
    assert store.verify("magenta-hub") == []
    store.remove("magenta-hub")
    server.content = archive_of({**HUB, "./saved_model.pb": graphs.saved_model(graphs.node("Relu"))})
    install_hub(server)


def test_a_copy_put_there_by_hand_is_remembered_at_first_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    folder = put_by_hand(tmp_path / "models/magenta-hub", HUB)
    monkeypatch.setenv("PASTICHE_NETWORKS", str(tmp_path / "models"))
    assert store.find("magenta-hub") == folder
    status = store.status("magenta-hub")
    assert status.checksum.startswith("remembered from 20")
    assert "states no checksum" in status.checksum_sentence
    assert status.checksum.removeprefix("remembered from ") in status.checksum_sentence
    assert sorted(path.name for path in folder.iterdir()) == ["saved_model.pb", "variables"], "nothing is written there"
    (folder / "variables/variables.data-00000-of-00001").write_bytes(b"other")
    assert store.find("magenta-hub") is None
    (fault,) = store.verify("magenta-hub")
    assert fault.startswith("variables/variables.data-00000-of-00001 has changed since it was first used on 20")
    with pytest.raises(NetworkError, match="has changed since"):
        store.require("magenta-hub")
    # Whoever changed it himself has it forgotten.
    store.remove("magenta-hub")
    assert store.find("magenta-hub") == folder


def test_where_nothing_can_be_remembered_the_structure_alone_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    folder = put_by_hand(tmp_path / "models/magenta-hub", HUB)
    monkeypatch.setenv("PASTICHE_NETWORKS", str(tmp_path / "models"))
    home.write_text("a file where the player's data should be")
    assert store.find("magenta-hub") == folder
    assert store.status("magenta-hub").checksum == "structure only"
    (folder / "variables/variables.index").write_bytes(b"cut")
    assert store.find("magenta-hub") is None


@pytest.mark.parametrize("memo", [b"", b"[]", b'{"sha256": 7}', b"\xff", b"[" * 100_000])
def test_a_damaged_memory_is_made_anew(server: Server, memo: bytes) -> None:
    server.content = archive_of(HUB)
    folder = install_hub(server)
    (folder / "remembered.json").write_bytes(memo)
    assert store.verify("magenta-hub") == []
    assert store.status("magenta-hub").checksum.startswith("remembered from 20")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("vgg19", "Checked against the publisher's MD5 that the catalog states."),
        ("magenta-int8", "Checked against the SHA-256 that the catalog states."),
        ("builtin-vgg", "Checked against the SHA-256 on its card."),
    ],
)
def test_every_network_says_what_it_is_held_against(name: str, sentence: str) -> None:
    assert store.status(name).checksum_sentence == sentence
