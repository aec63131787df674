"""Bundles: what is exported comes in elsewhere; whatever is wrong with a file is one sentence and changes nothing."""

import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import graphs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from networks_server import CONTENT, HUB, Server, install, put_by_hand

from app import places
from app.errors import Cancelled, NetworkError, PasticheError, SaveError, UsageError
from app.networks import bundle, store

pytest_plugins = ["networks_server"]
pytestmark = pytest.mark.usefixtures("home")

PATHS = {name.removeprefix("./"): content for name, content in HUB.items()}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two networks that a person put into the folder of PASTICHE_NETWORKS."""
    put_by_hand(tmp_path / "models/tiny", {"weights.bin": CONTENT})
    put_by_hand(tmp_path / "models/magenta-hub", HUB)
    monkeypatch.setenv("PASTICHE_NETWORKS", str(tmp_path / "models"))
    return tmp_path


@pytest.fixture
def there(here: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Go to another computer, on which nothing is installed."""

    def go() -> None:
        monkeypatch.setenv("PASTICHE_HOME", str(here / "other"))
        monkeypatch.setenv("PASTICHE_NETWORKS", "")

    return go


def manifest_of(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as packed:
        return json.loads(packed.read("manifest.json"))


def stated(files: dict[str, bytes]) -> list[dict[str, Any]]:
    return [
        {"path": path, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for path, content in files.items()
    ]


def manifest(**networks: dict[str, bytes]) -> dict[str, Any]:
    listed = [{"name": name.replace("_", "-"), "files": stated(files)} for name, files in networks.items()]
    return {"format": "pastiche-networks", "version": 1, "networks": listed}


def packed(manifest: Any, files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as made:
        if manifest is not None:
            made.writestr("manifest.json", manifest if isinstance(manifest, bytes) else json.dumps(manifest))
        for name, content in files.items():
            made.writestr(name, content)
    return buffer.getvalue()


SOUND = packed(manifest(tiny={"weights.bin": CONTENT}), {"tiny/weights.bin": CONTENT})


def refuse(tmp_path: Path, content: bytes, match: str) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(content)
    with pytest.raises(NetworkError, match=match) as caught:
        bundle.take_in(path)
    assert "\n" not in str(caught.value)
    assert_untouched()


def assert_untouched() -> None:
    """No network, and nothing half unpacked; locks are empty files that stay."""
    own = places.installed_networks()
    left = [path for path in own.rglob("*") if path.stat().st_size] if own.is_dir() else []
    assert not left
    assert store.find("tiny") is None
    assert store.find("magenta-hub") is None


def test_what_is_exported_comes_in_on_another_computer(here: Path, there: Callable[[], None]) -> None:
    path = here / "carried/networks.zip"
    told: list[tuple[str, int, int]] = []
    exported = bundle.export(path, on_progress=lambda *at: told.append(at))
    assert set(exported.names) == {"tiny", "magenta-hub"}
    assert exported.size_bytes == path.stat().st_size
    assert exported.left_out == ()
    whole = len(CONTENT) + sum(map(len, HUB.values()))
    assert told[-1][1:] == (whole, whole)
    listed = {network["name"]: network for network in manifest_of(path)["networks"]}
    assert listed["tiny"]["files"] == stated({"weights.bin": CONTENT})
    assert listed["magenta-hub"]["licence"] == "Apache-2.0, Google Magenta"
    assert listed["magenta-hub"]["source"].startswith("https://tfhub.dev/")
    assert listed["magenta-hub"]["files"] == stated(
        {path: PATHS[path] for path in sorted(PATHS, key=list(PATHS).index)}
    )
    there()
    assert_untouched()
    told.clear()
    imported = bundle.take_in(path, on_progress=lambda *at: told.append(at))
    assert set(imported.installed) == {"tiny", "magenta-hub"}
    assert told[-1][1:] == (whole, whole)
    own = places.installed_networks()
    assert (own / "tiny/weights.bin").read_bytes() == CONTENT
    for name, content in PATHS.items():
        assert (own / "magenta-hub" / name).read_bytes() == content
    assert store.verify("tiny") == store.verify("magenta-hub") == []
    assert store.status("tiny").place == "player's data"
    assert store.status("magenta-hub").checksum.startswith("remembered from 20")
    assert not (own / ".importing").exists()
    again = bundle.take_in(path)
    assert (again.installed, set(again.left_alone)) == ((), {"tiny", "magenta-hub"})


def test_only_what_is_damaged_or_missing_is_taken_in(here: Path, there: Callable[[], None]) -> None:
    path = here / "networks.zip"
    bundle.export(path)
    there()
    bundle.take_in(path)
    damaged = places.installed_networks() / "tiny/weights.bin"
    damaged.write_bytes(bytes(len(CONTENT)))
    imported = bundle.take_in(path)
    assert (imported.installed, imported.left_alone) == (("tiny",), ("magenta-hub",))
    assert damaged.read_bytes() == CONTENT


def test_named_networks_alone_are_exported(here: Path, server: Server) -> None:
    install(server)
    path = here / "networks.zip"
    assert bundle.export(path, ["tiny"]).names == ("tiny",)
    assert zipfile.ZipFile(path).namelist() == ["manifest.json", "tiny/weights.bin"]
    path.unlink()
    for names, error, match in (
        (["vgg19"], NetworkError, "not installed"),
        (["builtin-vgg"], UsageError, "comes with Pastiche itself"),
        (["wrong"], NetworkError, "no network called wrong"),
    ):
        with pytest.raises(error, match=match):
            bundle.export(path, names)
        assert not path.exists()


def test_damaged_networks_are_left_out_or_refused(here: Path) -> None:
    (here / "models/tiny/weights.bin").write_bytes(bytes(len(CONTENT)))
    path = here / "networks.zip"
    with pytest.raises(NetworkError, match="does not match"):
        bundle.export(path, ["tiny"])
    assert not path.exists()
    exported = bundle.export(path)
    assert exported.names == ("magenta-hub",)
    place = here / "models/tiny"
    assert exported.left_out == (f"weights.bin in {place} does not match its published SHA256 checksum.",)


def test_where_nothing_is_installed_nothing_is_exported(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"^No network is installed that could be carried to another computer\.$"):
        bundle.export(tmp_path / "networks.zip")
    assert not (tmp_path / "networks.zip").exists()


def test_an_export_that_ends_early_leaves_what_was_there(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = here / "networks.zip"
    path.write_bytes(b"an older bundle")
    with pytest.raises(Cancelled):
        bundle.export(path, cancelled=lambda: True)
    with pytest.raises(UsageError, match=r"must end in \.zip"):
        bundle.export(here / "networks.tar")
    monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": 1000})())
    with pytest.raises(SaveError, match="The disk is full"):
        bundle.export(path)
    with pytest.raises(SaveError, match="could not be written"):
        bundle.export(path / "below a file.zip")
    assert path.read_bytes() == b"an older bundle"
    assert [each.name for each in here.iterdir() if each.name.endswith(".part")] == []


def test_an_import_that_ends_early_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(SOUND)
    with pytest.raises(Cancelled):
        bundle.take_in(path, cancelled=lambda: True)
    assert_untouched()
    with monkeypatch.context() as full:
        full.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": 1000})())
        with pytest.raises(SaveError, match="The disk is full"):
            bundle.take_in(path)
    assert_untouched()
    assert bundle.take_in(path).installed == ("tiny",)


def test_a_disk_that_fills_up_meanwhile_is_said(tmp_path: Path) -> None:
    """/dev/full refuses every byte, as a full disk does."""
    if not Path("/dev/full").exists():
        pytest.skip("/dev/full is not on this system")
    path = tmp_path / "bundle.zip"
    path.write_bytes(SOUND)
    target = places.installed_networks() / ".importing/tiny/weights.bin"

    real = bundle.check_space

    def link_first(*arguments: Any) -> None:
        real(*arguments)
        target.parent.mkdir(parents=True)
        target.symlink_to("/dev/full")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundle, "check_space", link_first)
        with pytest.raises(SaveError, match="could not be written: the disk is full"):
            bundle.take_in(path)
    assert_untouched()


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="is not there"):
        bundle.take_in(tmp_path / "none.zip")
    with pytest.raises(NetworkError, match="cannot be read"):
        bundle.take_in(tmp_path)
    assert bundle.BundleError.exit_code == 2


OTHER = bytes(len(CONTENT))
TINY_FILES = {"weights.bin": CONTENT}


def changed(**changes: Any) -> dict[str, Any]:
    """A sound manifest but for its one file."""
    made = manifest(tiny=TINY_FILES)
    made["networks"][0]["files"][0].update(changes)
    return made


@pytest.mark.parametrize(
    ("content", "match"),
    [
        pytest.param(b"", "no bundle of networks", id="empty"),
        pytest.param(b"plain words", "no bundle of networks", id="words"),
        pytest.param(SOUND[:-1], "no bundle of networks", id="cut by a byte"),
        pytest.param(SOUND[: len(SOUND) // 2], "no bundle of networks", id="cut in half"),
        pytest.param(packed(None, {"tiny/weights.bin": CONTENT}), "has no manifest", id="no manifest"),
        pytest.param(packed(b"{", {}), "damaged", id="manifest no JSON"),
        pytest.param(packed(b"[" * 100_000, {}), "not one of Pastiche's", id="manifest too deep"),
        pytest.param(packed(b"\xff\xfe", {}), "damaged", id="manifest no text"),
        pytest.param(packed([], {}), "not one of Pastiche's", id="manifest a list"),
        pytest.param(packed({"format": "other"}, {}), "not one of Pastiche's", id="other format"),
        pytest.param(packed(b" " * 2**21, {}), "far too long", id="manifest far too long"),
        pytest.param(packed(b" " * 2**21, {}, zipfile.ZIP_DEFLATED), "compressed", id="manifest a bomb"),
        pytest.param(packed({**manifest(), "version": 2}, {}), "another version", id="version"),
        pytest.param(packed(manifest(), {}), "names no network", id="no networks"),
        pytest.param(packed({**manifest(), "networks": {}}, {}), "no sound list of networks", id="networks no list"),
        pytest.param(packed({**manifest(), "networks": [1]}, {}), "no sound list of networks", id="networks numbers"),
        pytest.param(
            packed(manifest(trojan=TINY_FILES), {"trojan/weights.bin": CONTENT}),
            "trojan, which is not known",
            id="unknown",
        ),
        pytest.param(
            packed(manifest(builtin_vgg={"builtin-vgg.safetensors": CONTENT}), {}), "comes with Pastiche", id="built-in"
        ),
        pytest.param(
            packed(manifest(tiny={"../evil": b"x"}), {"tiny/../evil": b"x"}), "does not belong into it", id="outside"
        ),
        pytest.param(
            packed(manifest(tiny=TINY_FILES), {"tiny/weights.bin": CONTENT, "../../evil": b"x"}),
            "evil does not belong",
            id="another file outside",
        ),
        pytest.param(
            packed(manifest(tiny=TINY_FILES), {"tiny/weights.bin": CONTENT, "/etc/evil": b"x"}),
            "evil does not belong",
            id="absolute",
        ),
        pytest.param(packed(manifest(tiny=TINY_FILES), {}), "weights.bin is missing", id="missing"),
        pytest.param(
            packed(manifest(tiny={**TINY_FILES, "more": b"x"}), {}), "does not belong into it", id="one too many"
        ),
        pytest.param(packed(manifest(tiny={}), {}), "does not name the files of tiny", id="no files"),
        pytest.param(
            packed(manifest(tiny=TINY_FILES), {"tiny/weights.bin": CONTENT[:-1]}), "bytes instead of", id="short"
        ),
        pytest.param(
            packed(manifest(tiny=TINY_FILES), {"tiny/weights.bin": OTHER}),
            "not the file that the manifest",
            id="other bytes",
        ),
        pytest.param(
            packed(manifest(tiny={"weights.bin": OTHER}), {"tiny/weights.bin": OTHER}),
            "not the file that the catalog states",
            id="a lying manifest",
        ),
        pytest.param(packed(changed(size=5), {"tiny/weights.bin": b"12345"}), "cannot have the size", id="size"),
        pytest.param(packed(changed(size="300000"), {}), "cannot have the size", id="size a text"),
        pytest.param(packed(changed(size=True), {}), "cannot have the size", id="size a truth"),
        pytest.param(packed(changed(sha256=None), {}), "not the file that the catalog", id="no hash"),
        pytest.param(packed(changed(path=7), {}), "does not belong", id="path a number"),
        pytest.param(
            packed(manifest(magenta_hub={**PATHS, "saved_model.pb": b"other"}), {}),
            "is missing",
            id="files of the hub missing",
        ),
        pytest.param(
            packed(
                manifest(magenta_hub={**PATHS, "saved_model.pb": b"other"}),
                {f"magenta-hub/{name}": content for name, content in {**PATHS, "saved_model.pb": b"other"}.items()},
            ),
            "is not that network: saved_model.pb is not a SavedModel",
            id="another structure",
        ),
    ],
)
def test_what_is_wrong_with_a_bundle_is_one_sentence(tmp_path: Path, content: bytes, match: str) -> None:
    refuse(tmp_path, content, match)
    assert not (tmp_path / "evil").exists()


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """What the zip's own headers say is not believed either: they promise the right size."""
    bomb = packed(manifest(tiny=TINY_FILES), {"tiny/weights.bin": bytes(50_000_000)}, zipfile.ZIP_DEFLATED)
    refuse(tmp_path, bomb, "compressed")
    real, wanted = (50_000_000).to_bytes(4, "little"), len(CONTENT).to_bytes(4, "little")
    assert bomb.count(real) >= 2
    refuse(tmp_path, bomb.replace(real, wanted), "damaged|not the file")


def test_links_folders_and_secrets_are_refused(tmp_path: Path) -> None:
    for mode in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as made:
            made.writestr("manifest.json", json.dumps(manifest(tiny=TINY_FILES)))
            link = zipfile.ZipInfo("tiny/weights.bin")
            link.external_attr = (mode | 0o777) << 16
            made.writestr(link, CONTENT)
        refuse(tmp_path, buffer.getvalue(), "not a plain file")
    refuse(tmp_path, packed(manifest(tiny=TINY_FILES), {"tiny/weights.bin": CONTENT, "tiny/": b""}), "not a plain file")
    locked = bytearray(SOUND)
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := SOUND.find(signature, start)) >= 0:
            locked[start + at] |= 1
            start += 4
    refuse(tmp_path, bytes(locked), "not a plain file")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO(SOUND)
    with zipfile.ZipFile(buffer, "a") as made:
        made.writestr("tiny/weights.bin", OTHER)
    refuse(tmp_path, buffer.getvalue(), "one of them twice")
    twice = manifest(tiny=TINY_FILES)
    twice["networks"] *= 2
    refuse(tmp_path, packed(twice, {"tiny/weights.bin": CONTENT}), "names a file twice")


def test_of_a_bundle_that_is_half_sound_nothing_is_installed(tmp_path: Path) -> None:
    bad = {**PATHS, "saved_model.pb": b"other"}
    files = {"tiny/weights.bin": CONTENT, **{f"magenta-hub/{name}": content for name, content in bad.items()}}
    refuse(tmp_path, packed(manifest(tiny=TINY_FILES, magenta_hub=bad), files), "magenta-hub is not that network")


def test_another_copy_of_what_was_remembered_is_refused(here: Path, there: Callable[[], None]) -> None:
    path = here / "networks.zip"
    bundle.export(path, ["magenta-hub"])
    there()
    bundle.take_in(path)
    graph = places.installed_networks() / "magenta-hub/saved_model.pb"
    graph.write_bytes(b"damaged")
    other = {**PATHS, "saved_model.pb": graphs.saved_model(graphs.node("Relu"))}
    forged = here / "forged.zip"
    forged.write_bytes(
        packed(manifest(magenta_hub=other), {f"magenta-hub/{name}": content for name, content in other.items()})
    )
    with pytest.raises(NetworkError, match="not what was installed on"):
        bundle.take_in(forged)
    assert graph.read_bytes() == b"damaged"
    assert bundle.take_in(path).installed == ("magenta-hub",)
    assert store.verify("magenta-hub") == []


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("is_damaged", [False, True])
def test_what_is_compressed_is_not_unpacked(tmp_path: Path, compression: int, is_damaged: bool) -> None:
    content = bytearray(packed(manifest(tiny=TINY_FILES), {"tiny/weights.bin": CONTENT}, compression))
    if is_damaged:
        with zipfile.ZipFile(io.BytesIO(content)) as made:
            info = made.infolist()[1]
        begin = info.header_offset + 30 + len(info.filename) + 20
        content[begin : begin + 40] = bytes(range(100, 140))
    refuse(tmp_path, bytes(content), "compressed")


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_one_compressed_file_is_enough(tmp_path: Path, compression: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("manifest.json", json.dumps(manifest(tiny=TINY_FILES)))
        made.writestr("tiny/weights.bin", CONTENT, compress_type=compression)
    refuse(tmp_path, buffer.getvalue(), r"tiny/weights\.bin is compressed")


SMALL = packed(manifest(magenta_hub=PATHS), {f"magenta-hub/{name}": content for name, content in PATHS.items()})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(at=st.integers(0, len(SMALL) - 1), value=st.integers(0, 255), is_cut=st.booleans())
def test_no_change_of_a_bundle_installs_anything_else(tmp_path: Path, at: int, value: int, is_cut: bool) -> None:
    content = SMALL[:at] if is_cut else SMALL[:at] + bytes([value]) + SMALL[at + 1 :]
    path = tmp_path / "bundle.zip"
    path.write_bytes(content)
    try:
        bundle.take_in(path)
    except PasticheError as error:
        assert "\n" not in str(error)
        assert store.find("magenta-hub") is None
    else:
        for name, wanted in PATHS.items():
            assert (places.installed_networks() / "magenta-hub" / name).read_bytes() == wanted
        store.remove("magenta-hub")


def test_what_a_killed_import_left_behind_is_in_nobodys_way(tmp_path: Path) -> None:
    own = places.installed_networks()
    put_by_hand(own / ".importing/tiny", {"weights.bin": b"half", "more": b"junk"})
    path = tmp_path / "bundle.zip"
    path.write_bytes(SOUND)
    assert bundle.take_in(path).installed == ("tiny",)
    assert [each.name for each in (own / "tiny").iterdir()] == ["weights.bin"]
    assert not (own / ".importing").exists()
